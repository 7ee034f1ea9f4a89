package httpapi

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/clientsecret"
	"github.com/sluicegate/sluice/internal/httpapi/header"
	"github.com/sluicegate/sluice/internal/httpapi/listen"
	"github.com/sluicegate/sluice/internal/httpapi/spool"
)

// Authenticator identifies callers. It is asked with the API key from the headers and the
// caller's address, before the body is read. An error of the Kind Unauthorized means that the key is no good.
type Authenticator interface {
	Identify(ctx context.Context, key gateway.Secret, from string) (*gateway.Principal, error)
}

// Admission limits calls to models. It is asked when the headers of a call are read, and again when
// its body is: by then Exchange.Request is set. release is called once, when the call has ended.
type Admission interface {
	Admit(ctx context.Context, ex *gateway.Exchange) (release func(), err error)
}

// Budgets tells how much is used, now, of the budgets that concern an answered exchange.
type Budgets interface {
	Used(ctx context.Context, ex *gateway.Exchange) []gateway.BudgetFact
}

// Settings is what a Server is made of. Routes and Authenticator are required.
type Settings struct {
	Routes        []Route
	Authenticator Authenticator

	Secrets   *clientsecret.Service // nil = there are no client secrets
	Admission Admission             // nil = no limits
	Budgets   Budgets               // nil = answers tell what the attempt told
	Audit     AuditSink             // nil = nothing is audited

	Compat gateway.Compat // whose errors the answers in OpenAI's format have

	MaxBody        int64          // bytes, decompressed; 0 = 32 MiB
	UploadDir      string         // where large files of forms are kept while their calls last; "" = the system's folder for temporary files
	PublicURL      string         // origin under which browsers reach the server; "" = what they ask for
	Limits         listen.Limits  // zero values: the defaults
	TrustedProxies []netip.Prefix // X-Forwarded-For counts from these only
	AllowedOrigins []string       // CORS; empty = off

	NewID func(now time.Time) string // request ids; nil = ULIDs
	Now   func() time.Time           // nil = time.Now

	Ready    func(ctx context.Context) error // nil = always
	Warnings func() []string                 // what fails without making the server unready; nil = nothing
	// Unknown records a call to a path that no route has; nil = nothing is recorded.
	Unknown   func(ex *gateway.Exchange, err error)
	Cleanse   func(string) string // replaces personal data in such a path; nil = keeps it
	Metrics   http.Handler        // nil = 404
	Console   http.Handler        // answers /console and all paths below it; nil = 404
	AccessLog *slog.Logger        // nil = none
}

// Server answers HTTP. It needs no Close.
type Server struct {
	settings Settings
	echo     *echo.Echo
	memory   memory
	uploads  *spool.Dir
	inFlight inFlight
}

// New makes a server with these routes.
func New(settings Settings) *Server {
	if settings.MaxBody <= 0 {
		settings.MaxBody = 32 << 20
	}
	if settings.UploadDir == "" {
		settings.UploadDir = os.TempDir()
	}
	if settings.NewID == nil {
		settings.NewID = newIDs()
	}
	if settings.Now == nil {
		settings.Now = time.Now
	}
	settings.Limits = settings.Limits.WithDefaults()
	s := &Server{settings: settings, echo: echo.New(),
		memory:   memory{limit: settings.Limits.Memory},
		uploads:  spool.New(settings.UploadDir, settings.Limits.Uploads),
		inFlight: inFlight{limit: settings.Limits.PerAddress, requests: map[netip.Addr]int{}},
	}
	s.echo.IPExtractor = clientAddress(settings.TrustedProxies)
	s.echo.HTTPErrorHandler = s.answerError
	s.echo.Pre(tidyPath)
	s.echo.Use(s.begin, s.logAccess, s.recoverPanic)
	if len(settings.AllowedOrigins) > 0 {
		s.echo.Use(middleware.CORSWithConfig(middleware.CORSConfig{AllowOrigins: settings.AllowedOrigins, ExposeHeaders: header.Exposed, MaxAge: 600}))
	}
	s.echo.Use(s.limitRequests)
	s.routes()
	return s
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.echo.ServeHTTP(w, r) }

// clientAddress reads the client's address: the peer's, or where the peer is a trusted proxy,
// the last address in X-Forwarded-For that is not one.
func clientAddress(proxies []netip.Prefix) echo.IPExtractor {
	if len(proxies) == 0 {
		return echo.ExtractIPDirect()
	}
	trusted := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, p := range proxies {
		trusted = append(trusted, echo.TrustIPRange(&net.IPNet{IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen())}))
	}
	return echo.ExtractIPFromXFFHeader(trusted...)
}
