package inference

import (
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/internal/httpapi"
)

// chat answers POST /v1/chat/completions. A model is not required here: a config may bring it.
func (s *surfaces) chat(c *httpapi.Call) error {
	c.Open(gateway.OpChat)
	read(c, openai.Dialect{}, gateway.OpChat, "messages")
	return s.serve(c, chatWire)
}
