package sqlite

import (
	"context"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
)

// OfTraces implements telemetry.Reader. It finds traces by their index, and ids near the time that is
// encoded in them.
func (s *Store) OfTraces(ctx context.Context, q telemetry.Query, traces []gateway.TraceID, ids []string, each func(*telemetry.Record) error) error {
	const op = "sqlite.OfTraces"
	if err := q.Check(); err != nil {
		return err
	}
	wanted, seen := map[gateway.TraceID]bool{}, map[string]bool{}
	numbers := make([]any, len(traces))
	for i, t := range traces {
		wanted[t], numbers[i] = true, traceNumber(t)
	}
	if len(traces) > 0 {
		where := strings.TrimSuffix(ofTrace, "= ?") + "IN (?" + strings.Repeat(", ?", len(traces)-1) + ")"
		err := s.eachRecord(ctx, where, numbers, func(r *telemetry.Record) error {
			if !wanted[r.Trace.ID] || !q.Match(r) {
				return nil
			}
			seen[r.ID] = true
			return each(r)
		})
		if err != nil {
			return failed(op, err)
		}
	}
	for _, id := range ids {
		at, ok := telemetry.StartOf(id)
		if !ok || seen[id] {
			continue
		}
		for _, ws := range s.workspacesIn(q.Scope) {
			err := s.eachRecord(ctx, "workspace = ? AND ts BETWEEN ? AND ? AND id = ?", []any{ws, at.Add(-slack).UnixMicro(), at.Add(slack).UnixMicro(), id}, func(r *telemetry.Record) error {
				if seen[id] || !q.Match(r) {
					return nil
				}
				seen[id] = true
				return each(r)
			})
			if err != nil {
				return failed(op, err)
			}
		}
	}
	return nil
}

// eachRecord reads exchanges without their bodies.
func (s *Store) eachRecord(ctx context.Context, where string, args []any, each func(*telemetry.Record) error) error {
	rows, err := s.read.QueryContext(ctx, "SELECT facts FROM exchanges WHERE "+where, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var facts []byte
		if err := rows.Scan(&facts); err != nil {
			return err
		}
		r, err := telemetry.Unpack(facts)
		if err != nil {
			return err
		}
		if err := each(r); err != nil {
			return err
		}
	}
	return rows.Err()
}
