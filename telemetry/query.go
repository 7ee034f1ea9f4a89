package telemetry

import (
	"slices"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry/listing"
)

// Query selects exchanges. Empty fields select everything; of a list, one value must match.
type Query struct {
	Scope        listing.Scope
	Since, Until time.Time // by start: Since ≤ t < Until
	Model        []string  // asked or served
	Provider     []string
	VirtualKey   []string
	Status       []int    // 200; or a class, 2 to 5
	Outcome      []string // an Outcome's name, or "error" for all but "ok"
	Member       []string // id or name
	Team         []string // id or name
	APIKey       []string // id or name
	Trace        string   // as the caller sent it, or W3C hex
	Cache        []string // "HIT", "MISS" …; as in x-portkey-cache-status
	Config       []string // slug
	Prompt       []string // id or slug
	Variant      []string // arm of an experiment
	Session      string
	Verdict      []string // a Verdict's name
	Metadata     map[string]string
	Cursor       string // Page.Next of the page before
	Limit        int    // rows of a page; see listing.PageSize
	Bodies       bool   // Logs returns bodies, too
}

// Page is one page of exchanges, newest first. Next is "" on the last page.
type Page struct {
	Records []*Record
	Next    string
}

// Check returns an Invalid or Forbidden error for a query that no store can answer.
func (q *Query) Check() error {
	const op = "telemetry.Query.Check"
	if err := q.Scope.Check(op); err != nil {
		return err
	}
	for _, n := range q.Status {
		if (n < 2 || n > 5) && (n < 100 || n > 599) {
			return gateway.InvalidField(op, "status", "The 'status' must be an HTTP status or a class such as 4xx.")
		}
	}
	for _, name := range q.Outcome {
		if _, ok := ParseOutcome(name); !ok && name != "error" {
			return gateway.InvalidField(op, "outcome", "The 'outcome' must be one of "+strings.Join(outcomes[:], ", ")+" or error.")
		}
	}
	for _, name := range q.Verdict {
		if _, ok := ParseVerdict(name); !ok {
			return gateway.InvalidField(op, "verdict", "The 'verdict' must be one of "+strings.Join(verdicts[:], ", ")+".")
		}
	}
	if err := listing.CheckPeriod(op, q.Since, q.Until); err != nil {
		return err
	}
	_, err := listing.ParseCursor(q.Cursor)
	return err
}

// Match defines the filter for stores that cannot express all of it in SQL.
func (q *Query) Match(r *Record) bool {
	if !q.Scope.Contains(r.Workspace) || !listing.InPeriod(r.Time, q.Since, q.Until) {
		return false
	}
	if len(q.Status) > 0 && !slices.Contains(q.Status, r.Status) && !slices.Contains(q.Status, r.Status/100) {
		return false
	}
	if failed := r.Outcome != OutcomeOK && slices.Contains(q.Outcome, "error"); len(q.Outcome) > 0 && !failed && !slices.Contains(q.Outcome, r.Outcome.String()) {
		return false
	}
	if q.Trace != "" && gateway.TraceIDFrom(q.Trace) != r.Trace.ID || q.Session != "" && q.Session != r.Session {
		return false
	}
	var prompt gateway.PromptFact
	if r.Prompt != nil {
		prompt = *r.Prompt
	}
	for _, f := range [...]struct {
		want []string
		a, b string
	}{
		{q.Model, r.Model, r.Served}, {q.Provider, r.Provider, ""}, {q.VirtualKey, r.VirtualKey, ""},
		{q.Member, r.Member, r.MemberName}, {q.Team, r.Team, r.TeamName}, {q.APIKey, r.APIKey, r.APIKeyName},
		{q.Cache, r.CacheStatus(), ""}, {q.Config, r.Config.Slug, ""}, {q.Verdict, r.Verdict().String(), ""}, {q.Prompt, prompt.ID, prompt.Slug}, {q.Variant, prompt.Variant, ""},
	} {
		if len(f.want) > 0 && !slices.Contains(f.want, f.a) && !slices.Contains(f.want, f.b) {
			return false
		}
	}
	for k, v := range q.Metadata {
		if !r.hasMetadata(k, v) {
			return false
		}
	}
	return true
}

// StartOf returns when the exchange with this request id began, to a second or two: ids are
// ULIDs, and stores find a row by its time. ok is false for any other text.
func StartOf(id string) (start time.Time, ok bool) {
	u, err := ulid.ParseStrict(id)
	if err != nil {
		return time.Time{}, false
	}
	return ulid.Time(u.Time()).UTC(), true
}

// Position returns the record's place in a listing.
func (r *Record) Position() listing.Position { return listing.Position{Time: r.Time, ID: r.ID} }

// NotFound is the error for an id that is absent or out of scope.
func NotFound(op, id string) error {
	return &gateway.Error{Op: op, Kind: gateway.NotFound, Param: "id", Public: "No request or trace has the id '" + id + "'."}
}
