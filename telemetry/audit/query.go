package audit

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/sluicegate/sluice/telemetry/listing"
)

// Query selects audit rows. Empty fields select everything.
type Query struct {
	Scope        listing.Scope
	Since, Until time.Time // Since ≤ t < Until
	Member       string    // id or name
	APIKey       string    // id
	Action       string    // exact, or a prefix that ends in "*": "api_key.*"
	Resource     string
	ResourceID   string
	Outcome      string
	RequestID    string
	Cursor       string // Page.Next of the page before
	Limit        int    // rows of a page; see listing.PageSize
}

// Page is one page of the audit trail, newest first. Next is "" on the last page.
type Page struct {
	Rows []Row
	Next string
}

// Check returns an Invalid or Forbidden error for a query that no store can answer.
func (q *Query) Check() error {
	const op = "audit.Query.Check"
	if err := q.Scope.Check(op); err != nil {
		return err
	}
	if err := listing.CheckPeriod(op, q.Since, q.Until); err != nil {
		return err
	}
	_, err := listing.ParseCursor(q.Cursor)
	return err
}

// Position returns the row's place in a listing: rows sort by time, then chain, then sequence.
func (r *Row) Position() listing.Position {
	return listing.Position{Time: r.Time, ID: r.PositionID()}
}

// PositionID returns the id of the row's Position. Ids of one chain sort by sequence number.
func (r *Row) PositionID() string { return fmt.Sprintf("%s/%020d", r.Chain, r.Seq) }

// ParsePositionID splits a PositionID.
func ParsePositionID(id string) (chain string, seq uint64) {
	i := strings.LastIndexByte(id, '/')
	if i < 0 {
		return id, 0
	}
	seq, _ = strconv.ParseUint(id[i+1:], 10, 64) // a forged cursor begins at 0
	return id[:i], seq
}

// Match defines the filter for stores that cannot express all of it in SQL. e is r's event.
func (q *Query) Match(r *Row, e *Event) bool {
	return q.Scope.Contains(r.Workspace) && listing.InPeriod(r.Time, q.Since, q.Until) && q.matchAction(e.Action) &&
		(q.Member == "" || q.Member == e.Member || q.Member == e.MemberName) &&
		matches(q.APIKey, e.APIKey) && matches(q.Resource, e.Resource) && matches(q.ResourceID, e.ResourceID) &&
		matches(q.Outcome, e.Outcome) && matches(q.RequestID, e.RequestID)
}

func (q *Query) matchAction(action string) bool {
	if prefix, ok := strings.CutSuffix(q.Action, "*"); ok {
		return strings.HasPrefix(action, prefix)
	}
	return matches(q.Action, action)
}

// matches reports whether a field has the wanted value; "" wants any.
func matches(want, have string) bool { return want == "" || want == have }
