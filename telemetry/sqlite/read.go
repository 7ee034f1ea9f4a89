package sqlite

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/listing"
)

// failed wraps an error of a read.
func failed(op string, err error) error {
	return &gateway.Error{Op: op, Kind: gateway.Unavailable, Public: "The telemetry database cannot be read.", Err: err}
}

// workspacesIn returns the numbers of the workspaces in scope.
func (s *Store) workspacesIn(scope listing.Scope) []int64 {
	if scope.All() {
		return s.workspaceNumbers()
	}
	if n, ok := s.workspace(scope.Workspace()); ok && !scope.Empty() {
		return []int64{n}
	}
	return nil
}

// ofTrace finds a trace in every run of 16384 rows, by the index exchanges_by_run.
const ofTrace = `(n >> 14) IN (
  WITH RECURSIVE runs (run) AS (
    SELECT min(n) >> 14 FROM exchanges UNION ALL SELECT run + 1 FROM runs WHERE run < (SELECT max(n) >> 14 FROM exchanges)
  ) SELECT run FROM runs
) AND trace = ?`

// Logs reads every section that may hold rows of the page, newest first and as far as the page
// needs, and merges.
func (s *Store) Logs(ctx context.Context, q telemetry.Query) (telemetry.Page, error) {
	const op = "sqlite.Logs"
	if err := q.Check(); err != nil {
		return telemetry.Page{}, err
	}
	limit := listing.PageSize(q.Limit)
	found, err := s.newest(ctx, q, limit+1)
	if err != nil {
		return telemetry.Page{}, failed(op, err)
	}
	p := telemetry.Page{Records: found}
	if len(p.Records) > limit {
		p.Records = p.Records[:limit]
		last := p.Records[limit-1]
		p.Next = last.Position().Cursor()
	}
	if q.Bodies {
		if err := s.addBodies(ctx, p.Records); err != nil {
			return telemetry.Page{}, failed(op, err)
		}
	}
	return p, nil
}

// newest returns up to limit exchanges that match a query, from its cursor on.
func (s *Store) newest(ctx context.Context, q telemetry.Query, limit int) ([]*telemetry.Record, error) {
	after, _ := listing.ParseCursor(q.Cursor) // checked by the caller
	found := newest{limit: limit}
	prepared := statements{db: s.read, byQuery: map[string]*sql.Stmt{}}
	defer prepared.close()
	for _, ws := range s.workspacesIn(q.Scope) {
		sections, err := s.sections(ctx, s.read, &q, ws)
		if err != nil {
			return nil, err
		}
		for _, in := range sections {
			if err := prepared.search(ctx, &q, in, after, &found); err != nil {
				return nil, err
			}
		}
	}
	return found.records, nil
}

// newest keeps the newest records of several sections.
type newest struct {
	limit   int
	records []*telemetry.Record // newest first
}

func (n *newest) add(rs []*telemetry.Record) {
	n.records = append(n.records, rs...)
	slices.SortFunc(n.records, func(a, b *telemetry.Record) int {
		if c := b.Time.Compare(a.Time); c != 0 {
			return c
		}
		return strings.Compare(b.ID, a.ID)
	})
	n.records = n.records[:min(len(n.records), n.limit)]
}

// since returns the time before which further records are too old to be kept.
func (n *newest) since() (t time.Time, ok bool) {
	if len(n.records) < n.limit {
		return time.Time{}, false
	}
	return n.records[n.limit-1].Time, true
}

// statements keeps the statements of one listing: its sections differ in their arguments only.
type statements struct {
	db      *sql.DB
	byQuery map[string]*sql.Stmt
}

func (s *statements) close() {
	for _, stmt := range s.byQuery {
		_ = stmt.Close() // it only read
	}
}

func (s *statements) query(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	stmt, ok := s.byQuery[query]
	if !ok {
		var err error
		if stmt, err = s.db.PrepareContext(ctx, query); err != nil {
			return nil, err
		}
		s.byQuery[query] = stmt
	}
	return stmt.QueryContext(ctx, args...)
}

// search adds the newest matching exchanges of a section that are older than after.
func (s *statements) search(ctx context.Context, q *telemetry.Query, in section, after *listing.Position, found *newest) error {
	query, args := searchQuery(q, in, after, found)
	rows, err := s.query(ctx, query, args)
	if err != nil {
		return err
	}
	defer rows.Close()
	var out []*telemetry.Record
	var facts sql.RawBytes
	for len(out) < found.limit && rows.Next() {
		if err := rows.Scan(&facts); err != nil {
			return err
		}
		r, err := telemetry.Unpack(facts)
		if err != nil {
			return err
		}
		if q.Match(r) {
			out = append(out, r)
		}
	}
	found.add(out)
	return rows.Err()
}

// searchQuery selects the rows of a section in the order of a listing.
func searchQuery(q *telemetry.Query, in section, after *listing.Position, found *newest) (query string, args []any) {
	where, args := []string{in.where}, in.args
	and := func(cond string, v ...any) { where = append(where, cond); args = append(args, v...) }
	if after != nil {
		and("ts <= ? AND (ts < ? OR id < ?)", after.Time.UnixMicro(), after.Time.UnixMicro(), after.ID)
	}
	if t, ok := found.since(); ok {
		and("ts >= ?", t.UnixMicro())
	}
	if !q.Since.IsZero() {
		and("ts >= ?", q.Since.UnixMicro())
	}
	if !q.Until.IsZero() {
		and("ts <= ?", q.Until.UnixMicro())
	}
	var columns filter
	columns.is(q.Provider, "provider")
	columns.statuses("status", q.Status)
	var outcomes filter
	for _, name := range q.Outcome {
		if o, ok := telemetry.ParseOutcome(name); ok {
			outcomes.and("outcome = ?", int64(o))
		} else {
			outcomes.and("outcome <> ?", int64(telemetry.OutcomeOK))
		}
	}
	columns.either(&outcomes)
	where, args = append(where, columns.conditions...), append(args, columns.args...)
	// INDEXED BY: SQLite has no statistics, and might choose the index by time and read all of it.
	return "SELECT facts FROM exchanges INDEXED BY " + in.index + " WHERE " + strings.Join(where, " AND ") + " ORDER BY ts DESC, id DESC", args
}

// Log looks for the request id near the time that is encoded in it, then for the trace.
func (s *Store) Log(ctx context.Context, sc listing.Scope, id string) ([]*telemetry.Record, error) {
	const op = "sqlite.Log"
	if sc.Empty() {
		return nil, &gateway.Error{Op: op, Kind: gateway.Forbidden, Public: "No workspace is in scope."}
	}
	workspaces := s.workspacesIn(sc)
	if at, ok := telemetry.StartOf(id); ok {
		for _, ws := range workspaces {
			rs, err := s.full(ctx, "workspace = ? AND ts BETWEEN ? AND ? AND id = ?", ws, at.Add(-slack).UnixMicro(), at.Add(slack).UnixMicro(), id)
			if err != nil {
				return nil, failed(op, err)
			}
			if len(rs) > 0 {
				return rs, nil
			}
		}
	}
	trace := gateway.TraceIDFrom(id)
	rs, err := s.full(ctx, ofTrace, traceNumber(trace))
	if err != nil {
		return nil, failed(op, err)
	}
	rs = slices.DeleteFunc(rs, func(r *telemetry.Record) bool {
		return r.Trace.ID != trace || !sc.All() && r.Workspace != sc.Workspace()
	})
	if len(rs) == 0 {
		return nil, telemetry.NotFound(op, id)
	}
	return rs[:min(len(rs), listing.MaxTrace)], nil
}

// slack is how far the time in a request id may be from the start of its exchange.
const slack = 2 * time.Second

// full reads exchanges with their bodies.
func (s *Store) full(ctx context.Context, where string, args ...any) ([]*telemetry.Record, error) {
	rows, err := s.read.QueryContext(ctx, "SELECT facts, coalesce(packed, bodies) FROM exchanges LEFT JOIN bodies USING (n) WHERE "+where+" ORDER BY ts, id", args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []*telemetry.Record
	for rows.Next() {
		var facts, bodies sql.RawBytes
		if err := rows.Scan(&facts, &bodies); err != nil {
			return nil, err
		}
		r, err := telemetry.Unpack(facts)
		if err != nil {
			return nil, err
		}
		if err := unpackBodies(r, bodies); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, rows.Err()
}
