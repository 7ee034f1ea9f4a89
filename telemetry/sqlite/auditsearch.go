package sqlite

import (
	"context"
	"slices"
	"strings"

	"github.com/sluicegate/sluice/telemetry/audit"
	"github.com/sluicegate/sluice/telemetry/listing"
)

// AuditLogs reads every section of every chain that may hold rows of the page, newest first and as
// far as the page needs, and merges.
func (s *Store) AuditLogs(ctx context.Context, q audit.Query) (audit.Page, error) {
	const op = "sqlite.AuditLogs"
	if err := q.Check(); err != nil {
		return audit.Page{}, err
	}
	chains, err := s.Chains(ctx)
	if err != nil {
		return audit.Page{}, err
	}
	sections, err := s.auditSections(ctx, &q)
	if err != nil {
		return audit.Page{}, failed(op, err)
	}
	after, _ := listing.ParseCursor(q.Cursor) // checked above
	limit := listing.PageSize(q.Limit)
	var found []audit.Row
	for _, chain := range chains {
		for _, in := range sections {
			rs, err := s.searchAudit(ctx, &q, chain, in, after, limit+1)
			if err != nil {
				return audit.Page{}, failed(op, err)
			}
			found = append(found, rs...)
		}
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

// auditSections returns where rows that match q are in each chain. No row is in two of them.
func (s *Store) auditSections(ctx context.Context, q *audit.Query) ([]section, error) {
	switch {
	case q.RequestID != "":
		return []section{{"audit_by_request_id", "request_id = ?", []any{q.RequestID}}}, nil
	case q.Member != "":
		numbers, err := numbersOf(ctx, s.read, "SELECT n FROM callers WHERE member = ? OR member_name = ?", q.Member, q.Member)
		if err != nil {
			return nil, err
		}
		var found []section
		for _, n := range append(numbers, anyCombination) {
			found = append(found, section{"audit_by_caller", "caller = ?", []any{n}})
		}
		return found, nil
	}
	return []section{{where: "1"}}, nil
}

// searchAudit returns up to limit matching rows of a section that are older than after.
func (s *Store) searchAudit(ctx context.Context, q *audit.Query, chain string, in section, after *listing.Position, limit int) ([]audit.Row, error) {
	query, args := auditQuery(q, chain, in, after)
	rows, err := s.read.QueryContext(ctx, query, args...)
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

// auditQuery selects the rows of a section of a chain in the order of a listing.
func auditQuery(q *audit.Query, chain string, in section, after *listing.Position) (query string, args []any) {
	where, args := []string{in.where, "chain_id = ?"}, append(slices.Clone(in.args), chain)
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
	from := ""
	if in.index != "" {
		from = "INDEXED BY " + in.index + " " // without statistics SQLite would read the whole chain
	}
	return auditFields + from + "WHERE " + strings.Join(where, " AND ") + " ORDER BY seq DESC", args
}
