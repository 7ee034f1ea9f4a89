package httpapi

import (
	"context"
	"log/slog"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// Access is what the access log says of a call.
type Access struct {
	At                time.Time // of the line, when the call was over
	Method, Route     string
	Status            int
	Trace             gateway.TraceID
	Request           string
	Duration          time.Duration
	Workspace, Member string
}

// AccessHandler is a slog.Handler that writes the line of a call without a record being made
// of it. False: it has not, and the record is to be handled.
type AccessHandler interface {
	HandleAccess(Access) bool
}

// Record is the line as any handler takes it.
func (a Access) Record() slog.Record {
	r := slog.NewRecord(a.At, slog.LevelInfo, "request", 0) // a Logger would look up its caller, for nobody
	r.AddAttrs(slog.String("method", a.Method), slog.String("route", a.Route), slog.Int("status", a.Status),
		slog.String("trace_id", a.Trace.String()), slog.String("request_id", a.Request), slog.Duration("duration", a.Duration),
		slog.String("workspace", a.Workspace), slog.String("member", a.Member))
	return r
}

func (c *call) logAccess() {
	log := c.server.AccessLog
	if log == nil || !log.Enabled(context.Background(), slog.LevelInfo) {
		return
	}
	now := c.server.Now()
	a := Access{At: now, Method: c.r.Method, Route: c.route, Status: c.status, Trace: c.trace.ID, Request: c.id, Duration: now.Sub(c.start)}
	who := c.who
	if c.ex != nil && c.ex.Facts.Principal != nil {
		who = c.ex.Facts.Principal
	}
	if who != nil {
		a.Workspace, a.Member = who.Workspace, who.Member
	}
	if direct, ok := log.Handler().(AccessHandler); !ok || !direct.HandleAccess(a) {
		_ = log.Handler().Handle(context.Background(), a.Record()) // a log that cannot be written has nowhere to say so
	}
	if c.ex != nil && c.ex.Facts.Err != nil && c.ex.Facts.Err.Kind == gateway.Internal {
		log.LogAttrs(context.Background(), slog.LevelError, "failed", slog.String("trace_id", c.trace.ID.String()),
			slog.String("request_id", c.id), slog.Any("error", c.ex.Facts.Err)) // whoever made the logger cleanses it
	}
}
