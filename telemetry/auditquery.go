package telemetry

import (
	"strconv"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// AuditQuery selects audit rows.
type AuditQuery struct {
	Scope        Scope
	Since, Until time.Time
	Member       string // id or name
	APIKey       string
	Action       string // exact, or a prefix that ends in ".*" or "*"
	Resource     string
	ResourceID   string
	Outcome      string
	RequestID    string
	Cursor       string
	Limit        int
}

// AuditPage is one page of the audit trail.
type AuditPage struct {
	Rows []AuditRow
	Next string
}

// Check refuses what cannot be asked.
func (q *AuditQuery) Check() error {
	const op = "telemetry.AuditQuery.Check"
	if q.Scope.None() {
		return &gateway.Error{Op: op, Kind: gateway.Forbidden, Public: "No workspace is in scope."}
	}
	if !q.Since.IsZero() && !q.Until.IsZero() && q.Until.Before(q.Since) {
		return gateway.InvalidField(op, "until", "The time 'until' lies before 'since'.")
	}
	_, err := ParseCursor(q.Cursor)
	return err
}

// PlaceID is the id of an audit row's Position: rows sort by time, then chain and seq.
func (r *AuditRow) PlaceID() string {
	seq := strconv.FormatUint(r.Seq, 10)
	return r.Chain + "/" + "00000000000000000000"[len(seq):] + seq
}

// Place reads a PlaceID back.
func Place(id string) (chain string, seq uint64) {
	i := strings.LastIndexByte(id, '/')
	if i < 0 {
		return id, 0
	}
	seq, _ = strconv.ParseUint(id[i+1:], 10, 64)
	return id[:i], seq
}

// Match is the definition of the audit filter.
func (q *AuditQuery) Match(r *AuditRow, e *Event) bool {
	if !q.Scope.all && (q.Scope.workspace == "" || q.Scope.workspace != r.Workspace) {
		return false
	}
	if !q.Since.IsZero() && r.Time.Before(q.Since) || !q.Until.IsZero() && !r.Time.Before(q.Until) {
		return false
	}
	if p, ok := strings.CutSuffix(q.Action, "*"); ok && !strings.HasPrefix(e.Action, p) || !ok && q.Action != "" && q.Action != e.Action {
		return false
	}
	for _, f := range [...]struct{ want, a, b string }{
		{q.Member, e.Member, e.MemberName}, {q.APIKey, e.APIKey, ""}, {q.Resource, e.Resource, ""},
		{q.ResourceID, e.ResourceID, ""}, {q.Outcome, e.Outcome, ""}, {q.RequestID, e.RequestID, ""},
	} {
		if f.want != "" && f.want != f.a && f.want != f.b {
			return false
		}
	}
	return true
}
