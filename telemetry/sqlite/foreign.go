package sqlite

import (
	"context"
	"database/sql"

	"github.com/klauspost/compress/s2"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry/foreignspan"
	"github.com/sluicegate/sluice/telemetry/listing"
)

var foreignColumns = []string{"workspace", "trace", "received", "span"}

// writeForeign inserts foreign spans.
func (s *Store) writeForeign(ctx context.Context, tx *sql.Tx, spans []*foreignspan.Span, added map[string]int64) error {
	values := make([]any, 0, len(spans)*len(foreignColumns))
	var packed []byte
	for _, f := range spans {
		workspace, err := s.numberWorkspace(ctx, tx, f.Workspace, added)
		if err != nil {
			return err
		}
		packed = f.Pack(packed[:0])
		values = append(values, workspace, traceNumber(f.Trace), f.Received.UnixMicro(), s2.Encode(nil, packed))
	}
	return s.foreign.insert(ctx, tx, values)
}

// ForeignTrace reads the foreign spans of a trace, of each workspace in the order of their receipt: the
// index has them so.
func (s *Store) ForeignTrace(ctx context.Context, sc listing.Scope, trace gateway.TraceID) (foreignspan.Trace, error) {
	const op = "sqlite.ForeignTrace"
	if err := sc.Check(op); err != nil {
		return foreignspan.Trace{}, err
	}
	where, args := "trace = ?", []any{traceNumber(trace)}
	if !sc.All() {
		workspace, ok := s.workspace(sc.Workspace())
		if !ok {
			return foreignspan.Trace{}, nil
		}
		where, args = where+" AND workspace = ?", append(args, workspace)
	}
	rows, err := s.read.QueryContext(ctx, "SELECT span FROM foreign_spans INDEXED BY foreign_spans_by_trace WHERE "+where+" ORDER BY workspace, n", args...)
	if err != nil {
		return foreignspan.Trace{}, failed(op, err)
	}
	defer rows.Close()
	out, err := unpackForeign(rows, trace)
	if err != nil {
		return foreignspan.Trace{}, failed(op, err)
	}
	out.Sort()
	return out, nil
}

// unpackForeign reads spans. Those of other traces that share the column's eight bytes are left out.
func unpackForeign(rows *sql.Rows, trace gateway.TraceID) (out foreignspan.Trace, err error) {
	var compressed sql.RawBytes
	var packed []byte
	for rows.Next() {
		if err := rows.Scan(&compressed); err != nil {
			return out, err
		}
		if packed, err = s2.Decode(packed[:cap(packed)], compressed); err != nil {
			return out, err
		}
		f, err := foreignspan.Unpack(packed)
		if err != nil {
			return out, err
		}
		if f.Trace == trace && !out.Add(f) {
			break
		}
	}
	return out, rows.Err()
}
