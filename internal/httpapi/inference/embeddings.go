package inference

import (
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/internal/httpapi"
)

// embeddings answers POST /v1/embeddings.
func (s *surfaces) embeddings(c *httpapi.Call) error {
	c.Open(gateway.OpEmbeddings)
	read(c, openai.Dialect{}, gateway.OpEmbeddings, "input")
	return s.serve(c, chatWire)
}
