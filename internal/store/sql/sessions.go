package sqlstore

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/sluicegate/sluice/gateway/identity/session"
)

type sessionRow struct {
	bun.BaseModel `bun:"table:sessions"`

	ID        string `bun:"id,pk"`
	Hash      string `bun:"hash"`
	Member    string `bun:"member_id"`
	Workspace string `bun:"workspace_id"`
	Method    string `bun:"method"`
	Address   string `bun:"address"`
	Client    string `bun:"client"`
	CreatedAt int64  `bun:"created_at"`
	ExpiresAt int64  `bun:"expires_at"`
}

// Sessions implements session.Store, as do the methods below.
func (s *Store) Sessions(ctx context.Context) ([]session.Session, error) {
	const op = "sqlstore.Sessions"
	var rows []sessionRow
	if err := s.db.NewSelect().Model(&rows).OrderExpr(s.byBytes("id")).Scan(ctx); err != nil {
		return nil, storeError(op, "session", err)
	}
	out := make([]session.Session, len(rows))
	for i, r := range rows {
		hash, err := readHash(r.Hash)
		if err != nil {
			return nil, storeError(op, "session", err)
		}
		out[i] = session.Session{ID: r.ID, Hash: hash, Member: r.Member, Workspace: r.Workspace, Method: session.Method(r.Method), Address: r.Address, Client: r.Client,
			CreatedAt: timeOf(r.CreatedAt), ExpiresAt: timeOf(r.ExpiresAt)}
	}
	return out, nil
}

func (s *Store) PutSession(ctx context.Context, x session.Session) error {
	const op = "sqlstore.PutSession"
	if err := refuseUnlessStorable(op, "session", x.ID, x.Member, x.Workspace, string(x.Method), x.Address, x.Client); err != nil {
		return err
	}
	r := sessionRow{ID: x.ID, Hash: encodeBytes(x.Hash[:]), Member: x.Member, Workspace: x.Workspace, Method: string(x.Method), Address: x.Address, Client: x.Client,
		CreatedAt: nanos(x.CreatedAt), ExpiresAt: nanos(x.ExpiresAt)}
	_, err := s.db.NewInsert().Model(&r).On("CONFLICT (id) DO UPDATE").Exec(ctx)
	return storeError(op, "session", err)
}

func (s *Store) DeleteSession(ctx context.Context, id string) error {
	const op = "sqlstore.DeleteSession"
	if err := absentUnlessStorable(op, "session", id); err != nil {
		return err
	}
	res, err := s.db.NewDelete().Model((*sessionRow)(nil)).Where("id = ?", id).Exec(ctx)
	return deleteError(op, "session", res, err)
}
