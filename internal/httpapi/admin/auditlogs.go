package admin

import (
	"context"
	"encoding/json"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/telemetry/audit"
)

// AuditLogs reads the audit log.
type AuditLogs interface {
	AuditLogs(ctx context.Context, q audit.Query) (audit.Page, error)
}

func (a *resources) auditRoutes() []operation {
	table := []operation{{"GET", "/v1/audit-logs", "audit.list", gateway.AuditList, a.listAudit}}
	if a.VerifyAudit != nil {
		table = append(table, operation{"GET", "/v1/audit-logs/verify", "audit.verify", gateway.AuditVerify, a.verifyAudit})
	}
	return table
}

func (a *resources) listAudit(ctx context.Context, r *request) error {
	p := action.ReadQuery(r)
	ref := p.Text("workspace")
	q := audit.Query{Since: p.Time("since"), Until: p.Time("until"), Member: p.Text("member"), APIKey: p.Text("api_key"),
		Action: p.Text("action"), Resource: p.Text("resource"), ResourceID: p.Text("resource_id"), Outcome: p.Text("outcome"),
		RequestID: p.Text("request_id"), Cursor: p.Text("cursor"), Limit: p.Limit()}
	err := p.Done()
	if err != nil {
		return err
	}
	if q.Scope, err = scope(r, ctx, ref); err != nil {
		return err
	}
	if err := q.Check(); err != nil {
		return err
	}
	found, err := a.AuditLogs.AuditLogs(ctx, q)
	if err != nil {
		return err
	}
	out := make([]json.RawMessage, len(found.Rows))
	for i := range found.Rows {
		out[i] = found.Rows[i].JSON()
	}
	r.Reply = page{Object: "list", Data: out, Next: found.Next}
	return nil
}

// verifyAudit recomputes every chain of hashes. It reads the rows of all workspaces, so only
// whoever sees all of them may ask for it.
func (a *resources) verifyAudit(ctx context.Context, r *request) error {
	if r.Named {
		return gateway.InvalidField("admin.verifyAudit", "workspace", "The parameter 'workspace' cannot be used here: a chain holds the events of all workspaces.")
	}
	if err := gateway.Require("admin.verifyAudit", r.By, gateway.AnyWorkspace); err != nil {
		return err
	}
	verdicts, err := a.VerifyAudit(ctx)
	if err != nil {
		return err
	}
	whole, out := true, make([]verdictResponse, len(verdicts))
	for i, v := range verdicts {
		whole = whole && v.Bad == 0
		out[i] = verdictResponse(v)
	}
	r.Reply = verdictsResponse{"list", whole, out}
	return nil
}

type verdictsResponse struct {
	Object string            `json:"object"`
	Whole  bool              `json:"ok"`
	Data   []verdictResponse `json:"data"`
}

// verdictResponse is the result for one chain.
type verdictResponse struct {
	Chain  string `json:"chain"`
	Rows   uint64 `json:"rows"`
	First  uint64 `json:"first"`
	Last   uint64 `json:"last"`
	Head   uint64 `json:"head,omitempty"` // of the signed head
	Bad    uint64 `json:"bad,omitempty"`  // the first seq at fault
	Reason string `json:"reason,omitempty"`
}
