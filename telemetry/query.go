package telemetry

import (
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/sluicegate/sluice/gateway"
)

// Scope is whose rows a question may see. The zero value sees none.
type Scope struct {
	workspace string
	all       bool
}

// In sees one workspace.
func In(workspace string) Scope { return Scope{workspace: workspace} }

// Everywhere sees every workspace, and what nobody was recognised for. It is an owner's.
func Everywhere() Scope { return Scope{all: true} }

// ScopeOf is what a principal may see: an owner everything, anyone else the own workspace.
func ScopeOf(p *gateway.Principal) Scope {
	switch {
	case p == nil:
		return Scope{}
	case p.May(gateway.AnyWorkspace):
		return Everywhere()
	default:
		return In(p.Workspace)
	}
}

// All reports whether the scope is Everywhere.
func (s Scope) All() bool { return s.all }

// Workspace is the one in scope, "" if that is none or all.
func (s Scope) Workspace() string { return s.workspace }

// None reports whether nothing is in scope.
func (s Scope) None() bool { return !s.all && s.workspace == "" }

// Limits of one page.
const (
	DefaultLimit = 50
	MaxLimit     = 1000
	MaxTrace     = 1000
)

// Query selects exchanges. Empty fields select everything.
type Query struct {
	Scope        Scope
	Since, Until time.Time // by start: Since ≤ t < Until
	Model        string    // asked or served
	Provider     string
	VirtualKey   string
	Status       int    // 200; or a class, 2 to 5
	Outcome      string // "ok", or "error" for all others, or an outcome's name
	Member       string // id or name
	APIKey       string // id or name
	Trace        string // as the caller sent it, or W3C hex
	Cache        string // "HIT", "MISS" …; as in x-portkey-cache-status
	Config       string // slug
	Prompt       string // id or slug
	Metadata     map[string]string
	Cursor       string // Page.Next of the page before
	Limit        int
}

// Page is one page of exchanges. Next is "" at the end.
type Page struct {
	Records []*Record
	Next    string
}

// Position is where a page begins: behind the row with this time and id.
type Position struct {
	Time time.Time
	ID   string
}

// Cursor makes the text of a position.
func (p Position) Cursor() string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(p.Time.UnixMicro(), 36) + "." + p.ID))
}

// ParseCursor reads a cursor; "" is no position.
func ParseCursor(s string) (*Position, error) {
	if s == "" {
		return nil, nil
	}
	bad := gateway.InvalidField("telemetry.ParseCursor", "cursor", "The 'cursor' is none that this server gave.")
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return nil, bad
	}
	at, id, ok := strings.Cut(string(b), ".")
	us, err := strconv.ParseInt(at, 36, 64)
	if !ok || err != nil {
		return nil, bad
	}
	return &Position{time.UnixMicro(us).UTC(), id}, nil
}

// Bounded is n within the limits of a page.
func Bounded(n int) int {
	if n <= 0 {
		return DefaultLimit
	}
	return min(n, MaxLimit)
}

// Check refuses what cannot be asked.
func (q *Query) Check() error {
	const op = "telemetry.Query.Check"
	if q.Scope.None() {
		return &gateway.Error{Op: op, Kind: gateway.Forbidden, Public: "No workspace is in scope."}
	}
	if q.Status != 0 && (q.Status < 2 || q.Status > 5) && (q.Status < 100 || q.Status > 599) {
		return gateway.InvalidField(op, "status", "The 'status' must be an HTTP status or a class such as 4xx.")
	}
	if _, ok := ParseOutcome(q.Outcome); !ok && q.Outcome != "" && q.Outcome != "error" {
		return gateway.InvalidField(op, "outcome", "The 'outcome' must be one of "+strings.Join(outcomes[:], ", ")+" or error.")
	}
	if !q.Since.IsZero() && !q.Until.IsZero() && q.Until.Before(q.Since) {
		return gateway.InvalidField(op, "until", "The time 'until' lies before 'since'.")
	}
	_, err := ParseCursor(q.Cursor)
	return err
}

// StartOf is when the exchange with this id began, to a second or two: ids are ULIDs, and
// stores find a row by its time. ok is false for anything else.
func StartOf(id string) (time.Time, bool) {
	u, err := ulid.ParseStrict(id)
	if err != nil {
		return time.Time{}, false
	}
	return ulid.Time(u.Time()).UTC(), true
}

// Match is the definition of a filter, for stores that cannot put all of it into SQL.
func (q *Query) Match(r *Record) bool {
	if !q.Scope.all && (q.Scope.workspace == "" || q.Scope.workspace != r.Workspace) {
		return false
	}
	if q.Status != 0 && q.Status != r.Status && q.Status != r.Status/100 {
		return false
	}
	if q.Outcome == "error" && r.Outcome == OutcomeOK || q.Outcome != "" && q.Outcome != "error" && q.Outcome != r.Outcome.String() {
		return false
	}
	if q.Trace != "" && gateway.TraceIDFrom(q.Trace) != r.Trace.ID {
		return false
	}
	if !q.Since.IsZero() && r.Time.Before(q.Since) || !q.Until.IsZero() && !r.Time.Before(q.Until) {
		return false
	}
	for _, f := range [...]struct{ want, a, b string }{
		{q.Model, r.Model, r.Served}, {q.Provider, r.Provider, ""}, {q.VirtualKey, r.VirtualKey, ""},
		{q.Member, r.Member, r.MemberName}, {q.APIKey, r.APIKey, r.APIKeyName},
		{q.Cache, r.CacheStatus(), ""}, {q.Config, r.Config.Slug, ""},
	} {
		if f.want != "" && f.want != f.a && f.want != f.b {
			return false
		}
	}
	if q.Prompt != "" && (r.Prompt == nil || q.Prompt != r.Prompt.ID && q.Prompt != r.Prompt.Slug) {
		return false
	}
	for k, v := range q.Metadata {
		if !r.hasMetadata(k, v) {
			return false
		}
	}
	return true
}

// CacheStatus is the status, DISABLED when no cache was asked.
func (r *Record) CacheStatus() string {
	if r.Cache.Status == "" {
		return string(gateway.CacheDisabled)
	}
	return string(r.Cache.Status)
}

func (r *Record) hasMetadata(k, v string) bool {
	for i := range r.Metadata {
		if r.Metadata[i].Key == k {
			return r.Metadata[i].Value == v
		}
	}
	return false
}

// NotFound is the answer for an id that is absent or out of scope.
func NotFound(op, id string) error {
	return &gateway.Error{Op: op, Kind: gateway.NotFound, Param: "id", Public: "No request or trace has the id '" + id + "'."}
}
