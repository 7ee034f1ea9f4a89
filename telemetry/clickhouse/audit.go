package clickhouse

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/sluicegate/sluice/telemetry/audit"
	"github.com/sluicegate/sluice/telemetry/listing"
)

// Head returns the head of a chain.
func (s *Store) Head(ctx context.Context, chain string) (audit.Head, error) {
	rs, err := s.auditRows(ctx, "clickhouse.Head", "chain_id = ? ORDER BY seq DESC LIMIT 1", chain)
	if err != nil || len(rs) == 0 {
		return audit.Head{}, err
	}
	return rs[0].Head(), nil
}

// Chains lists the ids of all chains.
func (s *Store) Chains(ctx context.Context) ([]string, error) {
	const op = "clickhouse.Chains"
	rows, err := s.conn.Query(ctx, "SELECT DISTINCT toString(chain_id) AS chain FROM audit_log ORDER BY chain")
	if err != nil {
		return nil, failed(op, err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, failed(op, err)
		}
		out = append(out, id)
	}
	return out, wrap(op, rows.Err())
}

// Chain returns rows of one chain in ascending order.
func (s *Store) Chain(ctx context.Context, chain string, after uint64, limit int) ([]audit.Row, error) {
	return s.auditRows(ctx, "clickhouse.Chain", "chain_id = ? AND seq > ? ORDER BY seq LIMIT ?", chain, after, limit)
}

// AuditLogs returns one page of the audit trail. It is one query.
func (s *Store) AuditLogs(ctx context.Context, q audit.Query) (audit.Page, error) {
	if err := q.Check(); err != nil {
		return audit.Page{}, err
	}
	w := &where{}
	w.scope(q.Scope)
	w.times(q.Since, q.Until)
	if after, _ := listing.ParseCursor(q.Cursor); after != nil { // checked above
		chain, seq := audit.ParsePositionID(after.ID)
		w.and("(ts, chain_id, seq) < ("+at+", ?, ?)", after.Time.UnixMicro(), chain, seq)
	}
	if p, ok := strings.CutSuffix(q.Action, "*"); ok {
		w.and("startsWith(action, ?)", p)
	} else if q.Action != "" {
		w.and("action = ?", q.Action)
	}
	if q.Member != "" {
		w.and("(member_id = ? OR member = ?)", q.Member, q.Member)
	}
	for _, f := range []struct{ want, column string }{{q.APIKey, "api_key_id"}, {q.Resource, "resource"}, {q.ResourceID, "resource_id"},
		{q.Outcome, "outcome"}, {q.RequestID, "request_id"}} {
		if f.want != "" {
			w.and(f.column+" = ?", f.want)
		}
	}
	limit := listing.PageSize(q.Limit)
	rs, err := s.auditRows(ctx, "clickhouse.AuditLogs", w.text()+" ORDER BY ts DESC, chain_id DESC, seq DESC LIMIT ?", append(w.args, limit+1)...)
	p := audit.Page{Rows: rs}
	if len(rs) > limit {
		p.Rows = rs[:limit]
		last := &rs[limit-1]
		p.Next = last.Position().Cursor()
	}
	return p, err
}

// auditRows reads rows of the audit trail.
func (s *Store) auditRows(ctx context.Context, op, cond string, args ...any) ([]audit.Row, error) {
	rows, err := s.conn.Query(ctx, "SELECT chain_id, seq, ts, workspace_id, prev_hash, hash, canonical FROM audit_log WHERE "+cond, args...)
	if err != nil {
		return nil, failed(op, err)
	}
	defer rows.Close()
	var out []audit.Row
	for rows.Next() {
		var r audit.Row
		var ts time.Time
		var prev, hash, canonical string
		if err := rows.Scan(&r.Chain, &r.Seq, &ts, &r.Workspace, &prev, &hash, &canonical); err != nil {
			return nil, failed(op, err)
		}
		r.Time, r.Canonical = ts.UTC(), []byte(canonical)
		copy(r.Prev[:], prev)
		copy(r.Hash[:], hash)
		out = append(out, r)
	}
	return out, wrap(op, rows.Err())
}

// Prune drops partitions that are old as a whole, and deletes the old rows of the others.
func (s *Store) Prune(ctx context.Context, rows, audit time.Time) (int64, error) {
	const op = "clickhouse.Prune"
	var n uint64
	for _, t := range []struct {
		table, column string
		cut           time.Time
	}{{"llm_payloads", "ts", rows}, {"otel_traces", "Timestamp", rows}, {"otel_traces_trace_id_ts", "End", rows}, {"llm_requests", "ts", rows}, {foreignTable, "received", rows}, {"audit_log", "ts", audit}} {
		if t.cut.IsZero() {
			continue
		}
		var old uint64
		cond := "toDateTime64(" + t.column + ", 6, 'UTC') < fromUnixTimestamp64Micro(?, 'UTC')"
		if err := s.conn.QueryRow(ctx, "SELECT count() FROM "+t.table+" WHERE "+cond, t.cut.UnixMicro()).Scan(&old); err != nil {
			return int64(n), failed(op, err)
		}
		if old == 0 {
			continue
		}
		if t.table == "llm_requests" {
			n = old
		}
		if err := s.dropPartitions(ctx, t.table, t.column, t.cut); err != nil {
			return int64(n), failed(op, err)
		}
		err := s.conn.Exec(ctx, "ALTER TABLE "+t.table+" DELETE WHERE "+cond+" SETTINGS mutations_sync = 1", t.cut.UnixMicro())
		if err != nil {
			return int64(n), failed(op, err)
		}
	}
	return int64(n), nil
}

// dropPartitions drops the partitions of a table whose rows are all older than cut.
func (s *Store) dropPartitions(ctx context.Context, table, column string, cut time.Time) error {
	rows, err := s.conn.Query(ctx, "SELECT _partition_id AS p FROM "+table+" GROUP BY p HAVING max(toDateTime64("+column+", 6, 'UTC')) < fromUnixTimestamp64Micro(?, 'UTC')", cut.UnixMicro())
	if err != nil {
		return err
	}
	var ids []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			rows.Close()
			return err
		}
		ids = append(ids, id)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return err
	}
	for _, id := range ids {
		if err := s.conn.Exec(ctx, "ALTER TABLE "+table+" DROP PARTITION ID '"+id+"'"); err != nil {
			return err
		}
	}
	return nil
}
