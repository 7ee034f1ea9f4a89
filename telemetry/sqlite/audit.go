package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry/audit"
)

const (
	auditFields = "SELECT chain_id, seq, ts, workspace, prev_hash, hash, canonical FROM audit "
	auditSelect = auditFields + "WHERE "
)

// OpenAudit opens the file at path to read the audit chains, and nothing else. Another process may
// have it open.
func OpenAudit(ctx context.Context, path string) (*Store, error) {
	const op = "sqlite.OpenAudit"
	s := &Store{}
	err := s.connectReader(path)
	if err == nil {
		err = s.read.PingContext(ctx)
	}
	if err != nil {
		return nil, &gateway.Error{Op: op, Kind: gateway.Internal, Public: "The telemetry database " + path + " cannot be opened.", Err: errors.Join(err, s.Close())}
	}
	return s, nil
}

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
