package accounts

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity/session"
	"github.com/sluicegate/sluice/internal/store/sql/db"
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

	APIKey       string `bun:"api_key_id"`
	RefreshHash  string `bun:"refresh_hash"` // "" = it is not renewed; then the following are empty
	RefreshUntil *int64 `bun:"refresh_until"`
	RefreshedAt  *int64 `bun:"refreshed_at"`
	UsedHash     string `bun:"used_hash"`
	ReplacedHash string `bun:"replaced_hash"`
}

func rowOfSession(x session.Session) sessionRow {
	return sessionRow{ID: x.ID, Hash: db.EncodeBytes(x.Hash[:]), Member: x.Member, Workspace: x.Workspace, Method: string(x.Method), Address: x.Address, Client: x.Client,
		CreatedAt: db.Nanos(x.CreatedAt), ExpiresAt: db.Nanos(x.ExpiresAt), APIKey: x.APIKey, RefreshHash: hashOrEmpty(x.Refresh.Hash), RefreshUntil: db.NanosOrNull(x.Refresh.Until),
		RefreshedAt: db.NanosOrNull(x.Refresh.At), UsedHash: hashOrEmpty(x.Refresh.Used), ReplacedHash: hashOrEmpty(x.Refresh.Replaced)}
}

func (r *sessionRow) session() (session.Session, error) {
	x := session.Session{ID: r.ID, Member: r.Member, Workspace: r.Workspace, Method: session.Method(r.Method), Address: r.Address, Client: r.Client,
		CreatedAt: db.Time(r.CreatedAt), ExpiresAt: db.Time(r.ExpiresAt), APIKey: r.APIKey}
	x.Refresh.Until, x.Refresh.At = db.TimeOrZero(r.RefreshUntil), db.TimeOrZero(r.RefreshedAt)
	var err error
	if x.Hash, err = readHash(r.Hash); err != nil {
		return x, err
	}
	for text, to := range map[string]*session.Hash{r.RefreshHash: &x.Refresh.Hash, r.UsedHash: &x.Refresh.Used, r.ReplacedHash: &x.Refresh.Replaced} {
		if text == "" {
			continue
		}
		if *to, err = readHash(text); err != nil {
			return x, err
		}
	}
	return x, nil
}

// hashOrEmpty stores the zero hash, which no token has, as "".
func hashOrEmpty(h session.Hash) string {
	if h == (session.Hash{}) {
		return ""
	}
	return db.EncodeBytes(h[:])
}

// Sessions implements session.Store, as do the methods below.
func (s *Store) Sessions(ctx context.Context) ([]session.Session, error) {
	const op = "sqlstore.Sessions"
	var rows []sessionRow
	if err := s.db.NewSelect().Model(&rows).OrderExpr(s.db.ByBytes("id")).Scan(ctx); err != nil {
		return nil, db.Error(op, "session", err)
	}
	out := make([]session.Session, len(rows))
	for i, r := range rows {
		var err error
		if out[i], err = r.session(); err != nil {
			return nil, db.Error(op, "session", err)
		}
	}
	return out, nil
}

func (s *Store) PutSession(ctx context.Context, x session.Session) error {
	const op = "sqlstore.PutSession"
	if err := db.RefuseUnlessStorable(op, "session", x.ID, x.Member, x.Workspace, string(x.Method), x.Address, x.Client); err != nil {
		return err
	}
	r := rowOfSession(x)
	_, err := s.db.NewInsert().Model(&r).On("CONFLICT (id) DO UPDATE").Exec(ctx)
	return db.Error(op, "session", err)
}

func (s *Store) RenewSession(ctx context.Context, x session.Session, was session.Hash) error {
	const op = "sqlstore.RenewSession"
	r := rowOfSession(x)
	res, err := s.db.NewUpdate().Model(&r).WherePK().Where("refresh_hash = ?", hashOrEmpty(was)).Exec(ctx)
	if err = db.ErrorUnlessFound(op, "session", res, err); err != nil && gateway.AsError(err).Kind == gateway.NotFound {
		return &gateway.Error{Op: op, Kind: gateway.Conflict, Public: "The session was renewed meanwhile."}
	}
	return err
}

func (s *Store) DeleteSession(ctx context.Context, id string) error {
	const op = "sqlstore.DeleteSession"
	if err := db.AbsentUnlessStorable(op, "session", id); err != nil {
		return err
	}
	res, err := s.db.NewDelete().Model((*sessionRow)(nil)).Where("id = ?", id).Exec(ctx)
	return db.ErrorUnlessFound(op, "session", res, err)
}
