package inference

import (
	"net/http"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/responses"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/inference/input"
	"github.com/sluicegate/sluice/internal/httpapi/inference/output"
)

// responses answers POST /v1/responses. A model and an input are not required here: a config may
// bring them.
func (s *surfaces) responses(c *httpapi.Call) error {
	c.Open(gateway.OpChat)
	input.Read(c, responses.Dialect{}, gateway.OpChat)
	t := s.turn(c)
	return s.output.Through(t.keeping(s.Pipeline)).Serve(c, output.Responses)
}

// turn reads what a request says of earlier turns. What is wrong with that is in Refused.
func (s *surfaces) turn(c *httpapi.Call) *turn {
	t := &turn{call: c, history: s.History, after: -1}
	if err := t.begin(); err != nil && c.Exchange.Refused == nil {
		c.Exchange.Refused, c.Exchange.Request = err, nil
	}
	return t
}

// responsesUpgrade answers GET /v1/responses: clients ask whether the API is there as a WebSocket,
// and go on with POST when it is not.
func (s *surfaces) responsesUpgrade(c *httpapi.Call) error {
	if _, err := c.Authenticated(); err != nil {
		return err
	}
	if err := c.RefuseWorkspace(); err != nil {
		return err
	}
	if strings.EqualFold(c.Request().Header.Get("Upgrade"), "websocket") {
		return httpapi.UpgradeRequired("The Responses API is served over HTTP here: send POST " + c.Request().URL.Path + ".")
	}
	c.SetHeader("Allow", http.MethodPost)
	return httpapi.MethodNotAllowed(http.MethodGet)
}

// responsesInputTokens answers POST /v1/responses/input_tokens.
func (s *surfaces) responsesInputTokens(c *httpapi.Call) error {
	c.Open(gateway.OpCountTokens)
	input.Read(c, responses.Dialect{}, gateway.OpCountTokens)
	s.turn(c)
	return s.output.Serve(c, output.Responses)
}

// responsesCompact answers POST /v1/responses/compact, at targets that have it.
func (s *surfaces) responsesCompact(c *httpapi.Call) error {
	c.Open(gateway.OpCompact)
	input.Read(c, responses.Dialect{}, gateway.OpCompact)
	s.turn(c)
	return s.output.Serve(c, output.Responses)
}
