package httpapi

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry/audit"
)

// Settings is what a Server is made of. Pipeline and Identity are required; an admin
// surface whose part is nil does not exist (404).
type Settings struct {
	Pipeline gateway.Handler
	MaxBody  int64 // bytes; 0 = 32 MiB

	NewID func(now time.Time) string // request ids; nil = ULIDs
	Now   func() time.Time           // nil = time.Now

	Identity   Identity
	Models     Models
	Workspaces Workspaces
	Audit      AuditSink

	APIKeys     APIKeys
	VirtualKeys VirtualKeys
	Configs     Configs
	Prompts     Prompts
	Logs        Logs
	AuditLogs   AuditLogs
	VerifyAudit func(ctx context.Context) ([]audit.Verdict, error)

	Ready     func(ctx context.Context) error // nil = always
	Metrics   http.Handler                    // nil = 404
	AccessLog *slog.Logger                    // nil = none

	KeepAlive time.Duration // idle time after which a stream gets a comment; 0 = 15 s
	Stall     time.Duration // how long one write to a caller that does not read may take; 0 = 60 s
	HangUp    time.Duration // how long a cancelled Next may take before its stream is closed under it; 0 = 1 s
}

// Identity tells who a key belongs to, for the routes that are no exchanges.
type Identity interface {
	Identify(ctx context.Context, key gateway.Secret) (*gateway.Principal, error)
}

// Server answers HTTP. It keeps no state between calls and needs no Close.
type Server struct {
	Settings
	echo *echo.Echo
}

// New wires the routes.
func New(settings Settings) *Server {
	s := &Server{Settings: settings, echo: echo.New()}
	if s.MaxBody <= 0 {
		s.MaxBody = 32 << 20
	}
	if s.NewID == nil {
		s.NewID = new(idSource).next
	}
	if s.Now == nil {
		s.Now = time.Now
	}
	if s.KeepAlive <= 0 {
		s.KeepAlive = 15 * time.Second
	}
	if s.Stall <= 0 {
		s.Stall = time.Minute
	}
	if s.HangUp <= 0 {
		s.HangUp = time.Second
	}
	s.echo.HTTPErrorHandler = s.unmatched
	s.routes()
	return s
}

// endpoint is one line of the table of routes.
type endpoint struct {
	method, path string
	handle       func(*call)
}

func (s *Server) routes() {
	s.at("", []endpoint{
		{"GET", "/healthz", s.healthz},
		{"GET", "/readyz", s.readyz},
		{"GET", "/metrics", s.metrics},
	})
	public := []endpoint{
		{"POST", "/v1/chat/completions", s.chat},
		{"POST", "/v1/embeddings", s.embeddings},
		{"GET", "/v1/models", s.models},
	}
	s.bare(public)
	public = append(public, endpoint{"POST", "/v1/prompts/:id/completions", s.promptCompletion},
		endpoint{"POST", "/v1/prompts/:id/render", s.promptRender})
	public = append(public, s.adminRoutes()...)
	s.at("", public)
	s.at("/api", public)
}

func (s *Server) at(prefix string, table []endpoint) {
	for _, r := range table {
		handle, path := r.handle, r.path
		answer := func(ctx echo.Context) error {
			s.enter(ctx, path, prefix != "", handle)
			return nil
		}
		s.echo.Add(r.method, prefix+path, answer)
		if r.method == http.MethodGet {
			s.echo.Add(http.MethodHead, prefix+path, answer)
		}
	}
}

// bare answers without the /v1 too, as LiteLLM's clients call. Logs and rows have the
// route with it.
func (s *Server) bare(table []endpoint) {
	for _, r := range table {
		s.echo.Add(r.method, strings.TrimPrefix(r.path, "/v1"), func(ctx echo.Context) error {
			s.enter(ctx, r.path, false, r.handle)
			return nil
		})
	}
}

// ServeHTTP implements http.Handler. Doubled and trailing slashes, which a base URL
// with a slash at its end brings along, are forgiven.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if p := r.URL.Path; strings.Contains(p, "//") || len(p) > 1 && p[len(p)-1] == '/' {
		r = tidyPath(r)
	}
	if r.Method == http.MethodOptions { // echo answers it by itself
		now := s.Now()
		c := &call{server: s, w: w, r: r, route: "options", start: now, id: s.NewID(now), status: http.StatusNoContent}
		c.head.read(r.Header)
		c.trace, _ = c.head.trace(r.Header)
		c.identify()
		defer c.logAccess()
	}
	s.echo.ServeHTTP(w, r)
}

func tidyPath(r *http.Request) *http.Request {
	tidy := func(p string) string {
		for strings.Contains(p, "//") {
			p = strings.ReplaceAll(p, "//", "/")
		}
		if len(p) > 1 {
			p = strings.TrimSuffix(p, "/")
		}
		return p
	}
	c, u := *r, *r.URL
	u.Path, u.RawPath = tidy(u.Path), tidy(u.RawPath)
	c.URL = &u
	return &c
}

// unmatched answers what no route took.
func (s *Server) unmatched(err error, ctx echo.Context) {
	r := ctx.Request()
	s.enter(ctx, "unmatched", strings.HasPrefix(r.URL.Path, "/api/"), func(c *call) {
		const op = "httpapi.unmatched"
		if err == echo.ErrMethodNotAllowed {
			c.fail(&gateway.Error{Op: op, Kind: gateway.Invalid, Code: codeMethod,
				Public: "The method " + r.Method + " is not allowed here; see the Allow header."})
			return
		}
		c.fail(&gateway.Error{Op: op, Kind: gateway.NotFound, Code: "unknown_url",
			Public: "Unknown request URL: " + r.Method + " " + clip(r.URL.Path, 200) + ". Please check the path."})
	})
}
