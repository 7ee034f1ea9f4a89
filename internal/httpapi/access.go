package httpapi

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"

	"github.com/sluicegate/sluice/gateway"
)

// logAccess writes the access-log line of a finished call. The keys are the same on every line; an unknown path stands behind them.
func (c *Call) logAccess() {
	log := c.server.settings.AccessLog
	if log == nil {
		return
	}
	who := c.principal
	if c.Exchange != nil && c.Exchange.Facts.Principal != nil {
		who = c.Exchange.Facts.Principal
	}
	var workspace, member string
	if who != nil {
		workspace, member = who.Workspace, who.Member
	}
	status := c.echo.Response().Status
	if c.gone {
		status = gateway.StatusClientClosed
	}
	ctx, trace := context.Background(), c.Trace.ID.String()
	attributes := []slog.Attr{slog.String("method", c.Request().Method), slog.String("route", c.Route),
		slog.Int("status", status), slog.String("trace_id", trace), slog.String("request_id", c.ID),
		slog.Duration("duration", c.Now().Sub(c.Start)), slog.String("workspace", workspace), slog.String("member", member)}
	if c.Route == routeUnmatched {
		attributes = append(attributes, slog.String("path", c.path()))
	}
	log.LogAttrs(ctx, slog.LevelInfo, "request", attributes...)
	failure := c.failure
	if c.Exchange != nil && c.Exchange.Facts.Err != nil {
		failure = c.Exchange.Facts.Err
	}
	if failure != nil && failure.Kind == gateway.Internal {
		log.LogAttrs(ctx, slog.LevelError, "failed", slog.String("trace_id", trace),
			slog.String("request_id", c.ID), slog.Any("error", failure)) // the logger's handler redacts the error
	}
}

// logPanic logs where a panic happened. It logs the value only where the runtime made it: any
// other value may hold the caller's text.
func (c *Call) logPanic(p any) {
	log := c.server.settings.AccessLog
	if log == nil {
		return
	}
	what := fmt.Sprintf("%T", p)
	if e, ok := p.(runtime.Error); ok {
		what = e.Error()
	}
	log.LogAttrs(context.Background(), slog.LevelError, "panic",
		slog.String("route", c.Route), slog.String("trace_id", c.Trace.ID.String()), slog.String("request_id", c.ID),
		slog.String("panic", what), slog.String("stack", string(debug.Stack())))
}
