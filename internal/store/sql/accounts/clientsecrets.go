package accounts

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/clientsecret"
	"github.com/sluicegate/sluice/internal/store/sql/db"
)

type clientSecretRow struct {
	bun.BaseModel `bun:"table:client_secrets"`

	Hash      string `bun:"hash,pk"`
	APIKey    string `bun:"api_key_id"`
	Sealed    string `bun:"sealed"`
	Uses      int    `bun:"uses"`
	Used      int    `bun:"used"`
	CreatedAt int64  `bun:"created_at"`
	ExpiresAt int64  `bun:"expires_at"`
}

// AddClientSecret implements clientsecret.Store.
func (s *Store) AddClientSecret(ctx context.Context, r clientsecret.Record, ofKey int) error {
	const op = "sqlstore.AddClientSecret"
	if err := db.RefuseUnlessStorable(op, "client secret", r.APIKey); err != nil {
		return err
	}
	row := clientSecretRow{Hash: db.EncodeBytes(r.Hash[:]), APIKey: r.APIKey, Sealed: db.EncodeBytes(r.Sealed), Uses: r.Uses, CreatedAt: db.Nanos(r.CreatedAt), ExpiresAt: db.Nanos(r.ExpiresAt)}
	err := s.db.RunInTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.NewDelete().Model((*clientSecretRow)(nil)).Where("expires_at <= ?", row.CreatedAt).Exec(ctx); err != nil {
			return err
		}
		n, err := tx.NewSelect().Model((*clientSecretRow)(nil)).Where("api_key_id = ?", row.APIKey).Count(ctx)
		if err != nil {
			return err
		}
		if n >= int64(ofKey) {
			return &gateway.Error{Op: op, Kind: gateway.RateLimited, Public: "The API key has too many client secrets."}
		}
		_, err = tx.NewInsert().Model(&row).Exec(ctx)
		return err
	})
	return db.Error(op, "client secret", err)
}

// ClientSecret implements clientsecret.Store.
func (s *Store) ClientSecret(ctx context.Context, hash [32]byte) (clientsecret.Record, error) {
	const op = "sqlstore.ClientSecret"
	var row clientSecretRow
	if err := s.db.NewSelect().Model(&row).Where("hash = ?", db.EncodeBytes(hash[:])).Scan(ctx); err != nil {
		return clientsecret.Record{}, db.Error(op, "client secret", err)
	}
	sealed, err := db.DecodeBytes(row.Sealed)
	return clientsecret.Record{Hash: hash, APIKey: row.APIKey, Sealed: sealed, Uses: row.Uses, CreatedAt: db.Time(row.CreatedAt), ExpiresAt: db.Time(row.ExpiresAt)}, db.Error(op, "client secret", err)
}

// UseClientSecret implements clientsecret.Store.
func (s *Store) UseClientSecret(ctx context.Context, hash [32]byte) (bool, error) {
	const op = "sqlstore.UseClientSecret"
	res, err := s.db.NewUpdate().Model((*clientSecretRow)(nil)).Set("used = used + 1").
		Where("hash = ? AND (uses = 0 OR used < uses)", db.EncodeBytes(hash[:])).Exec(ctx)
	if err != nil {
		return false, db.Error(op, "client secret", err)
	}
	n, err := res.RowsAffected()
	return n > 0, db.Error(op, "client secret", err)
}
