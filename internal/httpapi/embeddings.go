package httpapi

import "github.com/sluicegate/sluice/gateway"

// embeddings answers POST /v1/embeddings.
func (s *Server) embeddings(c *call) {
	c.open()
	c.read(gateway.OpEmbeddings, "input")
	s.serve(c)
}
