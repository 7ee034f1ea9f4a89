package admin

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/internal/httpapi/admin/analytics"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/foreignspan"
	"github.com/sluicegate/sluice/telemetry/listing"
)

// Logs reads the recorded exchanges, and the spans that other programs reported.
type Logs interface {
	Logs(ctx context.Context, q telemetry.Query) (telemetry.Page, error)
	Log(ctx context.Context, scope listing.Scope, id string) ([]*telemetry.Record, error)
	ForeignTrace(ctx context.Context, scope listing.Scope, trace gateway.TraceID) (foreignspan.Trace, error)
}

func (a *resources) logRoutes() []operation {
	return []operation{
		{"GET", "/v1/logs", "log.list", gateway.LogsList, a.listLogs},
		{"GET", "/v1/logs/:id", "log.get", gateway.LogsView, a.getLog},
	}
}

// scope is what the caller may see. ref narrows it to one workspace.
func scope(r *request, ctx context.Context, ref string) (listing.Scope, error) {
	if ref == "" {
		return listing.ScopeOf(r.By), nil
	}
	workspace, err := r.In(ctx, ref)
	return listing.Workspace(workspace), err
}

func (a *resources) listLogs(ctx context.Context, r *request) error {
	p := action.ReadQuery(r)
	ref := p.Text("workspace")
	q := analytics.ReadExchanges(p)
	q.Cursor, q.Limit = p.Text("cursor"), p.Limit()
	feedback, text := p.Flag("feedback"), p.Text("text")
	err := p.Done()
	if err != nil {
		return err
	}
	if text != "" && a.LogTexts == nil {
		return gateway.InvalidField("admin.listLogs", "text", "The parameter 'text' is unknown.")
	}
	words, err := analytics.Words(r, text)
	if err != nil {
		return err
	}
	if q.Scope, err = scope(r, ctx, ref); err != nil {
		return err
	}
	if err := q.Check(); err != nil {
		return err
	}
	if !analytics.Own(r.By, gateway.LogsReadAll, &q) {
		r.Reply = logsPage{page: page{Object: "list", Data: []json.RawMessage{}}}
		return nil
	}
	found, searched, err := a.findLogs(ctx, q, words)
	if err != nil {
		return err
	}
	out := make([]json.RawMessage, len(found.Records))
	for i, r := range found.Records {
		out[i] = r.JSON(false)
	}
	if feedback && a.CallLog != nil {
		if err := a.CallLog.AddFeedback(ctx, found.Records, out); err != nil {
			return err
		}
	}
	r.Reply = logsPage{page{Object: "list", Data: out, Next: found.Next}, searched}
	return nil
}

// exchangesOf is how exchanges are answered, with the foreign spans of their trace.
type exchangesOf struct {
	page
	Foreign []json.RawMessage `json:"foreign_spans"`
	Cut     bool              `json:"foreign_spans_cut,omitempty"` // the trace has more of them than are answered
}

// getLog finds exchanges by request id, or by trace id as the caller sent it, and the foreign spans
// of their trace. A trace may consist of foreign spans only. A member who sees only its own exchanges
// sees only the spans that its own API keys reported.
func (a *resources) getLog(ctx context.Context, r *request) error {
	r.Target = r.Param("id")
	scope, err := scope(r, ctx, r.Query("workspace"))
	if err != nil {
		return err
	}
	found, err := a.Logs.Log(ctx, scope, r.Target)
	if err != nil && gateway.AsError(err).Kind != gateway.NotFound {
		return err
	}
	all := r.By.May(gateway.LogsReadAll)
	if !all {
		found = slices.DeleteFunc(found, func(row *telemetry.Record) bool { return row.Member != r.By.Member })
	}
	trace := gateway.TraceIDFrom(r.Target)
	if len(found) > 0 {
		trace = found[0].Trace.ID
	}
	foreign, err := a.Logs.ForeignTrace(ctx, scope, trace)
	if err != nil {
		return err
	}
	if !all {
		foreign.Spans = slices.DeleteFunc(foreign.Spans, func(s *foreignspan.Span) bool { return s.Member != r.By.Member })
	}
	if len(found)+len(foreign.Spans) == 0 {
		return telemetry.NotFound("admin.getLog", gateway.Clip(r.Target, 100))
	}
	out, spans := make([]json.RawMessage, len(found)), make([]json.RawMessage, len(foreign.Spans))
	for i, r := range found {
		out[i] = r.JSON(true)
	}
	if a.CallLog != nil {
		if err := a.CallLog.AddFeedback(ctx, found, out); err != nil {
			return err
		}
	}
	for i, s := range foreign.Spans {
		spans[i] = s.JSON()
	}
	r.Reply = exchangesOf{page{Object: "list", Data: out}, spans, foreign.Cut}
	return nil
}
