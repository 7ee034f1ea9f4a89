package clickhouse

import (
	"context"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
)

// OfTraces implements telemetry.Reader. Traces and ids have an index each, and ClickHouse cannot combine
// two indexes by OR: they are two queries.
func (s *Store) OfTraces(ctx context.Context, q telemetry.Query, traces []gateway.TraceID, ids []string, each func(*telemetry.Record) error) error {
	const op = "clickhouse.OfTraces"
	if err := q.Check(); err != nil {
		return err
	}
	q.Cursor = ""
	names := make([]string, len(traces))
	for i, t := range traces {
		names[i] = t.String()
	}
	seen := map[string]bool{}
	for _, by := range []struct {
		column string
		values []string
	}{{"trace_id", names}, {"request_id", ids}} {
		if len(by.values) == 0 {
			continue
		}
		err := s.eachRecord(ctx, &q, by.column, by.values, func(r *telemetry.Record) error {
			if seen[r.ID] {
				return nil
			}
			seen[r.ID] = true
			return each(r)
		})
		if err != nil {
			return failed(op, err)
		}
	}
	return nil
}

// eachRecord reads the exchanges of a query that have one of the values in a column.
func (s *Store) eachRecord(ctx context.Context, q *telemetry.Query, column string, values []string, each func(*telemetry.Record) error) error {
	w := conditions(q)
	args := make([]any, len(values))
	for i, v := range values {
		args[i] = v
	}
	w.and(column+" IN (?"+strings.Repeat(", ?", len(values)-1)+")", args...)
	rows, err := s.conn.Query(ctx, "SELECT record FROM llm_requests WHERE "+w.text(), w.args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var packed string
		if err := rows.Scan(&packed); err != nil {
			return err
		}
		r, err := telemetry.Unpack([]byte(packed))
		if err != nil {
			return err
		}
		if err := each(r); err != nil {
			return err
		}
	}
	return rows.Err()
}
