package responsesapi

import (
	"context"
	"net/http"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/responses"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/inference/input"
	"github.com/sluicegate/sluice/internal/httpapi/inference/output"
)

// Surface has the handlers of the Responses API.
type Surface struct {
	Output  output.Server
	History History // nil = nothing is kept
	// DeleteAtVendor deletes a response that a virtual key's vendor keeps, too.
	DeleteAtVendor func(ctx context.Context, workspace string, keptBy gateway.VendorAccount, id string) error
}

// Create answers POST /v1/responses. A model and an input are not required here: a config may
// bring them.
func (s *Surface) Create(c *httpapi.Call) error {
	c.Open(gateway.OpChat)
	input.Read(c, responses.Dialect{}, gateway.OpChat)
	t := s.turn(c)
	return s.Output.Through(t.keeping(s.Output.Pipeline)).Serve(c, output.Responses)
}

// turn reads what a request says of earlier turns. What is wrong with that is in Refused.
func (s *Surface) turn(c *httpapi.Call) *turn {
	t := &turn{call: c, history: s.History, after: -1}
	if err := t.begin(); err != nil && c.Exchange.Refused == nil {
		c.Exchange.Refused, c.Exchange.Request = err, nil
	}
	return t
}

// upgrade answers GET /v1/responses: clients ask whether the API is there as a WebSocket,
// and go on with POST when it is not.
func (s *Surface) upgrade(c *httpapi.Call) error {
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

// inputTokens answers POST /v1/responses/input_tokens.
func (s *Surface) inputTokens(c *httpapi.Call) error {
	c.Open(gateway.OpCountTokens)
	input.Read(c, responses.Dialect{}, gateway.OpCountTokens)
	s.turn(c)
	return s.Output.Serve(c, output.Responses)
}

// compact answers POST /v1/responses/compact, at targets that have it.
func (s *Surface) compact(c *httpapi.Call) error {
	c.Open(gateway.OpCompact)
	input.Read(c, responses.Dialect{}, gateway.OpCompact)
	s.turn(c)
	return s.Output.Serve(c, output.Responses)
}
