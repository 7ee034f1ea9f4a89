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

// Analytics adds up roll-ups where they have what the question needs. For the rest of its period it
// reads the index by time, which holds all that is summed up. A group by metadata, and filters that
// no column has, are looked up in the facts.
func (s *Store) Analytics(ctx context.Context, q telemetry.AnalyticsQuery) ([]telemetry.AnalyticsRow, error) {
	const op = "sqlite.Analytics"
	if err := q.Check(); err != nil {
		return nil, err
	}
	sum := telemetry.NewAnalyticsSum(&q)
	err := s.snapshot(ctx, func(tx *sql.Tx) error {
		for _, ws := range s.workspacesIn(q.Scope) {
			rest, err := s.addRolled(ctx, tx, &q, ws, sum)
			if err != nil {
				return err
			}
			for _, p := range rest {
				about := q
				about.Since, about.Until = time.UnixMicro(p.since).UTC(), time.UnixMicro(p.until).UTC()
				if err := s.addRows(ctx, tx, &about, ws, sum); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, failed(op, err)
	}
	return sum.Rows()
}

// addRows adds the exchanges of a period.
func (s *Store) addRows(ctx context.Context, tx *sql.Tx, q *telemetry.AnalyticsQuery, workspace int64, sum *telemetry.AnalyticsSum) error {
	rest := "1"
	if columnsSuffice(q) {
		if err := s.sample(ctx, tx, q, workspace, sum); err != nil {
			return err
		}
		rest = "(" + sampled + ") IS NOT TRUE"
	}
	return s.sampleFacts(ctx, tx, q, workspace, rest, sum)
}

// snapshot lets read see one state of the file.
func (s *Store) snapshot(ctx context.Context, read func(tx *sql.Tx) error) error {
	tx, err := s.read.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // it only read
	return read(tx)
}

// queryer is a transaction, or a connection.
type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// columnsSuffice reports whether the index by time has all that a question needs.
func columnsSuffice(q *telemetry.AnalyticsQuery) bool {
	_, grouped := q.GroupBy.MetadataKey()
	others := len(q.Metadata)
	if q.Metadata[telemetry.UserKey] != "" {
		others--
	}
	return !grouped && others == 0 && q.Trace == "" && q.Session == "" && q.GroupBy != telemetry.DimensionVariant && len(q.Variant) == 0 && !q.Spread
}

// analyticsWhere selects the rows of the index by time.
func (s *Store) analyticsWhere(q *telemetry.AnalyticsQuery, workspace int64) (where string, args []any) {
	f := s.columnFilters(&q.Query, workspace)
	f.and("workspace = ? AND ts >= ? AND ts < ?", workspace, q.Since.UnixMicro(), q.Until.UnixMicro())
	return strings.Join(f.conditions, " AND "), f.args
}

// columnFilters are the filters that columns of the index by time hold.
func (s *Store) columnFilters(q *telemetry.Query, workspace int64) (out filter) {
	for _, d := range s.dimensions.all() {
		if f := filterOf(d.column, q); len(f.conditions) > 0 {
			out.and(d.column+" IN (SELECT n FROM "+d.table+" WHERE workspace = ? AND "+strings.Join(f.conditions, " AND ")+")", append([]any{workspace}, f.args...)...)
		}
	}
	var verdicts filter
	for _, name := range q.Verdict {
		v, _ := telemetry.ParseVerdict(name) // checked before
		verdicts.and("verdict = ?", int64(v))
	}
	out.either(&verdicts)
	if u := q.Metadata[telemetry.UserKey]; u != "" {
		out.and("user = ?", u)
	}
	return out
}

// scan reads the columns of samples, row by row.
type scan struct {
	hits map[int64]bool // results that are hits of the cache

	at, latency, first, rescued, result int64
	unpriced                            bool
	user                                sql.RawBytes // if it is scanned, too
	v                                   telemetry.Sample
}

// into lists where to scan sampleColumns, and what is scanned after them.
func (x *scan) into(more ...any) []any {
	return append([]any{&x.at, &x.v.Error, &x.v.Input, &x.v.Output, &x.v.Cost, &x.v.Charged, &x.unpriced, &x.v.Saved, &x.latency, &x.first, &x.rescued, &x.result}, more...)
}

// sample is what was scanned; it holds until the next row.
func (x *scan) sample() *telemetry.Sample {
	v := &x.v
	v.Time, v.Hit, v.Rescued = time.UnixMicro(x.at).UTC(), x.hits[x.result], int(x.rescued)
	v.Latency, v.FirstChunk = time.Duration(x.latency)*time.Microsecond, -1
	if x.first >= 0 {
		v.FirstChunk = time.Duration(x.first) * time.Microsecond
	}
	v.Unpriced, v.User = x.unpriced && v.Input+v.Output > 0, string(x.user)
	return v
}

// sample adds the rows whose columns suffice.
func (s *Store) sample(ctx context.Context, tx *sql.Tx, q *telemetry.AnalyticsQuery, workspace int64, sum *telemetry.AnalyticsSum) error {
	groups, err := groupsOf(ctx, tx, q.GroupBy, workspace)
	if err != nil {
		return err
	}
	x := scan{}
	if x.hits, err = hits(ctx, tx, workspace); err != nil {
		return err
	}
	where, args := s.analyticsWhere(q, workspace)
	users := "NULL"
	if q.Users || groups.column == "user" {
		users = "user"
	}
	rows, err := tx.QueryContext(ctx, "SELECT "+sampleColumns+", "+groups.number()+", "+users+" FROM exchanges INDEXED BY exchanges_by_time WHERE "+where+" AND "+sampled, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	var group int64
	into := x.into(&group, &x.user)
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		v := x.sample()
		if q.GroupBy == telemetry.DimensionUser {
			v.Value = v.User
		} else {
			v.Value, v.Name = groups.of(group)
		}
		if v.Value != "" || !q.GroupBy.Optional() {
			sum.Add(v)
		}
	}
	return rows.Err()
}

// sampleFacts adds rows whose facts are read: of those whose columns say all, the ones that pass the filters of columns.
func (s *Store) sampleFacts(ctx context.Context, tx *sql.Tx, q *telemetry.AnalyticsQuery, workspace int64, rest string, sum *telemetry.AnalyticsSum) error {
	args := []any{workspace, q.Since.UnixMicro(), q.Until.UnixMicro()}
	columns := s.columnFilters(&q.Query, workspace)
	if q.GroupBy == telemetry.DimensionVariant {
		columns.and("template IN (SELECT n FROM templates WHERE workspace = ? AND prompt_id <> '')", workspace)
	}
	if len(columns.conditions) > 0 {
		rest += " AND ((" + sampled + ") IS NOT TRUE OR " + strings.Join(columns.conditions, " AND ") + ")"
		args = append(args, columns.args...)
	}
	rows, err := tx.QueryContext(ctx, "SELECT facts"+usageRange+rest, args...)
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
func hits(ctx context.Context, db queryer, workspace int64) (map[int64]bool, error) {
	numbers, err := numbersOf(ctx, db, "SELECT n FROM results WHERE workspace = ? AND cache IN (?, ?)", workspace, string(gateway.CacheHit), string(gateway.CacheSemanticHit))
	out := map[int64]bool{}
	for _, n := range numbers {
		out[n] = true
	}
	return out, err
}
