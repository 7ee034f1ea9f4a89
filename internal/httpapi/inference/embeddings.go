package inference

import (
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/inference/input"
	"github.com/sluicegate/sluice/internal/httpapi/inference/output"
)

// embeddings answers POST /v1/embeddings.
func (s *surfaces) embeddings(c *httpapi.Call) error {
	c.Open(gateway.OpEmbeddings)
	input.Read(c, openai.Dialect{}, gateway.OpEmbeddings, "input")
	return s.output.Serve(c, output.Chat)
}
