package inference

import (
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/inference/input"
	"github.com/sluicegate/sluice/internal/httpapi/inference/output"
)

// chat answers POST /v1/chat/completions. A model is not required here: a config may bring it.
func (s *surfaces) chat(c *httpapi.Call) error {
	c.Open(gateway.OpChat)
	input.Read(c, openai.Dialect{}, gateway.OpChat, "messages")
	return s.output.Serve(c, output.Chat)
}
