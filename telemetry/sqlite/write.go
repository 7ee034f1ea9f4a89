package sqlite

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"slices"
	"time"

	"github.com/klauspost/compress/s2"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
)

const (
	exchangeColumns = 10
	auditColumns    = 7

	keep = 1 << 20 // of buffers between inserts
)

// Write stores b in one transaction. It does not stop half-way: ctx is not asked.
func (s *Store) Write(ctx context.Context, b *telemetry.Batch) error {
	const op = "sqlite.Write"
	ctx = context.WithoutCancel(ctx) // the driver would start a goroutine per statement
	s.mu.Lock()
	defer s.mu.Unlock()
	tx, err := s.write.BeginTx(ctx, nil)
	if err == nil {
		fresh := map[string]int64{}
		if err = s.batch(ctx, tx, b, fresh); err == nil {
			err = tx.Commit()
		} else {
			_ = tx.Rollback() // the cause is err
		}
		if err == nil {
			for id, n := range fresh {
				s.workspaces[id] = n
			}
			return nil
		}
		if errors.Is(err, errWritten) {
			return nil
		}
	}
	return &gateway.Error{Op: op, Kind: gateway.Unavailable, Public: "The telemetry database cannot be written.", Err: err}
}

var errWritten = errors.New("sqlite: batch was written before")

func (s *Store) batch(ctx context.Context, tx *sql.Tx, b *telemetry.Batch, fresh map[string]int64) error {
	res, err := tx.ExecContext(ctx, "INSERT OR IGNORE INTO batches (id, at) VALUES (?, ?)", b.ID, time.Now().UnixMicro())
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, errWritten)
	}
	err = s.insert(ctx, tx, s.exchange, len(b.Rows), func(i int) error { return s.exchangeArgs(ctx, tx, b.Rows[i], fresh) })
	if err != nil {
		return err
	}
	return s.insert(ctx, tx, s.audit, len(b.Audit), func(i int) error { s.auditArgs(&b.Audit[i]); return nil })
}

// insert runs the statement for several rows as often as it fits, then the one for one row.
// args appends row i's values to s.args.
func (s *Store) insert(ctx context.Context, tx *sql.Tx, stmts [2]*sql.Stmt, n int, args func(i int) error) error {
	one, many := tx.StmtContext(ctx, stmts[0]), tx.StmtContext(ctx, stmts[1])
	for i := 0; i < n; {
		stmt, count := one, 1
		if n-i >= together {
			stmt, count = many, together
		}
		s.args, s.buf = s.args[:0], s.buf[:0]
		for range count {
			if err := args(i); err != nil {
				return err
			}
			i++
		}
		_, err := stmt.ExecContext(ctx, s.args...)
		clear(s.args)
		if cap(s.plain) > keep || cap(s.buf) > keep {
			s.plain, s.buf = nil, nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) exchangeArgs(ctx context.Context, tx *sql.Tx, r *telemetry.Record, fresh map[string]int64) error {
	ws, err := s.workspace(ctx, tx, r.Workspace, fresh)
	if err != nil {
		return err
	}
	at := len(s.buf)
	s.buf = r.Pack(s.buf)
	facts := s.buf[at:len(s.buf):len(s.buf)]
	var bodies any
	if len(r.Request)+len(r.Response) > 0 {
		s.plain = r.PackBodies(s.plain[:0])
		s.buf = slices.Grow(s.buf, s2.MaxEncodedLen(len(s.plain)))
		at := len(s.buf)
		small := s2.Encode(s.buf[at:cap(s.buf)], s.plain)
		s.buf = s.buf[:at+len(small)]
		bodies = small
	}
	s.args = append(s.args, ws, r.Time.UnixMicro(), r.ID, traceNumber(r.Trace.ID), int64(r.Status), int64(r.Outcome), r.Provider, r.Model, facts, bodies)
	return nil
}

func (s *Store) auditArgs(r *telemetry.AuditRow) {
	s.args = append(s.args, r.Chain, int64(r.Seq), r.Time.UnixMicro(), r.Workspace, r.Prev[:], r.Hash[:], string(r.Canonical))
}

func traceNumber(id gateway.TraceID) int64 { return int64(binary.BigEndian.Uint64(id[:8])) }

// workspace gives the number of a workspace. New ones count only once the transaction has.
func (s *Store) workspace(ctx context.Context, tx *sql.Tx, id string, fresh map[string]int64) (int64, error) {
	if n, ok := s.workspaces[id]; ok {
		return n, nil
	}
	if n, ok := fresh[id]; ok {
		return n, nil
	}
	res, err := tx.ExecContext(ctx, "INSERT INTO workspaces (id) VALUES (?)", id)
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
			res, err := s.write.ExecContext(ctx, query, args...)
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
			err := repeat("DELETE FROM exchanges WHERE n IN (SELECT n FROM exchanges WHERE workspace = ? AND ts < ? LIMIT ?)", ws, rows.UnixMicro(), step)
			if err != nil {
				return sum, err
			}
		}
	}
	deleted := sum
	// A batch is repeated within seconds, or never.
	err := repeat("DELETE FROM batches WHERE id IN (SELECT id FROM batches WHERE at < ? LIMIT ?)", time.Now().Add(-24*time.Hour).UnixMicro(), step)
	if err == nil && !audit.IsZero() {
		err = repeat("INSERT INTO audit_retention (n, before) VALUES (1, ?) ON CONFLICT (n) DO UPDATE SET before = max(before, excluded.before)", audit.UnixMicro())
		if err == nil {
			err = repeat("DELETE FROM audit WHERE (chain_id, seq) IN (SELECT chain_id, seq FROM audit WHERE ts < ? ORDER BY chain_id, seq LIMIT ?)", audit.UnixMicro(), step)
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
