package inference

import (
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/anthropic"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/inference/input"
	"github.com/sluicegate/sluice/internal/httpapi/inference/output"
)

// messages answers POST /v1/messages. A model and max_tokens are not required here: a config
// may bring them.
func (s *surfaces) messages(c *httpapi.Call) error {
	c.Open(gateway.OpChat)
	input.Read(c, anthropic.Dialect{}, gateway.OpChat, "messages")
	return s.output.Serve(c, output.Messages)
}

// countTokens answers POST /v1/messages/count_tokens.
func (s *surfaces) countTokens(c *httpapi.Call) error {
	c.Open(gateway.OpCountTokens)
	input.Read(c, anthropic.Dialect{}, gateway.OpCountTokens, "messages")
	return s.output.Serve(c, output.Messages)
}
