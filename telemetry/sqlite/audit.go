package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/sluicegate/sluice/telemetry/audit"
	"github.com/sluicegate/sluice/telemetry/listing"
)

const auditSelect = "SELECT chain_id, seq, ts, workspace, prev_hash, hash, canonical FROM audit WHERE "

// Conditions that have an index.
const (
	byRequest = "json_extract(canonical, '$.request_id') = ?"
	byMember  = "(json_extract(canonical, '$.member') = ? OR json_extract(canonical, '$.member_name') = ?)"
)

// Head returns the head of a chain.
func (s *Store) Head(ctx context.Context, chain string) (audit.Head, error) {
	r, err := scanAudit(s.read.QueryRowContext(ctx, auditSelect+"chain_id = ? ORDER BY seq DESC LIMIT 1", chain))
	if errors.Is(err, sql.ErrNoRows) {
		return audit.Head{}, nil
	}
	if err != nil {
		return audit.Head{}, failed("sqlite.Head", err)
	}
	return r.Head(), nil
}

// Chains lists the ids of all chains.
func (s *Store) Chains(ctx context.Context) ([]string, error) {
	const op = "sqlite.Chains"
	rows, err := s.read.QueryContext(ctx, "SELECT DISTINCT chain_id FROM audit ORDER BY chain_id")
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
	if err := rows.Err(); err != nil {
		return nil, failed(op, err)
	}
	return out, nil
}

// Chain returns rows of one chain in ascending order.
func (s *Store) Chain(ctx context.Context, chain string, after uint64, limit int) ([]audit.Row, error) {
	const op = "sqlite.Chain"
	rows, err := s.read.QueryContext(ctx, auditSelect+"chain_id = ? AND seq > ? ORDER BY seq LIMIT ?", chain, int64(after), limit)
	if err != nil {
		return nil, failed(op, err)
	}
	defer rows.Close()
	var out []audit.Row
	for rows.Next() {
		r, err := scanAudit(rows)
		if err != nil {
			return nil, failed(op, err)
		}
		out = append(out, r)
	}
	if err := rows.Err(); err != nil {
		return nil, failed(op, err)
	}
	return out, nil
}

// AuditLogs reads every chain, newest first and as far as the page needs, and merges.
func (s *Store) AuditLogs(ctx context.Context, q audit.Query) (audit.Page, error) {
	const op = "sqlite.AuditLogs"
	if err := q.Check(); err != nil {
		return audit.Page{}, err
	}
	chains, err := s.Chains(ctx)
	if err != nil {
		return audit.Page{}, err
	}
	after, _ := listing.ParseCursor(q.Cursor) // checked above
	limit := listing.PageSize(q.Limit)
	var found []audit.Row
	for _, chain := range chains {
		rs, err := s.newestOfChain(ctx, &q, chain, after, limit+1)
		if err != nil {
			return audit.Page{}, failed(op, err)
		}
		found = append(found, rs...)
	}
	slices.SortFunc(found, func(a, b audit.Row) int {
		if c := b.Time.Compare(a.Time); c != 0 {
			return c
		}
		return strings.Compare(b.PositionID(), a.PositionID())
	})
	p := audit.Page{Rows: found}
	if len(found) > limit {
		p.Rows = found[:limit]
		last := &found[limit-1]
		p.Next = last.Position().Cursor()
	}
	return p, nil
}

// newestOfChain returns up to limit matching rows of one chain that are older than after.
func (s *Store) newestOfChain(ctx context.Context, q *audit.Query, chain string, after *listing.Position, limit int) ([]audit.Row, error) {
	where, args := []string{"chain_id = ?"}, []any{chain}
	and := func(cond string, v any) { where = append(where, cond); args = append(args, v) }
	if after != nil {
		and("ts <= ?", after.Time.UnixMicro())
	}
	if !q.Since.IsZero() {
		and("ts >= ?", q.Since.UnixMicro())
	}
	if !q.Until.IsZero() {
		and("ts < ?", q.Until.UnixMicro())
	}
	if !q.Scope.All() {
		and("workspace = ?", q.Scope.Workspace())
	}
	// The unary + keeps SQLite from reading the whole chain by its primary key.
	if q.RequestID != "" {
		where[0] = "+" + where[0]
		and(byRequest, q.RequestID)
	} else if q.Member != "" {
		where[0] = "+" + where[0]
		where, args = append(where, byMember), append(args, q.Member, q.Member)
	}
	rows, err := s.read.QueryContext(ctx, auditSelect+strings.Join(where, " AND ")+" ORDER BY seq DESC", args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []audit.Row
	for len(out) < limit && rows.Next() {
		r, err := scanAudit(rows)
		if err != nil {
			return nil, err
		}
		if after != nil && r.Time.Equal(after.Time) && r.PositionID() >= after.ID {
			continue
		}
		e, err := r.Event()
		if err == nil && q.Match(&r, &e) {
			out = append(out, r)
		}
	}
	return out, rows.Err()
}

func scanAudit(row interface{ Scan(...any) error }) (audit.Row, error) {
	var r audit.Row
	var seq, ts int64
	var prev, hash []byte
	err := row.Scan(&r.Chain, &seq, &ts, &r.Workspace, &prev, &hash, &r.Canonical)
	r.Seq, r.Time = uint64(seq), time.UnixMicro(ts).UTC()
	copy(r.Prev[:], prev)
	copy(r.Hash[:], hash)
	return r, err
}
