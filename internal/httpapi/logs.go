package httpapi

import (
	"context"
	"encoding/json"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/listing"
)

// Logs answers questions about exchanges.
type Logs interface {
	Logs(ctx context.Context, q telemetry.Query) (telemetry.Page, error)
	Log(ctx context.Context, scope listing.Scope, id string) ([]*telemetry.Record, error)
}

func (s *Server) logRoutes() []adminRoute {
	return []adminRoute{
		{"GET", "/v1/logs", "log.list", gateway.LogsRead, s.listLogs},
		{"GET", "/v1/logs/:id", "log.get", gateway.LogsRead, s.getLog},
	}
}

// scope is what the caller may see, narrowed to the workspace that the URL names.
func (d *deed) scope(ctx context.Context, ref string) (listing.Scope, error) {
	if ref == "" {
		return listing.ScopeOf(d.by), nil
	}
	workspace, err := d.in(ctx, ref)
	return listing.Workspace(workspace), err
}

func (s *Server) listLogs(ctx context.Context, d *deed) error {
	p := d.strictQuery()
	ref := p.text("workspace")
	q := telemetry.Query{Since: p.time("since"), Until: p.time("until"), Model: p.text("model"), Provider: p.text("provider"),
		VirtualKey: p.text("virtual_key"), Status: p.status(), Outcome: p.text("outcome"), Member: p.text("member"), APIKey: p.text("api_key"),
		Trace: p.text("trace_id"), Cache: p.text("cache"), Config: p.text("config"), Prompt: p.text("prompt"), Metadata: p.metadata(),
		Cursor: p.text("cursor"), Limit: p.limit()}
	err := p.done()
	if err != nil {
		return err
	}
	if q.Scope, err = d.scope(ctx, ref); err != nil {
		return err
	}
	if err := q.Check(); err != nil {
		return err
	}
	found, err := s.Logs.Logs(ctx, q)
	if err != nil {
		return err
	}
	out := make([]json.RawMessage, len(found.Records))
	for i, r := range found.Records {
		out[i] = r.JSON(false)
	}
	d.reply = page{Object: "list", Data: out, Next: found.Next}
	return nil
}

// getLog finds by request id or trace id, as the caller sent it.
func (s *Server) getLog(ctx context.Context, d *deed) error {
	d.target = d.param("id")
	scope, err := d.scope(ctx, d.query("workspace"))
	if err != nil {
		return err
	}
	found, err := s.Logs.Log(ctx, scope, d.target)
	if err != nil {
		return err
	}
	out := make([]json.RawMessage, len(found))
	for i, r := range found {
		out[i] = r.JSON(true)
	}
	d.reply = page{Object: "list", Data: out}
	return nil
}
