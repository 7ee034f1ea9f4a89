package httpapi

import (
	"strings"

	"github.com/sluicegate/sluice/internal/httpapi/errorformat"
)

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
