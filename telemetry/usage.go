package telemetry

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry/listing"
)

// UsageKey is what usage can be divided by.
type UsageKey string

// The keys.
const (
	UsageByDay    UsageKey = "day" // of UTC
	UsageByModel  UsageKey = "model"
	UsageByMember UsageKey = "member"
	UsageByTeam   UsageKey = "team"
	UsageByAPIKey UsageKey = "api_key"
)

// UsageKeys are all keys, in the order in which rows are sorted by them.
func UsageKeys() []UsageKey {
	return []UsageKey{UsageByDay, UsageByModel, UsageByMember, UsageByTeam, UsageByAPIKey}
}

// Bounds of a question about usage.
const (
	MaxUsageRows   = 10_000
	MaxUsagePeriod = 400 * 24 * time.Hour
)

// UsageQuery asks what exchanges of a period used. Empty filters select everything.
type UsageQuery struct {
	Scope        listing.Scope
	Since, Until time.Time // by start: Since ≤ t < Until; both are set
	Model        string    // asked or served
	Member       string    // id or name, as those below
	Team, APIKey string
	GroupBy      []UsageKey // none: one sum
}

// UsageRow is what the exchanges of one group used. The fields of keys that the query does not
// group by are empty.
type UsageRow struct {
	Day                time.Time // its beginning, UTC
	Model              string    // as the answer names it, else as the caller asked for it
	Member, MemberName string    // id, and the latest name; as those below
	Team, TeamName     string
	APIKey, APIKeyName string

	Calls, Errors int64 // Errors: calls whose outcome is not OutcomeOK
	Input, Output int64 // tokens
	Cost, Charged int64 // nano-USD: what vendors bill and what the caller pays, where that is known
	Unpriced      int64 // calls that used tokens and have no known price
}

// Check returns an Invalid or Forbidden error for a query that no store can answer.
func (q *UsageQuery) Check() error {
	const op = "telemetry.UsageQuery.Check"
	if err := q.Scope.Check(op); err != nil {
		return err
	}
	if err := listing.CheckPeriod(op, q.Since, q.Until); err != nil {
		return err
	}
	if q.Since.IsZero() || q.Until.IsZero() || q.Until.Sub(q.Since) > MaxUsagePeriod {
		return gateway.InvalidField(op, "since", "The period from 'since' to 'until' must be at most 400 days.")
	}
	for i, k := range q.GroupBy {
		if !slices.Contains(UsageKeys(), k) || slices.Contains(q.GroupBy[:i], k) {
			return gateway.InvalidField(op, "group_by", "The 'group_by' must list some of day, model, member, team and api_key, each once.")
		}
	}
	return nil
}

// Exchanges is the query for the exchanges that are summed up.
func (q *UsageQuery) Exchanges() Query {
	out := Query{Scope: q.Scope, Since: q.Since, Until: q.Until}
	for _, f := range []struct {
		value string
		into  *[]string
	}{{q.Model, &out.Model}, {q.Member, &out.Member}, {q.Team, &out.Team}, {q.APIKey, &out.APIKey}} {
		if f.value != "" {
			*f.into = []string{f.value}
		}
	}
	return out
}

// By reports whether the query groups by a key.
func (q *UsageQuery) By(k UsageKey) bool { return slices.Contains(q.GroupBy, k) }

// UsageSum adds up the rows of one query. It defines the answer for all stores.
type UsageSum struct {
	query *UsageQuery
	rows  map[UsageRow]*usageSum // by the fields of the keys, without names
}

type usageSum struct {
	UsageRow
	named time.Time // when the names were recorded
}

// NewUsageSum returns an empty sum.
func NewUsageSum(q *UsageQuery) *UsageSum {
	return &UsageSum{query: q, rows: map[UsageRow]*usageSum{}}
}

// Record adds an exchange, which must match the query.
func (s *UsageSum) Record(r *Record) {
	row := UsageRow{Day: DayOf(r.Time), Model: cmp.Or(r.Served, r.Model), Member: r.Member, MemberName: r.MemberName, Team: r.Team, TeamName: r.TeamName,
		APIKey: r.APIKey, APIKeyName: r.APIKeyName, Calls: 1}
	if r.Outcome != OutcomeOK {
		row.Errors = 1
	}
	if r.Usage != nil {
		row.Input, row.Output = r.Usage.Input, r.Usage.Output
	}
	if r.Cost.Known {
		row.Cost = r.Cost.Nano
	}
	if r.Cost.ChargedKnown {
		row.Charged = r.Cost.Charged
	} else if row.Input+row.Output > 0 {
		row.Unpriced = 1
	}
	s.Add(row, r.Time)
}

// Add adds what a part of the exchanges used. named is the time of the latest of them; of names at
// the same time the greatest counts.
func (s *UsageSum) Add(row UsageRow, named time.Time) {
	var key UsageRow
	if s.query.By(UsageByDay) {
		key.Day = row.Day
	}
	if s.query.By(UsageByModel) {
		key.Model = row.Model
	}
	if s.query.By(UsageByMember) {
		key.Member = row.Member
	}
	if s.query.By(UsageByTeam) {
		key.Team = row.Team
	}
	if s.query.By(UsageByAPIKey) {
		key.APIKey = row.APIKey
	}
	sum := s.rows[key]
	if sum == nil {
		sum = &usageSum{UsageRow: key}
		s.rows[key] = sum
	}
	for _, n := range []struct {
		id       string
		old, new *string
	}{{key.Member, &sum.MemberName, &row.MemberName}, {key.Team, &sum.TeamName, &row.TeamName}, {key.APIKey, &sum.APIKeyName, &row.APIKeyName}} {
		if n.id != "" && (named.After(sum.named) || named.Equal(sum.named) && *n.new > *n.old) {
			*n.old = *n.new
		}
	}
	if named.After(sum.named) {
		sum.named = named
	}
	sum.Calls += row.Calls
	sum.Errors += row.Errors
	sum.Input += row.Input
	sum.Output += row.Output
	sum.Cost += row.Cost
	sum.Charged += row.Charged
	sum.Unpriced += row.Unpriced
}

// Rows returns the sums, sorted by the keys. More than MaxUsageRows are an Invalid error.
func (s *UsageSum) Rows() ([]UsageRow, error) {
	if len(s.rows) > MaxUsageRows {
		return nil, gateway.InvalidField("telemetry.UsageSum", "group_by", "The answer would have more than "+strconv.Itoa(MaxUsageRows)+
			" rows. Group by fewer keys, or ask for a shorter period.")
	}
	out := make([]UsageRow, 0, len(s.rows))
	for _, row := range s.rows {
		out = append(out, row.UsageRow)
	}
	slices.SortFunc(out, func(a, b UsageRow) int {
		return cmp.Or(a.Day.Compare(b.Day), strings.Compare(a.Model, b.Model), strings.Compare(a.Member, b.Member),
			strings.Compare(a.Team, b.Team), strings.Compare(a.APIKey, b.APIKey))
	})
	return out, nil
}

// DayOf is the beginning of the day of UTC that a time lies in.
func DayOf(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }
