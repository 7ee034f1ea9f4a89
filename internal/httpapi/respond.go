package httpapi

import (
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi/errorformat"
	"github.com/sluicegate/sluice/internal/httpapi/header"
)

// SetHeader sets a header of the response.
func (c *Call) SetHeader(name, value string) { c.echo.Response().Header().Set(name, value) }

// SetRoutingHeaders sets the headers that tell how the exchange was answered.
func (c *Call) SetRoutingHeaders() {
	_, anthropic := c.format.(errorformat.Anthropic)
	answer := header.Answer{ID: c.ID, Start: c.Start, Now: c.Now(), Facts: c.Exchange.Facts, Anthropic: anthropic, LiteLLM: c.compat == gateway.CompatLiteLLM,
		Budgets: c.Exchange.Facts.Budgets, Spent: c.failure != nil && c.failure.Kind == gateway.Exhausted && !errorformat.ModelDenied(c.failure)}
	if c.Exchange.Request != nil {
		answer.Model = c.Exchange.Request.Model()
	}
	if budgets := c.server.settings.Budgets; anthropic && c.failure == nil && budgets != nil {
		answer.Budgets = budgets.Used(c.Context(), c.Exchange)
	}
	answer.Set(c.echo.Response().Header())
}

// Send writes a JSON body.
func (c *Call) Send(status int, body []byte) { c.SendAs(status, "application/json", body) }

// Redirect sends a browser to an address, which it asks for by GET.
func (c *Call) Redirect(address string) error { return c.echo.Redirect(http.StatusSeeOther, address) }

// SendAs writes a body. A Write that fails means that the caller has left.
func (c *Call) SendAs(status int, contentType string, body []byte) {
	c.SetHeader("Content-Type", contentType)
	c.SetHeader("Content-Length", strconv.Itoa(len(body)))
	w := c.Writer()
	w.WriteHeader(status)
	if c.Request().Method != http.MethodHead {
		_, _ = w.Write(body)
	}
}

// SetHeaders sets headers of the response, by their canonical names.
func (c *Call) SetHeaders(h http.Header) {
	for name, values := range h {
		c.echo.Response().Header()[name] = values
	}
}

// SendJSON encodes v and writes it.
func (c *Call) SendJSON(status int, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return &gateway.Error{Op: "httpapi.SendJSON", Kind: gateway.Internal, Err: err}
	}
	c.Send(status, raw)
	return nil
}
