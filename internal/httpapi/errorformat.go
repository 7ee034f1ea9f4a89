package httpapi

import (
	"strings"

	"github.com/sluicegate/sluice/gateway"
)

// ErrorFormat writes failures in one wire format.
type ErrorFormat interface {
	// Error is the body of an error response.
	Error(c *Call, e *gateway.Error, status int) any
	// StreamError is the one event that ends a stream which failed after its first byte.
	StreamError(c *Call, e *gateway.Error, status int) any
}

// errorFormat is the format of the route, else the one that the call speaks by its path or its
// headers: also a path that no route has is answered in the dialect of its neighbours.
func (c *Call) errorFormat() ErrorFormat {
	path := strings.TrimPrefix(c.Request().URL.Path, openRouterPrefix)
	switch {
	case c.format != nil:
		return c.format
	case below(path, "/v1/messages"), below(path, "/messages"):
		return AnthropicErrors{}
	case below(path, "/v1/responses"), below(path, "/responses"):
		return ResponsesErrors{}
	case below(path, "/v1beta"), strings.Contains(path, "models/") && strings.Contains(path, ":"):
		return GoogleErrors{}
	case c.Anthropic():
		return AnthropicErrors{}
	case c.Google():
		return GoogleErrors{}
	}
	return errorFormatOf(c.compat)
}

// Anthropic reports whether a client of Anthropic is calling, by the header that all of them send.
func (c *Call) Anthropic() bool { return first(c.Request().Header, "Anthropic-Version") != "" }

// Google reports whether a client of Google is calling, by the place of its key.
func (c *Call) Google() bool { return c.googleKey }

// below reports whether path is prefix or lies below it.
func below(path, prefix string) bool {
	rest, ok := strings.CutPrefix(path, prefix)
	return ok && (rest == "" || rest[0] == '/')
}
