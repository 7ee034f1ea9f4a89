package sqlite

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"maps"
	"time"

	"github.com/klauspost/compress/s2"
	driver "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
)

const (
	insertExchange = "INSERT INTO exchanges (workspace, ts, id, trace, status, outcome, provider, model, facts, bodies, " +
		"template, caller, target, result, user, stream, chunks, longest_gap_us, max_output, temperature) " +
		"VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
	insertAudit = "INSERT INTO audit (chain_id, seq, ts, workspace, prev_hash, hash, canonical) VALUES (?, ?, ?, ?, ?, ?, ?)"
)

// Write stores b in one transaction. It ignores the cancellation of ctx: a batch takes
// milliseconds, and is either written or not. Rows that violate a constraint are an Invalid error.
func (s *Store) Write(ctx context.Context, b *telemetry.Batch) error {
	err := s.writeBatch(context.WithoutCancel(ctx), b)
	if err == nil {
		return nil
	}
	kind := gateway.Unavailable
	if violatesConstraint(err) {
		kind = gateway.Invalid
	}
	return &gateway.Error{Op: "sqlite.Write", Kind: kind, Public: "The telemetry database cannot be written.", Err: err}
}

func violatesConstraint(err error) bool {
	const primaryCode = 0xff // the low byte of an extended result code
	var e *driver.Error
	return errors.As(err, &e) && e.Code()&primaryCode == sqlite3.SQLITE_CONSTRAINT
}

func (s *Store) writeBatch(ctx context.Context, b *telemetry.Batch) (err error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	defer func() {
		if err != nil {
			s.forgetCombinations() // what was added in the transaction
		}
	}()
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // fails after a commit
	res, err := tx.ExecContext(ctx, "INSERT OR IGNORE INTO batches (id, at) VALUES (?, ?)", b.ID, time.Now().UnixMicro())
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 { // n == 0: the batch was written before
		return err
	}
	added, err := s.writeExchanges(ctx, tx, b.Rows)
	if err != nil {
		return err
	}
	insert := tx.StmtContext(ctx, s.insertAudit)
	for i := range b.Audit {
		r := &b.Audit[i]
		if _, err := insert.ExecContext(ctx, r.Chain, int64(r.Seq), r.Time.UnixMicro(), r.Workspace, r.Prev[:], r.Hash[:], string(r.Canonical)); err != nil {
			return err
		}
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.Copy(s.workspaces, added)
	return nil
}

// writeExchanges inserts rows. It returns the workspaces that they are the first of: those
// exist once the transaction is committed.
func (s *Store) writeExchanges(ctx context.Context, tx *sql.Tx, rows []*telemetry.Record) (added map[string]int64, err error) {
	added = map[string]int64{}
	insert := tx.StmtContext(ctx, s.insertExchange)
	for _, r := range rows {
		workspace, ok := s.workspace(r.Workspace)
		if !ok {
			workspace, ok = added[r.Workspace]
		}
		if !ok {
			if workspace, err = addWorkspace(ctx, tx, r.Workspace); err != nil {
				return nil, err
			}
			added[r.Workspace] = workspace
		}
		searched, err := s.searchColumns(ctx, tx, workspace, r)
		if err != nil {
			return nil, err
		}
		_, err = insert.ExecContext(ctx, append([]any{workspace, r.Time.UnixMicro(), r.ID, traceNumber(r.Trace.ID), r.Status, int64(r.Outcome),
			r.Provider, r.Model, r.Pack(nil), compressedBodies(r)}, searched...)...)
		if err != nil {
			return nil, err
		}
	}
	return added, nil
}

// searchColumns returns the columns of r from template on.
func (s *Store) searchColumns(ctx context.Context, tx *sql.Tx, workspace int64, r *telemetry.Record) ([]any, error) {
	out := make([]any, 0, 10)
	for _, d := range s.dimensions {
		n, err := d.number(ctx, tx, workspace, r)
		if err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	var user, maxOutput, temperature any
	if u := r.User(); u != "" {
		user = u
	}
	if n, ok := r.MaxOutput(); ok {
		maxOutput = n
	}
	if t, ok := r.Parameter("temperature"); ok {
		temperature = t
	}
	return append(out, user, r.Stream, r.Chunks(), r.LongestGap().Microseconds(), maxOutput, temperature), nil
}

func (s *Store) forgetCombinations() {
	for _, d := range s.dimensions {
		d.forget()
	}
}

func addWorkspace(ctx context.Context, tx *sql.Tx, id string) (int64, error) {
	res, err := tx.ExecContext(ctx, "INSERT INTO workspaces (id) VALUES (?)", id)
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}

func (s *Store) workspace(id string) (n int64, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, ok = s.workspaces[id]
	return n, ok
}

func (s *Store) workspaceNumbers() []int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]int64, 0, len(s.workspaces))
	for _, n := range s.workspaces {
		out = append(out, n)
	}
	return out
}

// compressedBodies returns the column bodies: bytes, or nil for NULL without bodies.
func compressedBodies(r *telemetry.Record) any {
	if len(r.Request)+len(r.Response) == 0 {
		return nil
	}
	return s2.Encode(nil, r.PackBodies(nil))
}

// traceNumber returns the column trace: the first eight bytes of the id.
func traceNumber(id gateway.TraceID) int64 { return int64(binary.BigEndian.Uint64(id[:8])) }
