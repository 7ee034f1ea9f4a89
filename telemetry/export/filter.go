package export

import (
	"time"

	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/listing"
)

// Filter selects exchanges, by the names of the parameters of GET /v1/logs.
type Filter struct {
	Since      time.Time         `json:"since,omitzero"`
	Until      time.Time         `json:"until,omitzero"`
	Model      []string          `json:"model,omitempty"`
	Provider   []string          `json:"provider,omitempty"`
	VirtualKey []string          `json:"virtual_key,omitempty"`
	Status     []int             `json:"status,omitempty"` // a class is its first digit
	Outcome    []string          `json:"outcome,omitempty"`
	Member     []string          `json:"member,omitempty"`
	Team       []string          `json:"team,omitempty"`
	APIKey     []string          `json:"api_key,omitempty"`
	Trace      string            `json:"trace_id,omitempty"`
	Cache      []string          `json:"cache,omitempty"`
	Config     []string          `json:"config,omitempty"`
	Prompt     []string          `json:"prompt,omitempty"`
	Session    string            `json:"session_id,omitempty"`
	Verdict    []string          `json:"verdict,omitempty"`
	Metadata   map[string]string `json:"metadata,omitempty"`
	Text       string            `json:"text,omitempty"`  // words of texts; see telemetry.Words
	Limit      int64             `json:"limit,omitempty"` // rows of the file; 0 = the server's bound
}

// FilterOf is the filter of a query, without its scope and page.
func FilterOf(q telemetry.Query, limit int64) Filter {
	return Filter{Since: q.Since, Until: q.Until, Model: q.Model, Provider: q.Provider, VirtualKey: q.VirtualKey, Status: q.Status, Outcome: q.Outcome,
		Member: q.Member, Team: q.Team, APIKey: q.APIKey, Trace: q.Trace, Cache: q.Cache, Config: q.Config, Prompt: q.Prompt, Session: q.Session,
		Verdict: q.Verdict, Metadata: q.Metadata, Limit: limit}
}

// query is the question of a job. Who sees only its own exchanges asks for these, whatever its
// filter says.
func (j *Job) query() telemetry.Query {
	f := &j.Filter
	q := telemetry.Query{Scope: listing.Workspace(j.Workspace), Since: f.Since, Until: f.Until, Model: f.Model, Provider: f.Provider, VirtualKey: f.VirtualKey,
		Status: f.Status, Outcome: f.Outcome, Member: f.Member, Team: f.Team, APIKey: f.APIKey, Trace: f.Trace, Cache: f.Cache, Config: f.Config,
		Prompt: f.Prompt, Session: f.Session, Verdict: f.Verdict, Metadata: f.Metadata}
	if j.Own != "" {
		q.Member = []string{j.Own}
	}
	return q
}
