package admin

import (
	"context"
	"encoding/json"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/listing"
)

// Logs reads the recorded exchanges.
type Logs interface {
	Logs(ctx context.Context, q telemetry.Query) (telemetry.Page, error)
	Log(ctx context.Context, scope listing.Scope, id string) ([]*telemetry.Record, error)
}

func (a *resources) logRoutes() []operation {
	return []operation{
		{"GET", "/v1/logs", "log.list", gateway.LogsRead, a.listLogs},
		{"GET", "/v1/logs/:id", "log.get", gateway.LogsRead, a.getLog},
	}
}

// scope is what the caller may see. ref narrows it to one workspace.
func (r *request) scope(ctx context.Context, ref string) (listing.Scope, error) {
	if ref == "" {
		return listing.ScopeOf(r.by), nil
	}
	workspace, err := r.in(ctx, ref)
	return listing.Workspace(workspace), err
}

func (a *resources) listLogs(ctx context.Context, r *request) error {
	p := readQuery(r)
	ref := p.text("workspace")
	q := telemetry.Query{Since: p.time("since"), Until: p.time("until"), Model: p.text("model"), Provider: p.text("provider"),
		VirtualKey: p.text("virtual_key"), Status: p.status(), Outcome: p.text("outcome"), Member: p.text("member"), APIKey: p.text("api_key"),
		Trace: p.text("trace_id"), Cache: p.text("cache"), Config: p.text("config"), Prompt: p.text("prompt"), Metadata: p.metadata(),
		Cursor: p.text("cursor"), Limit: p.limit()}
	err := p.done()
	if err != nil {
		return err
	}
	if q.Scope, err = r.scope(ctx, ref); err != nil {
		return err
	}
	if err := q.Check(); err != nil {
		return err
	}
	found, err := a.Logs.Logs(ctx, q)
	if err != nil {
		return err
	}
	out := make([]json.RawMessage, len(found.Records))
	for i, r := range found.Records {
		out[i] = r.JSON(false)
	}
	r.reply = page{Object: "list", Data: out, Next: found.Next}
	return nil
}

// getLog finds exchanges by request id, or by trace id as the caller sent it.
func (a *resources) getLog(ctx context.Context, r *request) error {
	r.target = r.Param("id")
	scope, err := r.scope(ctx, r.Query("workspace"))
	if err != nil {
		return err
	}
	found, err := a.Logs.Log(ctx, scope, r.target)
	if err != nil {
		return err
	}
	out := make([]json.RawMessage, len(found))
	for i, r := range found {
		out[i] = r.JSON(true)
	}
	r.reply = page{Object: "list", Data: out}
	return nil
}
