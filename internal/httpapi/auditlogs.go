package httpapi

import (
	"context"
	"encoding/json"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry/audit"
)

// AuditLogs answers questions about who did what.
type AuditLogs interface {
	AuditLogs(ctx context.Context, q audit.Query) (audit.Page, error)
}

func (s *Server) auditRoutes() []adminRoute {
	table := []adminRoute{{"GET", "/v1/audit-logs", "audit.list", gateway.AuditRead, s.listAudit}}
	if s.VerifyAudit != nil {
		table = append(table, adminRoute{"GET", "/v1/audit-logs/verify", "audit.verify", gateway.AuditVerify, s.verifyAudit})
	}
	return table
}

func (s *Server) listAudit(ctx context.Context, d *deed) error {
	p := d.strictQuery()
	ref := p.text("workspace")
	q := audit.Query{Since: p.time("since"), Until: p.time("until"), Member: p.text("member"), APIKey: p.text("api_key"),
		Action: p.text("action"), Resource: p.text("resource"), ResourceID: p.text("resource_id"), Outcome: p.text("outcome"),
		RequestID: p.text("request_id"), Cursor: p.text("cursor"), Limit: p.limit()}
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
	found, err := s.AuditLogs.AuditLogs(ctx, q)
	if err != nil {
		return err
	}
	out := make([]json.RawMessage, len(found.Rows))
	for i := range found.Rows {
		out[i] = found.Rows[i].JSON()
	}
	d.reply = page{Object: "list", Data: out, Next: found.Next}
	return nil
}

// verifyAudit recomputes every chain. It reads all workspaces' rows and is the owner's.
func (s *Server) verifyAudit(ctx context.Context, d *deed) error {
	verdicts, err := s.VerifyAudit(ctx)
	if err != nil {
		return err
	}
	whole, out := true, make([]verdictShape, len(verdicts))
	for i, v := range verdicts {
		whole = whole && v.Bad == 0
		out[i] = verdictShape(v)
	}
	d.reply = struct {
		Object string         `json:"object"`
		Whole  bool           `json:"ok"`
		Data   []verdictShape `json:"data"`
	}{"list", whole, out}
	return nil
}

// verdictShape is what was found about one chain.
type verdictShape struct {
	Chain  string `json:"chain"`
	Rows   uint64 `json:"rows"`
	First  uint64 `json:"first"`
	Last   uint64 `json:"last"`
	Bad    uint64 `json:"bad,omitempty"` // the first seq at fault
	Reason string `json:"reason,omitempty"`
}
