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

// errorFormat is the format of the route, else the one that the call speaks by its path or its
// headers: also a path that no route has is answered in the dialect of its neighbours.
func (c *Call) errorFormat() errorformat.Format {
	path := strings.TrimPrefix(c.Request().URL.Path, openRouterPrefix)
	switch {
	case c.format != nil:
		return c.format
	case below(path, "/v1/messages"), below(path, "/messages"):
		return errorformat.Anthropic{}
	case below(path, "/v1/responses"), below(path, "/responses"):
		return errorformat.Responses{}
	case below(path, "/v1beta"), strings.Contains(path, "models/") && strings.Contains(path, ":"):
		return errorformat.Google{}
	case c.Anthropic():
		return errorformat.Anthropic{}
	case c.Google():
		return errorformat.Google{}
	}
	return errorformat.Of(c.compat)
}

// Anthropic reports whether a client of Anthropic is calling, by the header that all of them send.
func (c *Call) Anthropic() bool { return c.Request().Header.Get("Anthropic-Version") != "" }

// Google reports whether a client of Google is calling, by the place of its key.
func (c *Call) Google() bool { return c.googleKey }

// below reports whether path is prefix or lies below it.
func below(path, prefix string) bool {
	rest, ok := strings.CutPrefix(path, prefix)
	return ok && (rest == "" || rest[0] == '/')
}

// statuses are those of the call's surface.
func (c *Call) statuses() errorformat.Statuses {
	return errorformat.StatusesOf(c.errorFormat(), c.compat, c.principal != nil && c.principal.Device != "")
}

// StatusOf is the status that the caller gets with an error.
func (c *Call) StatusOf(e *gateway.Error) int { return c.statuses().Of(e) }

// AnswerStatus is the status of a complete answer.
func (c *Call) AnswerStatus() int { return c.statuses().Answer(c.Exchange.Facts) }
