package clickhouse

import (
	"context"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/listing"
)

// where collects the conditions of a query, with their arguments.
type where struct {
	conds []string
	args  []any
}

func (w *where) and(cond string, args ...any) {
	w.conds = append(w.conds, cond)
	w.args = append(w.args, args...)
}

func (w *where) text() string {
	if len(w.conds) == 0 {
		return "1"
	}
	return strings.Join(w.conds, " AND ")
}

// either adds that one of the conditions holds, if there are any.
func (w *where) either(of *where) {
	if len(of.conds) > 0 {
		w.and("("+strings.Join(of.conds, " OR ")+")", of.args...)
	}
}

const at = "fromUnixTimestamp64Micro(?, 'UTC')"

func (w *where) scope(s listing.Scope) {
	if !s.All() {
		w.and("workspace_id = ?", s.Workspace())
	}
}

func (w *where) times(since, until time.Time) {
	if !since.IsZero() {
		w.and("ts >= "+at, since.UnixMicro())
	}
	if !until.IsZero() {
		w.and("ts < "+at, until.UnixMicro())
	}
}

// Logs returns one page of exchanges, in the order of the primary key. The record is wide, and is read
// only from where the page ends.
func (s *Store) Logs(ctx context.Context, q telemetry.Query) (telemetry.Page, error) {
	const op = "clickhouse.Logs"
	if err := q.Check(); err != nil {
		return telemetry.Page{}, err
	}
	limit := listing.PageSize(q.Limit)
	if err := s.narrow(ctx, &q, limit+1); err != nil {
		return telemetry.Page{}, failed(op, err)
	}
	query, args := logsQuery(&q, limit+1)
	rows, err := s.conn.Query(ctx, query, args...)
	if err != nil {
		return telemetry.Page{}, failed(op, err)
	}
	defer rows.Close()
	var p telemetry.Page
	for rows.Next() {
		var packed string
		if err := rows.Scan(&packed); err != nil {
			return telemetry.Page{}, failed(op, err)
		}
		r, err := telemetry.Unpack([]byte(packed))
		if err != nil {
			return telemetry.Page{}, err
		}
		p.Records = append(p.Records, r)
	}
	if err := rows.Err(); err != nil {
		return telemetry.Page{}, failed(op, err)
	}
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

func logsQuery(q *telemetry.Query, limit int) (query string, args []any) {
	w := conditions(q)
	return "SELECT record FROM llm_requests WHERE " + w.text() + " ORDER BY ts DESC, request_id DESC LIMIT ?", append(w.args, limit)
}

// narrow moves the beginning of a query's period to the start of the last of the newest exchanges that
// it selects, if there are as many as limit. It looks at the last day of the period first: each day is
// a partition. Traces and sessions are few rows, which their index finds.
func (s *Store) narrow(ctx context.Context, q *telemetry.Query, limit int) error {
	if q.Trace != "" || q.Session != "" {
		return nil
	}
	end := time.Now()
	if after, _ := listing.ParseCursor(q.Cursor); after != nil { // checked before
		end = after.Time
	} else if !q.Until.IsZero() {
		end = q.Until
	}
	day := *q
	if day.Since = end.Add(-24 * time.Hour); day.Since.After(q.Since) {
		if found, err := s.narrowTo(ctx, q, &day, limit); found || err != nil {
			return err
		}
	}
	_, err := s.narrowTo(ctx, q, q, limit)
	return err
}

// narrowTo narrows q if there are enough exchanges among some of those that it selects.
func (s *Store) narrowTo(ctx context.Context, q, some *telemetry.Query, limit int) (found bool, err error) {
	query, args := narrowQuery(some, limit)
	var n uint64
	var last time.Time
	if err := s.conn.QueryRow(ctx, query, args...).Scan(&n, &last); err != nil || n < uint64(limit) {
		return false, err
	}
	q.Since = last.UTC()
	return true, nil
}

func narrowQuery(q *telemetry.Query, limit int) (query string, args []any) {
	w := conditions(q)
	return "SELECT count(), min(ts) FROM (SELECT ts FROM llm_requests WHERE " + w.text() + " ORDER BY ts DESC, request_id DESC LIMIT ?)", append(w.args, limit)
}

// conditions translates a query.
func conditions(q *telemetry.Query) *where {
	w := &where{}
	w.scope(q.Scope)
	w.times(q.Since, q.Until)
	if after, _ := listing.ParseCursor(q.Cursor); after != nil { // checked before
		w.and("(ts, request_id) < ("+at+", ?)", after.Time.UnixMicro(), after.ID)
	}
	var statuses, outcomes where
	for _, n := range q.Status {
		if n >= 100 {
			statuses.and("status = ?", uint16(n))
		} else {
			statuses.and("status >= ? AND status < ?", uint16(n*100), uint16(n*100+100))
		}
	}
	for _, name := range q.Outcome {
		if name == "error" {
			outcomes.and("outcome != 'ok'")
		} else {
			outcomes.and("outcome = ?", name)
		}
	}
	w.either(&statuses)
	w.either(&outcomes)
	if q.Trace != "" {
		w.and("trace_id = ?", gateway.TraceIDFrom(q.Trace).String())
	}
	if q.Session != "" {
		w.and("session_id = ?", q.Session)
	}
	for _, f := range []struct {
		want []string
		a, b string
	}{
		{q.Model, "requested_model", "model"}, {q.Provider, "provider", ""}, {q.VirtualKey, "virtual_key", ""}, {q.Member, "member_id", "member"},
		{q.Team, "team_id", "team"}, {q.APIKey, "api_key_id", "api_key"}, {q.Cache, "cache_status", ""}, {q.Config, "config", ""}, {q.Verdict, "verdict", ""}, {q.Prompt, "prompt_id", "prompt"}, {q.Variant, "prompt_variant", ""},
	} {
		var either where
		for _, want := range f.want {
			if either.and(f.a+" = ?", want); f.b != "" {
				either.and(f.b+" = ?", want)
			}
		}
		w.either(&either)
	}
	for k, v := range q.Metadata {
		w.and("mapContains(metadata, ?) AND metadata[?] = ?", k, k, v)
	}
	return w
}

// Log looks for the request id near the time that is encoded in it, then for the trace.
func (s *Store) Log(ctx context.Context, sc listing.Scope, id string) ([]*telemetry.Record, error) {
	const op = "clickhouse.Log"
	if sc.Empty() {
		return nil, &gateway.Error{Op: op, Kind: gateway.Forbidden, Public: "No workspace is in scope."}
	}
	const slack = 2 * time.Second // between the time in an id and the start of its exchange
	if t, ok := telemetry.StartOf(id); ok {
		w := &where{}
		w.scope(sc)
		w.times(t.Add(-slack), t.Add(slack))
		w.and("request_id = ?", id)
		if rs, err := s.full(ctx, op, w); err != nil || len(rs) > 0 {
			return rs, err
		}
	}
	w := &where{}
	w.scope(sc)
	w.and("trace_id = ?", gateway.TraceIDFrom(id).String())
	rs, err := s.full(ctx, op, w)
	if err == nil && len(rs) == 0 {
		err = telemetry.NotFound(op, id)
	}
	return rs, err
}

// full reads records and their bodies. w may only name columns that both tables have.
func (s *Store) full(ctx context.Context, op string, w *where) ([]*telemetry.Record, error) {
	rows, err := s.conn.Query(ctx, "SELECT record FROM llm_requests WHERE "+w.text()+" ORDER BY ts, request_id LIMIT ?", append(w.args, listing.MaxTrace)...)
	if err != nil {
		return nil, failed(op, err)
	}
	defer rows.Close()
	var out []*telemetry.Record
	byID := map[string]*telemetry.Record{}
	for rows.Next() {
		var packed string
		if err := rows.Scan(&packed); err != nil {
			return nil, failed(op, err)
		}
		r, err := telemetry.Unpack([]byte(packed))
		if err != nil {
			return nil, err
		}
		out = append(out, r)
		byID[r.ID] = r
	}
	if err := rows.Err(); err != nil || len(out) == 0 {
		return nil, wrap(op, err)
	}
	return out, wrap(op, s.readBodies(ctx, byID, w))
}

// wrap is failed for an error that may be nil.
func wrap(op string, err error) error {
	if err == nil {
		return nil
	}
	return failed(op, err)
}
