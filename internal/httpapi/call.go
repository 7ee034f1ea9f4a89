package httpapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/sluicegate/sluice/gateway"
)

// call is one HTTP request being answered. It lives on one goroutine; the pipeline
// never sees it.
type call struct {
	server *Server
	w      http.ResponseWriter
	r      *http.Request
	params echo.Context // for the parts of the path only
	route  string       // pattern without the /api prefix
	relay  bool         // came in under /api/v1: answer in OpenRouter's manner
	start  time.Time
	id     string
	head   headers
	trace  gateway.Trace
	bad    error // what is wrong with the trace headers

	ex     *gateway.Exchange  // nil outside the pipeline's surfaces
	who    *gateway.Principal // of an admin route
	status int                // 0 until the status line is written
}

// enter runs handle with everything that all routes share.
func (s *Server) enter(ctx echo.Context, route string, relay bool, handle func(*call)) {
	now := s.Now()
	c := &call{server: s, w: ctx.Response().Writer, r: ctx.Request(), params: ctx, route: route, relay: relay, start: now, id: s.NewID(now)}
	c.head.read(c.r.Header)
	c.trace, c.bad = c.head.trace(c.r.Header)
	c.identify()
	defer c.leave()
	handle(c)
}

// leave ends the call: a panic becomes a 500 with the trace id, or a cut connection when
// the answer has begun; then the access line is written.
func (c *call) leave() {
	p := recover()
	if p != nil && p != http.ErrAbortHandler {
		c.logPanic(p)
		if c.status == 0 {
			c.fail(&gateway.Error{Op: "httpapi.enter", Kind: gateway.Internal, Err: errors.New("panic")})
			p = nil
		}
	}
	c.logAccess()
	if p != nil {
		panic(http.ErrAbortHandler)
	}
}

// logPanic tells where, and what only if the runtime said it: a panic value of anybody
// else may hold the caller's text.
func (c *call) logPanic(p any) {
	if c.server.AccessLog == nil {
		return
	}
	what := fmt.Sprintf("%T", p)
	if e, ok := p.(runtime.Error); ok {
		what = e.Error()
	}
	c.server.AccessLog.LogAttrs(context.Background(), slog.LevelError, "panic",
		slog.String("route", c.route), slog.String("trace_id", c.trace.ID.String()), slog.String("request_id", c.id),
		slog.String("panic", what), slog.String("stack", string(debug.Stack())))
}

// param is one part of the path, decoded.
func (c *call) param(name string) string {
	v := c.params.Param(name)
	if c.r.URL.RawPath == "" { // echo matched the decoded path
		return v
	}
	if plain, err := url.PathUnescape(v); err == nil {
		return plain
	}
	return v
}

// clip shortens s to at most n bytes of whole characters.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xC0 == 0x80 {
		n--
	}
	return s[:n]
}
