package httpapi

import (
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi/header"
)

// callKey is where a Call is kept in its echo.Context.
const callKey = "sluice.call"

func callOf(ctx echo.Context) *Call { return ctx.Get(callKey).(*Call) }

// tidyPath removes doubled and trailing slashes, which a base URL with a slash at its end
// brings along. It runs before routing.
func tidyPath(next echo.HandlerFunc) echo.HandlerFunc {
	return func(ctx echo.Context) error {
		if u := ctx.Request().URL; strings.Contains(u.Path, "//") || len(u.Path) > 1 && strings.HasSuffix(u.Path, "/") {
			u.Path, u.RawPath = tidied(u.Path), tidied(u.RawPath)
		}
		return next(ctx)
	}
}

func tidied(p string) string {
	for strings.Contains(p, "//") {
		p = strings.ReplaceAll(p, "//", "/")
	}
	if len(p) > 1 {
		p = strings.TrimSuffix(p, "/")
	}
	return p
}

// begin makes the Call and sets the headers that every response has.
func (s *Server) begin(next echo.HandlerFunc) echo.HandlerFunc {
	return func(ctx echo.Context) error {
		c := s.newCall(ctx)
		defer c.release()
		return next(ctx)
	}
}

func (s *Server) newCall(ctx echo.Context) *Call {
	r, now := ctx.Request(), s.settings.Now()
	c := &Call{server: s, echo: ctx, ID: s.settings.NewID(now), Start: now, Route: routeUnmatched,
		queryKey: header.TakeQueryKey(r)}
	c.setCompat()
	if r.Method == http.MethodOptions {
		c.Route = "options"
	}
	ctx.Set(callKey, c)
	res := ctx.Response()
	if r.ProtoMajor >= 2 {
		res.Writer = &stallWriter{ResponseWriter: res.Writer, stall: s.settings.Limits.WriteStall}
	}
	c.limitBody(res.Writer)
	res.Before(c.closeUnread)
	c.googleKey = c.queryKey != "" || r.Header.Get("X-Goog-Api-Key") != ""
	c.headers = header.Request{Header: r.Header}
	c.Trace, c.badTrace = c.headers.Trace()
	header.SetIDs(res.Header(), c.ID, c.Trace)
	return c
}

// logAccess writes one line for each call. The error is answered here, so that the line has
// its status.
func (s *Server) logAccess(next echo.HandlerFunc) echo.HandlerFunc {
	return func(ctx echo.Context) error {
		defer callOf(ctx).logAccess()
		defer callOf(ctx).endAudit()
		if err := next(ctx); err != nil {
			ctx.Error(err)
		}
		return nil
	}
}

// recoverPanic makes a panic a 500 with the trace id, or cuts the connection when the answer
// has begun.
func (s *Server) recoverPanic(next echo.HandlerFunc) echo.HandlerFunc {
	return func(ctx echo.Context) (err error) {
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if p != http.ErrAbortHandler {
				callOf(ctx).logPanic(p)
			}
			if p == http.ErrAbortHandler || ctx.Response().Committed {
				panic(http.ErrAbortHandler)
			}
			err = &gateway.Error{Op: "httpapi.recoverPanic", Kind: gateway.Internal, Err: errors.New("panic")}
		}()
		return next(ctx)
	}
}

// limitRequests bounds the requests in flight of one client address.
func (s *Server) limitRequests(next echo.HandlerFunc) echo.HandlerFunc {
	return func(ctx echo.Context) error {
		done, err := s.inFlight.enter(ctx.RealIP())
		if err != nil {
			return err
		}
		defer done()
		return next(ctx)
	}
}

// maxSignIn bounds the body of a caller who is not known yet.
const maxSignIn = 8 << 10

// limitSignIn bounds the body of a route that signs in.
func (s *Server) limitSignIn(next echo.HandlerFunc) echo.HandlerFunc {
	return func(ctx echo.Context) error {
		callOf(ctx).maxBody = maxSignIn
		return next(ctx)
	}
}

// authenticate identifies the caller by the headers alone, and checks that it has the
// permission that the route needs. It does not refuse: the handler does, by Call.Authenticated or
// in the pipeline, so that a refused call leaves its row and its audit event. Until then no byte
// of the body can be read.
func (s *Server) authenticate(need gateway.Permission) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(ctx echo.Context) error {
			c := callOf(ctx)
			if c.authenticate(s.settings.Authenticator); c.refused == nil {
				c.refused = gateway.Require("httpapi.authenticate", c.principal, need)
			}
			return next(ctx)
		}
	}
}
