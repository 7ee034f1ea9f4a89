package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/klauspost/compress/s2"
	driver "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/audit"
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
			s.dimensions.forget() // what was added in the transaction
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
	added := map[string]int64{}
	if err := s.writeExchanges(ctx, tx, b.Rows, added); err != nil {
		return err
	}
	if err := s.writeAudit(ctx, tx, b.Audit, added); err != nil {
		return err
	}
	if err := s.writeForeign(ctx, tx, b.Foreign, added); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.Copy(s.workspaces, added)
	return nil
}

// writeExchanges inserts rows. It adds the workspaces that they are the first of to added: those
// exist once the transaction is committed.
func (s *Store) writeExchanges(ctx context.Context, tx *sql.Tx, rows []*telemetry.Record, added map[string]int64) error {
	if len(rows) == 0 {
		return nil
	}
	var last int64
	if err := tx.QueryRowContext(ctx, "SELECT coalesce(max(n), 0) FROM exchanges").Scan(&last); err != nil {
		return err
	}
	values, bodies := make([]any, 0, len(rows)*len(exchangeColumns)), make([]any, 0, len(rows)*len(bodyColumns))
	var compress compressor
	for _, r := range rows {
		workspace, err := s.numberWorkspace(ctx, tx, r.Workspace, added)
		if err != nil {
			return err
		}
		if err := s.roller.written(ctx, tx, workspace, r.Time.UnixMicro()); err != nil {
			return err
		}
		last++
		values = append(values, last, workspace, r.Time.UnixMicro(), r.ID, traceNumber(r.Trace.ID), r.Status, int64(r.Outcome),
			r.Provider, r.Model, r.Pack(make([]byte, 0, usualFacts)))
		if packed := compress.bodies(r); packed != nil {
			bodies = append(bodies, last, packed)
		}
		if values, err = s.appendSearchColumns(ctx, tx, values, workspace, r); err != nil {
			return err
		}
	}
	if err := s.exchanges.insert(ctx, tx, values); err != nil {
		return err
	}
	return s.bodies.insert(ctx, tx, bodies)
}

// usualFacts is the size of most packed records, in bytes.
const usualFacts = 1024

// numberWorkspace returns the number of a workspace, which it adds if it is new.
func (s *Store) numberWorkspace(ctx context.Context, tx *sql.Tx, id string, added map[string]int64) (n int64, err error) {
	n, ok := s.workspace(id)
	if !ok {
		n, ok = added[id]
	}
	if !ok {
		if n, err = addWorkspace(ctx, tx, id); err != nil {
			return 0, err
		}
		added[id] = n
	}
	return n, nil
}

// writeAudit inserts rows of the audit trail.
func (s *Store) writeAudit(ctx context.Context, tx *sql.Tx, rows []audit.Row, added map[string]int64) error {
	values := make([]any, 0, len(rows)*len(auditColumns))
	for i := range rows {
		r := &rows[i]
		workspace, err := s.numberWorkspace(ctx, tx, r.Workspace, added)
		if err != nil {
			return err
		}
		var request any
		e, unreadable := r.Event()
		if e.RequestID != "" {
			request = e.RequestID
		}
		caller := int64(anyCombination)
		if unreadable == nil {
			caller, err = s.dimensions.caller.number(ctx, tx, workspace, [4]string{e.Member, e.MemberName, e.APIKey}) // an event has no name of the API key
		}
		if err != nil {
			return err
		}
		values = append(values, r.Chain, int64(r.Seq), r.Time.UnixMicro(), r.Workspace, r.Prev[:], r.Hash[:], string(r.Canonical), request, caller)
	}
	return s.audit.insert(ctx, tx, values)
}

// appendSearchColumns appends the columns of r from template on.
func (s *Store) appendSearchColumns(ctx context.Context, tx *sql.Tx, out []any, workspace int64, r *telemetry.Record) ([]any, error) {
	for _, d := range s.dimensions.all() {
		values := d.values(r)
		if optional := d == s.dimensions.template || d == s.dimensions.team; optional && values == [4]string{} {
			out = append(out, nil)
			continue
		}
		n, err := d.number(ctx, tx, workspace, values)
		if err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	var user, maxOutput, temperature, cost, price, session, ttft any
	if u := r.User(); u != "" {
		user = u
	}
	if n, ok := r.MaxOutput(); ok {
		maxOutput = n
	}
	if t, ok := r.Parameter("temperature"); ok {
		temperature = t
	}
	if r.Cost.Known {
		cost = r.Cost.Nano
	}
	if r.Cost.ChargedKnown {
		price = r.Cost.Charged
	}
	if r.Session != "" {
		session = r.Session
	}
	if r.FirstByte >= 0 {
		ttft = r.FirstByte.Microseconds()
	}
	var used gateway.Usage
	if r.Usage != nil {
		used = *r.Usage
	}
	return append(out, user, r.Stream, r.Chunks(), r.LongestGap().Microseconds(), maxOutput, temperature, used.Input, used.Output, cost, price,
		session, r.Latency.Microseconds(), ttft, r.Cost.Saved, r.Rescued(), int64(r.Verdict())), nil
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

// compressor makes rows of the table bodies. It reuses its memory from row to row.
type compressor struct{ packed, encoded []byte }

// bodies returns compressed bodies, or nil without any.
func (c *compressor) bodies(r *telemetry.Record) []byte {
	if len(r.Request)+len(r.Response)+len(r.Sent) == 0 {
		return nil
	}
	c.packed = r.PackBodies(c.packed[:0])
	c.encoded = slices.Grow(c.encoded[:0], s2.MaxEncodedLen(len(c.packed)))
	return bytes.Clone(s2.Encode(c.encoded[:cap(c.encoded)], c.packed))
}

// traceNumber returns the column trace: the first eight bytes of the id.
func traceNumber(id gateway.TraceID) int64 { return int64(binary.BigEndian.Uint64(id[:8])) }
