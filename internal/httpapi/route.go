package httpapi

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/clientsecret"
	"github.com/sluicegate/sluice/internal/httpapi/errorformat"
)

// Handler answers a call, or returns an error that is answered for it.
type Handler func(*Call) error

// Route is one line of the table of routes. It is served under its path and under /api before
// it; callers of both must present an API key.
type Route struct {
	Method string
	Path   string             // echo's pattern, beginning with /v1/
	Need   gateway.Permission // of the caller; a route without one refuses everybody
	Audit  AuditRule          // a route without one has each of its calls recorded
	Handle Handler
	Errors errorformat.Format // nil: the caller's headers decide
	Bare   bool               // served without /v1 too, as clients of LiteLLM's proxy call it
	// NamesKey tells that ?key= is the API key that is asked about, not the caller's; see
	// Call.NamedKey.
	NamesKey bool
	// ClientSecrets tells which client secrets may stand in the place of an API key; "" = none.
	ClientSecrets clientsecret.API
	About         Description // for the OpenAPI document
}

// openRouterPrefix is where OpenRouter's clients find every route.
const openRouterPrefix = "/api"

// Routes are all routes that the server has, each under its path without a prefix.
func (s *Server) Routes() []Route { return append(s.public(), s.settings.Routes...) }

// public are the routes that need no API key.
func (s *Server) public() []Route {
	return []Route{
		{Method: http.MethodGet, Path: "/healthz", Handle: s.healthz, About: Description{Group: "server", Summary: "Says that the process answers", Answer: status{}}},
		{Method: http.MethodGet, Path: "/readyz", Handle: s.readyz, About: Description{Group: "server", Summary: "Says whether the server can serve, and what fails although it can", Answer: status{}}},
		{Method: http.MethodGet, Path: "/metrics", Handle: s.metrics, About: Description{Group: "server", Summary: "Shows the metrics for Prometheus", Types: []string{"text/plain"}}},
		{Method: http.MethodGet, Path: "/openapi.json", Handle: s.openAPI, About: Description{Group: "server", Summary: "Shows the OpenAPI document of this API"}},
		{Method: http.MethodGet, Path: "/api/hello", Handle: s.hello, About: Description{Group: "server", Summary: "Answers Claude Code, which asks whether a gateway is there", Answer: greeting{}}},
		{Method: http.MethodGet, Path: "/health/liveliness", Handle: s.alive, About: Description{Group: "server", Summary: "Says that the process answers, as LiteLLM's proxy does"}},
		{Method: http.MethodGet, Path: "/health/liveness", Handle: s.alive, About: Description{Group: "server", Summary: "Says that the process answers, as LiteLLM's proxy does"}},
		{Method: http.MethodGet, Path: "/health/readiness", Handle: s.readiness, About: Description{Group: "server", Summary: "Says whether the server can serve, as LiteLLM's proxy does"}},
	}
}

func (s *Server) routes() {
	root := s.echo.Group("")
	for _, r := range s.public() {
		add(root, r.Path, r)
	}
	if s.settings.Console != nil {
		add(root, "/", Route{Method: http.MethodGet, Path: "/", Handle: s.console})
		for _, path := range []string{"/console", "/console/*"} {
			add(root, path, Route{Method: http.MethodGet, Path: "/console", Handle: s.console}, middleware.Gzip())
		}
	}
	openRouter := s.echo.Group(openRouterPrefix)
	for _, r := range s.settings.Routes {
		if r.Need == gateway.SignIn {
			add(root, r.Path, r, s.audited(r), s.limitSignIn, s.requireAudit)
			continue
		}
		guards := []echo.MiddlewareFunc{s.audited(r), s.authenticate(r.Need), s.requireAudit}
		add(root, r.Path, r, guards...)
		add(openRouter, r.Path, r, guards...)
		if r.Bare {
			add(root, strings.TrimPrefix(r.Path, "/v1"), r, guards...)
		}
	}
}

// add registers a route at path. A GET answers HEAD too.
func add(group *echo.Group, path string, r Route, middleware ...echo.MiddlewareFunc) {
	handle := func(ctx echo.Context) error { return r.Handle(callOf(ctx)) }
	named := func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(ctx echo.Context) error {
			c := callOf(ctx)
			c.Route, c.format, c.takesSecrets = r.Path, r.Errors, r.ClientSecrets
			if r.NamesKey {
				c.namedKey, c.queryKey, c.googleKey = gateway.NewSecret(c.queryKey), "", false
			}
			return next(ctx)
		}
	}
	middleware = append([]echo.MiddlewareFunc{named}, middleware...)
	group.Add(r.Method, path, handle, middleware...)
	if r.Method == http.MethodGet {
		group.Add(http.MethodHead, path, handle, middleware...)
	}
}
