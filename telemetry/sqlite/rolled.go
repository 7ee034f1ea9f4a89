package sqlite

import (
	"context"
	"database/sql"
	"reflect"
	"strings"
	"time"

	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/sqlite/rollup"
)

// rolled is a question that roll-ups can answer: it concerns one column only.
type rolled struct {
	workspace int64
	column    rollup.Column
	numbers   map[int64]bool // those that match its filters; nil: all
	user      string         // the one that matches; "": all
	step      int64          // of the buckets of the answer, in microseconds; 0: one for all
	latencies bool
	users     bool

	sums   map[int64]rollup.Sums // what was found, by number of the step
	places map[string]int64      // numbers of users
	names  []string              // users by number
}

// columnOf is the column that divides exchanges by a dimension; "" if none does.
func columnOf(d telemetry.Dimension) rollup.Column {
	switch d {
	case telemetry.DimensionVerdict:
		return rollup.Verdict
	case telemetry.DimensionRescue:
		return rollup.Rescued
	case telemetry.DimensionUser:
		return rollup.User
	}
	return rollup.Column(groupColumns[d].column)
}

// rollable finds the one column that a question's filters and group concern. ok is false if there
// are several, or one that is not rolled up.
func (s *Store) rollable(ctx context.Context, tx *sql.Tx, q *telemetry.Query, group rollup.Column, workspace int64) (out rolled, ok bool, err error) {
	out = rolled{workspace: workspace, column: group, sums: map[int64]rollup.Sums{}, places: map[string]int64{}}
	concerns := func(c rollup.Column) bool {
		if out.column == "" {
			out.column = c
		}
		return out.column == c
	}
	for _, d := range s.dimensions.all() {
		f := filterOf(d.column, q)
		if len(f.conditions) == 0 {
			continue
		}
		if !concerns(rollup.Column(d.column)) {
			return out, false, nil
		}
		numbers, err := numbersOf(ctx, tx, "SELECT n FROM "+d.table+" WHERE workspace = ? AND "+strings.Join(f.conditions, " AND "), append([]any{workspace}, f.args...)...)
		if err != nil {
			return out, false, err
		}
		out.numbers = map[int64]bool{}
		for _, n := range numbers {
			out.numbers[n] = true
		}
	}
	if len(q.Verdict) > 0 {
		if !concerns(rollup.Verdict) {
			return out, false, nil
		}
		out.numbers = map[int64]bool{}
		for _, name := range q.Verdict {
			v, _ := telemetry.ParseVerdict(name) // checked before
			out.numbers[int64(v)] = true
		}
	}
	if out.user = q.Metadata[telemetry.UserKey]; out.user != "" && !concerns(rollup.User) {
		return out, false, nil
	}
	concerns(rollup.Result) // if there is no other: it has few numbers
	return out, onlyColumns(q), nil
}

// onlyColumns reports whether a query has no filter but those of rolled columns.
func onlyColumns(q *telemetry.Query) bool {
	others := *q
	others.Scope, others.Since, others.Until, others.Cursor, others.Limit = telemetry.Query{}.Scope, time.Time{}, time.Time{}, "", 0
	others.Model, others.Provider, others.VirtualKey, others.Status, others.Outcome, others.Cache = nil, nil, nil, nil, nil, nil
	others.Member, others.APIKey, others.Team, others.Config, others.Prompt, others.Verdict = nil, nil, nil, nil, nil, nil
	if _, user := q.Metadata[telemetry.UserKey]; user && len(q.Metadata) == 1 {
		others.Metadata = nil
	}
	return reflect.ValueOf(others).IsZero()
}

// read adds up the roll-ups within a period, and returns the parts of it that have none.
func (r *rolled) read(ctx context.Context, tx *sql.Tx, since, until int64) ([]span, error) {
	rest := []span{{r.workspace, since, until}}
	for _, length := range rollup.Lengths {
		length := length.Microseconds()
		if r.step%length != 0 {
			continue
		}
		var left []span
		for _, gap := range rest {
			more, err := r.readBuckets(ctx, tx, length, gap)
			if err != nil {
				return nil, err
			}
			left = append(left, more...)
		}
		rest = left
	}
	return rest, nil
}

// readBuckets reads the buckets of one length within a span.
func (r *rolled) readBuckets(ctx context.Context, tx *sql.Tx, length int64, in span) (left []span, err error) {
	first, end := bucketOf(in.since+length-1, length), bucketOf(in.until, length)
	if first >= end {
		return []span{in}, nil
	}
	columns := "p.start, p.sums"
	for _, c := range []struct {
		name   string
		wanted bool
	}{{"p.times", r.latencies}, {"p.users", r.users}, {"u.names", r.users || r.column == rollup.User}} {
		if !c.wanted {
			c.name = "NULL"
		}
		columns += ", " + c.name
	}
	rows, err := tx.QueryContext(ctx, "SELECT "+columns+" FROM rollups AS p JOIN rollups AS u ON u.workspace = p.workspace AND u.length = p.length AND u.start = p.start AND u.part = ?"+
		" WHERE p.workspace = ? AND p.length = ? AND p.start >= ? AND p.start < ? AND p.part = ? ORDER BY p.start", string(rollup.User), r.workspace, length, first, end, string(r.column))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var start int64
		var sums, times, users, names sql.RawBytes
		if err := rows.Scan(&start, &sums, &times, &users, &names); err != nil {
			return nil, err
		}
		if err := r.add(start, &rollup.Part{Sums: sums, Times: times, Users: users, Names: names}); err != nil {
			return nil, err
		}
		if start > in.since {
			left = append(left, span{in.workspace, in.since, start})
		}
		in.since = start + length
	}
	if in.since < in.until {
		left = append(left, in)
	}
	return left, rows.Err()
}

// add adds a bucket's part.
func (r *rolled) add(start int64, part *rollup.Part) error {
	want := rollup.Wanted{Latencies: r.latencies, Users: r.users}
	if r.numbers != nil {
		want.Number = func(n int64) (int64, bool) { return n, r.numbers[n] }
	}
	if r.column == rollup.User { // each bucket has its own numbers
		names := rollup.Names(part.Names)
		want.Number = func(n int64) (int64, bool) {
			if n < 0 || n >= int64(len(names)) {
				return rollup.None, r.user == ""
			}
			return r.place(names[n]), r.user == "" || r.user == names[n]
		}
	}
	var step int64
	if r.step > 0 {
		step = start / r.step
	}
	if r.sums[step] == nil {
		r.sums[step] = rollup.Sums{}
	}
	return part.AddTo(r.sums[step], time.UnixMicro(start).UTC(), want)
}

func (r *rolled) place(user string) int64 {
	n, ok := r.places[user]
	if !ok {
		n = int64(len(r.names))
		r.places[user], r.names = n, append(r.names, user)
	}
	return n
}

// addRolled adds what roll-ups say, and returns the parts of the period that have none.
func (s *Store) addRolled(ctx context.Context, tx *sql.Tx, q *telemetry.AnalyticsQuery, workspace int64, sum *telemetry.AnalyticsSum) ([]span, error) {
	all := []span{{workspace, q.Since.UnixMicro(), q.Until.UnixMicro()}}
	group := columnOf(q.GroupBy)
	if group == "" && q.GroupBy != "" || q.Spread {
		return all, nil
	}
	r, ok, err := s.rollable(ctx, tx, &q.Query, group, workspace)
	if err != nil || !ok {
		return all, err
	}
	r.step, r.latencies, r.users = q.Interval.Microseconds(), q.Latencies, q.Users
	rest, err := r.read(ctx, tx, all[0].since, all[0].until)
	if err != nil {
		return nil, err
	}
	groups, err := groupsOf(ctx, tx, q.GroupBy, workspace)
	if err != nil {
		return nil, err
	}
	for step, sums := range r.sums {
		for n, part := range sums {
			switch {
			case q.GroupBy != telemetry.DimensionUser:
				part.Value, part.Name = groups.of(n)
			case n >= 0:
				part.Value = r.names[n]
			}
			if part.Value != "" || !q.GroupBy.Optional() {
				sum.AddPart(time.UnixMicro(step*r.step).UTC(), part)
			}
		}
	}
	return rest, nil
}
