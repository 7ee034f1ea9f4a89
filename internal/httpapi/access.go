package httpapi

import (
	"context"
	"log/slog"

	"github.com/sluicegate/sluice/gateway"
)

// logAccess writes the access-log line of a finished call. The keys are the same on every line.
func (c *call) logAccess() {
	log := c.server.AccessLog
	if log == nil {
		return
	}
	who := c.who
	if c.ex != nil && c.ex.Facts.Principal != nil {
		who = c.ex.Facts.Principal
	}
	var workspace, member string
	if who != nil {
		workspace, member = who.Workspace, who.Member
	}
	ctx, trace := context.Background(), c.trace.ID.String()
	log.LogAttrs(ctx, slog.LevelInfo, "request", slog.String("method", c.r.Method), slog.String("route", c.route),
		slog.Int("status", c.status), slog.String("trace_id", trace), slog.String("request_id", c.id),
		slog.Duration("duration", c.server.Now().Sub(c.start)), slog.String("workspace", workspace), slog.String("member", member))
	if c.ex != nil && c.ex.Facts.Err != nil && c.ex.Facts.Err.Kind == gateway.Internal {
		log.LogAttrs(ctx, slog.LevelError, "failed", slog.String("trace_id", trace),
			slog.String("request_id", c.id), slog.Any("error", c.ex.Facts.Err)) // the logger's handler redacts the error
	}
}
