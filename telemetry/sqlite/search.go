package sqlite

import (
	"context"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
)

// section is a range of one index of exchanges, in which a listing looks for rows newest first.
type section struct {
	index string
	where string
	args  []any
}

// sections returns where the rows of a workspace that match q are: all of them, and as few others
// as one filter allows. The reader compares the rows with the other filters.
func (s *Store) sections(ctx context.Context, db queryer, q *telemetry.Query, workspace int64) ([]section, error) {
	all := []section{{"exchanges_by_time", "workspace = ?", []any{workspace}}}
	if q.Trace != "" {
		return []section{{"exchanges_by_run", "workspace = ? AND " + ofTrace, []any{workspace, traceNumber(gateway.TraceIDFrom(q.Trace))}}}, nil
	}
	if !s.classified.Load() { // rows of older versions are in no other index
		return all, nil
	}
	if user := q.Metadata[telemetry.UserKey]; user != "" {
		return []section{{"exchanges_by_user", "workspace = ? AND user = ?", []any{workspace, user}}}, nil
	}
	if q.Session != "" {
		return []section{{"exchanges_by_session", "workspace = ? AND session = ?", []any{workspace, q.Session}}}, nil
	}
	if in := verdictSections(q.Verdict, workspace); len(in) > 0 {
		return in, nil
	}
	for _, d := range s.dimensions.all() {
		f := filterOf(d.column, q)
		if len(f.conditions) == 0 {
			continue
		}
		numbers, err := numbersOf(ctx, db, "SELECT n FROM "+d.table+" WHERE workspace = ? AND "+strings.Join(f.conditions, " AND "), append([]any{workspace}, f.args...)...)
		if err != nil {
			return nil, err
		}
		var found []section
		for _, n := range append(numbers, anyCombination) {
			found = append(found, section{"exchanges_by_" + d.column, d.column + " = ? AND workspace = ?", []any{n, workspace}})
		}
		return found, nil
	}
	return all, nil
}

func numbersOf(ctx context.Context, db queryer, query string, args ...any) ([]int64, error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []int64
	for rows.Next() {
		var n int64
		if err := rows.Scan(&n); err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, rows.Err()
}

// verdictSections are the ranges of the index by verdict, which holds only rows with verdict > 1: the
// condition must say so. There are none for verdicts that the index does not hold.
func verdictSections(names []string, workspace int64) (out []section) {
	for _, name := range names {
		v, ok := telemetry.ParseVerdict(name)
		if !ok || v <= telemetry.VerdictAllow {
			return nil
		}
		out = append(out, section{"exchanges_by_verdict", "workspace = ? AND verdict > 1 AND verdict = ?", []any{workspace, int64(v)}})
	}
	return out
}

// filter collects conditions on one dimension.
type filter struct {
	conditions []string
	args       []any
}

// is adds that one of the columns has one of the values; no values are any.
func (f *filter) is(values []string, columns ...string) {
	var either filter
	for _, column := range columns {
		for _, v := range values {
			either.and(column+" = ?", v)
		}
	}
	f.either(&either)
}

// either adds that one of the conditions holds, if there are any.
func (f *filter) either(of *filter) {
	if len(of.conditions) > 0 {
		f.and("("+strings.Join(of.conditions, " OR ")+")", of.args...)
	}
}

// statuses adds that a column has one of the statuses or lies in one of the classes.
func (f *filter) statuses(column string, values []int) {
	var either filter
	for _, n := range values {
		if n >= 100 {
			either.and(column+" = ?", n)
		} else {
			either.and(column+" BETWEEN ? AND ?", n*100, n*100+99)
		}
	}
	f.either(&either)
}

func (f *filter) and(condition string, args ...any) {
	f.conditions, f.args = append(f.conditions, condition), append(f.args, args...)
}

// filterOf returns the filters of q that the dimension of this column holds.
func filterOf(column string, q *telemetry.Query) (f filter) {
	switch column {
	case "template":
		f.is(q.Config, "config")
		f.is(q.Prompt, "prompt_id", "prompt")
		if len(q.Variant) > 0 { // the facts say which
			f.and("prompt_id <> ''")
		}
	case "caller":
		f.is(q.Member, "member", "member_name")
		f.is(q.APIKey, "api_key", "api_key_name")
	case "team":
		f.is(q.Team, "team", "team_name")
	case "target":
		f.is(q.Model, "model", "served")
		f.is(q.VirtualKey, "virtual_key")
		f.is(q.Provider, "provider")
	case "result":
		f.statuses("status", q.Status)
		var either filter
		for _, name := range q.Outcome {
			if name == "error" {
				either.and("outcome <> ?", telemetry.OutcomeOK.String())
			} else {
				either.and("outcome = ?", name)
			}
		}
		f.either(&either)
		f.is(q.Cache, "cache")
	}
	return f
}
