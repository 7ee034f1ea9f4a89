package sqlite

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
)

// sampled are the rows whose columns say all that analytics use: written with them, and with
// combinations that the tables hold. The facts of the others are read.
const sampled = "latency_us IS NOT NULL AND caller <> 0 AND target <> 0 AND result <> 0 AND coalesce(team, 1) <> 0 AND coalesce(template, 1) <> 0"

const sampleColumns = "ts, outcome <> 0, input_tokens, output_tokens, coalesce(cost_nano, 0), coalesce(price_nano, 0), price_nano IS NULL, saved_nano, latency_us, coalesce(ttft_us, -1), rescued, result"

// Analytics reads the index by time, which holds all that is summed up. A group by metadata, and
// filters that no column has, are looked up in the facts.
func (s *Store) Analytics(ctx context.Context, q telemetry.AnalyticsQuery) ([]telemetry.AnalyticsRow, error) {
	const op = "sqlite.Analytics"
	if err := q.Check(); err != nil {
		return nil, err
	}
	sum := telemetry.NewAnalyticsSum(&q)
	for _, ws := range s.workspacesIn(q.Scope) {
		rest := "1"
		if columnsSuffice(&q) {
			if err := s.sample(ctx, &q, ws, sum); err != nil {
				return nil, failed(op, err)
			}
			rest = "(" + sampled + ") IS NOT TRUE"
		}
		if err := s.sampleFacts(ctx, &q, ws, rest, sum); err != nil {
			return nil, failed(op, err)
		}
	}
	return sum.Rows()
}

// columnsSuffice reports whether the index by time has all that a question needs.
func columnsSuffice(q *telemetry.AnalyticsQuery) bool {
	_, grouped := q.GroupBy.MetadataKey()
	others := len(q.Metadata)
	if q.Metadata[telemetry.UserKey] != "" {
		others--
	}
	return !grouped && others == 0 && q.Trace == "" && q.Session == ""
}

// analyticsWhere selects the rows of the index by time.
func (s *Store) analyticsWhere(q *telemetry.AnalyticsQuery, workspace int64) (where string, args []any) {
	conditions, args := []string{"workspace = ? AND ts >= ? AND ts < ?"}, []any{workspace, q.Since.UnixMicro(), q.Until.UnixMicro()}
	for _, d := range s.dimensions.all() {
		if f := filterOf(d.column, &q.Query); len(f.conditions) > 0 {
			conditions = append(conditions, d.column+" IN (SELECT n FROM "+d.table+" WHERE workspace = ? AND "+strings.Join(f.conditions, " AND ")+")")
			args = append(append(args, workspace), f.args...)
		}
	}
	if v, ok := telemetry.ParseVerdict(q.Verdict); ok {
		conditions, args = append(conditions, "verdict = ?"), append(args, int64(v))
	}
	if u := q.Metadata[telemetry.UserKey]; u != "" {
		conditions, args = append(conditions, "user = ?"), append(args, u)
	}
	return strings.Join(conditions, " AND "), args
}

// sample adds the rows whose columns suffice.
func (s *Store) sample(ctx context.Context, q *telemetry.AnalyticsQuery, workspace int64, sum *telemetry.AnalyticsSum) error {
	groups, err := s.groups(ctx, q.GroupBy, workspace)
	if err != nil {
		return err
	}
	hits, err := s.hits(ctx, workspace)
	if err != nil {
		return err
	}
	where, args := s.analyticsWhere(q, workspace)
	users := "NULL"
	if q.Users || groups.column == "user" {
		users = "user"
	}
	rows, err := s.read.QueryContext(ctx, "SELECT "+sampleColumns+", "+groups.number()+", "+users+" FROM exchanges INDEXED BY exchanges_by_time WHERE "+where+" AND "+sampled, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var v telemetry.Sample
		var at, latency, first, rescued, result, group int64
		var unpriced bool
		var user sql.RawBytes
		if err := rows.Scan(&at, &v.Error, &v.Input, &v.Output, &v.Cost, &v.Charged, &unpriced, &v.Saved, &latency, &first, &rescued, &result, &group, &user); err != nil {
			return err
		}
		v.Time, v.Hit, v.Rescued = time.UnixMicro(at).UTC(), hits[result], int(rescued)
		v.Latency, v.FirstChunk = time.Duration(latency)*time.Microsecond, -1
		if first >= 0 {
			v.FirstChunk = time.Duration(first) * time.Microsecond
		}
		v.Unpriced, v.User = unpriced && v.Input+v.Output > 0, string(user)
		if q.GroupBy == telemetry.DimensionUser {
			v.Value = v.User
		} else {
			v.Value, v.Name = groups.of(group)
		}
		if v.Value != "" || !q.GroupBy.Optional() {
			sum.Add(&v)
		}
	}
	return rows.Err()
}

// sampleFacts adds rows whose facts are read.
func (s *Store) sampleFacts(ctx context.Context, q *telemetry.AnalyticsQuery, workspace int64, rest string, sum *telemetry.AnalyticsSum) error {
	rows, err := s.read.QueryContext(ctx, "SELECT facts"+usageRange+rest, workspace, q.Since.UnixMicro(), q.Until.UnixMicro())
	if err != nil {
		return err
	}
	defer rows.Close()
	var facts sql.RawBytes
	for rows.Next() {
		if err := rows.Scan(&facts); err != nil {
			return err
		}
		r, err := telemetry.Unpack(facts)
		if err != nil {
			return err
		}
		if q.Match(r) {
			sum.Record(r)
		}
	}
	return rows.Err()
}

// hits returns which results are hits of the cache.
func (s *Store) hits(ctx context.Context, workspace int64) (map[int64]bool, error) {
	numbers, err := s.numbers(ctx, "SELECT n FROM results WHERE workspace = ? AND cache IN (?, ?)", workspace, string(gateway.CacheHit), string(gateway.CacheSemanticHit))
	out := map[int64]bool{}
	for _, n := range numbers {
		out[n] = true
	}
	return out, err
}

// groups names the groups of a dimension by the numbers in a column of exchanges.
type groups struct {
	column string // "": there is one group
	named  map[int64]group
	name   func(n int64) string // of numbers that are no combinations
}

type group struct{ value, name string }

// number is the expression of a group's number.
func (g *groups) number() string {
	if g.column == "" || g.column == "user" {
		return "0"
	}
	return "coalesce(" + g.column + ", 0)"
}

func (g *groups) of(n int64) (value, name string) {
	if g.name != nil {
		return g.name(n), ""
	}
	found := g.named[n]
	return found.value, found.name
}

// groupColumns say where the values and names of dimensions stand.
var groupColumns = map[telemetry.Dimension]struct{ column, value, name string }{
	telemetry.DimensionModel:      {"target", "CASE served WHEN '' THEN model ELSE served END", "''"},
	telemetry.DimensionProvider:   {"target", "provider", "''"},
	telemetry.DimensionVirtualKey: {"target", "virtual_key", "''"},
	telemetry.DimensionMember:     {"caller", "member", "member_name"},
	telemetry.DimensionAPIKey:     {"caller", "api_key", "api_key_name"},
	telemetry.DimensionTeam:       {"team", "team", "team_name"},
	telemetry.DimensionConfig:     {"template", "config", "''"},
	telemetry.DimensionPrompt:     {"template", "prompt_id", "prompt"},
	telemetry.DimensionStatus:     {"result", "CAST(status AS TEXT)", "''"},
	telemetry.DimensionOutcome:    {"result", "outcome", "''"},
	telemetry.DimensionCache:      {"result", "cache", "''"},
}

// groups reads the groups of a dimension.
func (s *Store) groups(ctx context.Context, d telemetry.Dimension, workspace int64) (*groups, error) {
	switch d {
	case "":
		return &groups{}, nil
	case telemetry.DimensionUser:
		return &groups{column: "user"}, nil
	case telemetry.DimensionVerdict:
		return &groups{column: "verdict", name: func(n int64) string { return telemetry.Verdict(n).String() }}, nil
	case telemetry.DimensionRescue:
		return &groups{column: "rescued", name: telemetry.RescueName}, nil
	}
	c := groupColumns[d]
	out := &groups{column: c.column, named: map[int64]group{}}
	rows, err := s.read.QueryContext(ctx, "SELECT n, "+c.value+", "+c.name+" FROM "+c.column+"s WHERE workspace = ?", workspace)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var n int64
		var g group
		if err := rows.Scan(&n, &g.value, &g.name); err != nil {
			return nil, err
		}
		out.named[n] = g
	}
	return out, rows.Err()
}
