package calllog

import (
	"context"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/internal/httpapi/admin/analytics"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/feedback"
	"github.com/sluicegate/sluice/telemetry/foreignspan"
	"github.com/sluicegate/sluice/telemetry/listing"
	"github.com/sluicegate/sluice/telemetry/live"
)

// Reader reads exchanges and their sessions.
type Reader interface {
	Logs(ctx context.Context, q telemetry.Query) (telemetry.Page, error)
	Log(ctx context.Context, scope listing.Scope, id string) ([]*telemetry.Record, error)
	Sessions(ctx context.Context, q telemetry.Query) (telemetry.SessionPage, error)
	ForeignTrace(ctx context.Context, scope listing.Scope, trace gateway.TraceID) (foreignspan.Trace, error)
}

// Recorder writes rows of calls that were made elsewhere, and tells under which values a query
// finds what callers sent.
type Recorder interface {
	Log(ctx context.Context, rows []*telemetry.Record) error
	Recorded(q telemetry.Query) telemetry.Query
}

// Settings are the parts.
type Settings struct {
	Reader   Reader
	Texts    analytics.Texts
	Recorder Recorder
	Hub      *live.Hub
	Feedback *feedback.Service
	Rejected func(workspace, trace string) bool // told of feedback below zero
}

type resource struct{ Settings }

// Actions are the operations.
func Actions(settings Settings) []action.Action {
	a := resource{settings}
	return []action.Action{
		{Method: "GET", Path: "/v1/sessions", Name: "session.list", Need: gateway.LogsList,
			About: httpapi.Description{Group: "logs", Summary: "Lists sessions of calls, those with the newest calls first", Answer: sessionsResponse{Data: []sessionResponse{}}}, Do: a.listSessions},
		{Method: "GET", Path: "/v1/sessions/:id", Name: "session.get", Need: gateway.LogsList,
			About: httpapi.Description{Group: "logs", Summary: "Shows a session: its calls, oldest first. A trace id is a session, too", Answer: turnsResponse{Data: telemetry.RecordShape()}}, Do: a.getSession},
		{Method: "GET", Path: "/v1/logs/tail", Name: "log.tail", Need: gateway.LogsList,
			About: httpapi.Description{Group: "logs", Summary: "Streams new exchanges of this server as they are recorded, as server-sent events", Types: []string{"text/event-stream"}}, Do: a.tail},
		{Method: "POST", Path: "/v1/feedback", Name: "feedback.create", Need: gateway.LogsWrite,
			About: httpapi.Description{Group: "logs", Summary: "Keeps feedback on traces, one or a list, as Portkey's API", Answer: feedbackResponse{}}, Do: a.addFeedback},
		{Method: "PUT", Path: "/v1/feedback/:id", Name: "feedback.update", Need: gateway.LogsWrite,
			About: httpapi.Description{Group: "logs", Summary: "Changes a feedback", Answer: feedbackResponse{}}, Do: a.updateFeedback},
	}
}

// Rows is the operation that keeps rows of calls made elsewhere. Its path is shared with OTLP's logs.
func Rows(settings Settings) action.Action {
	return action.Action{Method: "POST", Path: "/v1/logs", Name: "log.create", Need: gateway.LogsWrite, Do: resource{settings}.addRows}
}

// scope is what the caller may see. ref narrows it to one workspace.
func scope(ctx context.Context, r *action.Request, ref string) (listing.Scope, error) {
	if ref == "" {
		return listing.ScopeOf(r.By), nil
	}
	workspace, err := r.In(ctx, ref)
	return listing.Workspace(workspace), err
}
