package httpapi

import (
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi/errorformat"
)

// setCompat notes whose errors the call gets: OpenRouter's under /api, else those of the caller's
// API key or workspace, else the server's. Before authentication there is no caller.
func (c *Call) setCompat() {
	switch {
	case strings.HasPrefix(c.Request().URL.Path, openRouterPrefix+"/") && !strings.HasPrefix(c.Route, openRouterPrefix+"/"): // Ollama's paths begin so, too
		c.compat = gateway.CompatOpenRouter
	case c.principal != nil && c.principal.Compat != "":
		c.compat = c.principal.Compat
	default:
		c.compat = c.server.settings.Compat
	}
}

// OpenRouter reports whether the call is answered in OpenRouter's manner.
func (c *Call) OpenRouter() bool { return c.compat == gateway.CompatOpenRouter }

// statuses are those of the call's surface.
func (c *Call) statuses() errorformat.Statuses {
	return errorformat.StatusesOf(c.errorFormat(), c.compat, c.principal != nil && c.principal.Device != "")
}

// StatusOf is the status that the caller gets with an error.
func (c *Call) StatusOf(e *gateway.Error) int { return c.statuses().Of(e) }

// AnswerStatus is the status of a complete answer.
func (c *Call) AnswerStatus() int { return c.statuses().Answer(c.Exchange.Facts) }
