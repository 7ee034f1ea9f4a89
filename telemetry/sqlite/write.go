package sqlite

import (
	"context"
	"database/sql/driver"
	"encoding/binary"
	"errors"
	"maps"
	"slices"
	"time"
	"unsafe"

	"github.com/klauspost/compress/s2"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
)

const keep = 1 << 20 // of buffers between inserts

// Write stores b in one transaction. It does not stop half-way: ctx is not asked.
func (s *Store) Write(ctx context.Context, b *telemetry.Batch) error {
	const op = "sqlite.Write"
	ctx = context.WithoutCancel(ctx) // the driver would start a goroutine per statement
	s.mu.Lock()
	defer s.mu.Unlock()
	fresh := map[string]int64{}
	err := s.write.transaction(ctx, func() error { return s.batch(ctx, b, fresh) })
	switch {
	case err == nil:
		maps.Copy(s.workspaces, fresh)
	case !errors.Is(err, errWritten):
		return &gateway.Error{Op: op, Kind: gateway.Unavailable, Public: "The telemetry database cannot be written.", Err: err}
	}
	return nil
}

var errWritten = errors.New("sqlite: batch was written before")

func (s *Store) batch(ctx context.Context, b *telemetry.Batch, fresh map[string]int64) error {
	res, err := s.write.exec(ctx, "INSERT OR IGNORE INTO batches (id, at) VALUES (?, ?)", b.ID, time.Now().UnixMicro())
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, errWritten)
	}
	err = s.exchange.run(ctx, len(b.Rows), func(i int, dst []driver.NamedValue) error {
		if i%together == 0 { // the values before are written
			s.buf = s.buf[:0]
		}
		if len(b.Packed) > 0 {
			return s.exchangeValues(ctx, b.Rows[i], b.Packed[i], fresh, dst)
		}
		at := len(s.buf)
		s.buf = s.PackRow(s.buf, b.Rows[i])
		return s.exchangeValues(ctx, b.Rows[i], s.buf[at:len(s.buf):len(s.buf)], fresh, dst)
	})
	if cap(s.buf) > keep {
		s.buf = nil
	}
	if err != nil {
		return err
	}
	return s.audit.run(ctx, len(b.Audit), func(i int, dst []driver.NamedValue) error { auditValues(&b.Audit[i], dst); return nil })
}

// PackRow appends the length of the column facts, that column and, where there are bodies, the
// column bodies.
func (s *Store) PackRow(dst []byte, r *telemetry.Record) []byte {
	const size = 4
	at := len(dst)
	dst = r.Pack(append(dst, make([]byte, size)...))
	binary.LittleEndian.PutUint32(dst[at:], uint32(len(dst)-at-size))
	if len(r.Request)+len(r.Response) == 0 {
		return dst
	}
	s.packing.Lock()
	defer s.packing.Unlock()
	s.plain = r.PackBodies(s.plain[:0])
	dst = slices.Grow(dst, s2.MaxEncodedLen(len(s.plain)))
	dst = dst[:len(dst)+len(s2.Encode(dst[len(dst):cap(dst)], s.plain))]
	if cap(s.plain) > keep {
		s.plain = nil
	}
	return dst
}

func (s *Store) exchangeValues(ctx context.Context, r *telemetry.Record, packed []byte, fresh map[string]int64, dst []driver.NamedValue) error {
	ws, err := s.workspace(ctx, r.Workspace, fresh)
	if err != nil {
		return err
	}
	size := 4 + int(binary.LittleEndian.Uint32(packed))
	facts, bodies := packed[4:size], any(nil)
	if size < len(packed) {
		bodies = packed[size:]
	}
	set(dst, ws, r.Time.UnixMicro(), r.ID, traceNumber(r.Trace.ID), int64(r.Status), int64(r.Outcome), r.Provider, r.Model, facts, bodies)
	return nil
}

func auditValues(r *telemetry.AuditRow, dst []driver.NamedValue) {
	canonical := unsafe.String(unsafe.SliceData(r.Canonical), len(r.Canonical)) // TEXT without a copy: nobody writes to it
	set(dst, r.Chain, int64(r.Seq), r.Time.UnixMicro(), r.Workspace, r.Prev[:], r.Hash[:], canonical)
}

func set(dst []driver.NamedValue, values ...any) {
	for i, v := range values {
		dst[i].Value = v
	}
}

func traceNumber(id gateway.TraceID) int64 { return int64(binary.BigEndian.Uint64(id[:8])) }

// workspace gives the number of a workspace. New ones count only once the transaction has.
func (s *Store) workspace(ctx context.Context, id string, fresh map[string]int64) (int64, error) {
	if n, ok := s.workspaces[id]; ok {
		return n, nil
	}
	if n, ok := fresh[id]; ok {
		return n, nil
	}
	res, err := s.write.exec(ctx, "INSERT INTO workspaces (id) VALUES (?)", id)
	if err != nil {
		return 0, err
	}
	n, err := res.LastInsertId()
	fresh[id] = n
	return n, err
}

// Prune deletes in small steps, so that writing is never held up for long.
func (s *Store) Prune(ctx context.Context, rows, audit time.Time) (int64, error) {
	const op, step = "sqlite.Prune", 2000
	var sum int64
	repeat := func(query string, args ...any) error {
		for {
			s.mu.Lock()
			res, err := s.write.exec(ctx, query, args...)
			s.mu.Unlock()
			if err != nil {
				return &gateway.Error{Op: op, Kind: gateway.Unavailable, Public: "Old telemetry cannot be deleted.", Err: err}
			}
			n, err := res.RowsAffected()
			if sum += n; err != nil || n < step {
				return err
			}
		}
	}
	if !rows.IsZero() {
		for _, ws := range s.numbers() {
			err := repeat("DELETE FROM exchanges WHERE n IN (SELECT n FROM exchanges WHERE workspace = ? AND ts < ? LIMIT ?)", ws, rows.UnixMicro(), int64(step))
			if err != nil {
				return sum, err
			}
		}
	}
	deleted := sum
	// A batch is repeated within seconds, or never.
	err := repeat("DELETE FROM batches WHERE id IN (SELECT id FROM batches WHERE at < ? LIMIT ?)", time.Now().Add(-24*time.Hour).UnixMicro(), int64(step))
	if err == nil && !audit.IsZero() {
		err = repeat("INSERT INTO audit_retention (n, before) VALUES (1, ?) ON CONFLICT (n) DO UPDATE SET before = max(before, excluded.before)", audit.UnixMicro())
		if err == nil {
			err = repeat("DELETE FROM audit WHERE (chain_id, seq) IN (SELECT chain_id, seq FROM audit WHERE ts < ? ORDER BY chain_id, seq LIMIT ?)", audit.UnixMicro(), int64(step))
		}
	}
	return deleted, err
}

func (s *Store) numbers() []int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]int64, 0, len(s.workspaces))
	for _, n := range s.workspaces {
		out = append(out, n)
	}
	return out
}
