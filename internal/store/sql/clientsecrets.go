package sqlstore

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/clientsecret"
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
	if err := refuseUnlessStorable(op, "client secret", r.APIKey); err != nil {
		return err
	}
	row := clientSecretRow{Hash: encodeBytes(r.Hash[:]), APIKey: r.APIKey, Sealed: encodeBytes(r.Sealed), Uses: r.Uses, CreatedAt: nanos(r.CreatedAt), ExpiresAt: nanos(r.ExpiresAt)}
	err := s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
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
	return storeError(op, "client secret", err)
}

// ClientSecret implements clientsecret.Store.
func (s *Store) ClientSecret(ctx context.Context, hash [32]byte) (clientsecret.Record, error) {
	const op = "sqlstore.ClientSecret"
	var row clientSecretRow
	if err := s.db.NewSelect().Model(&row).Where("hash = ?", encodeBytes(hash[:])).Scan(ctx); err != nil {
		return clientsecret.Record{}, storeError(op, "client secret", err)
	}
	sealed, err := decodeBytes(row.Sealed)
	return clientsecret.Record{Hash: hash, APIKey: row.APIKey, Sealed: sealed, Uses: row.Uses, CreatedAt: timeOf(row.CreatedAt), ExpiresAt: timeOf(row.ExpiresAt)}, storeError(op, "client secret", err)
}

// UseClientSecret implements clientsecret.Store.
func (s *Store) UseClientSecret(ctx context.Context, hash [32]byte) (bool, error) {
	const op = "sqlstore.UseClientSecret"
	res, err := s.db.NewUpdate().Model((*clientSecretRow)(nil)).Set("used = used + 1").
		Where("hash = ? AND (uses = 0 OR used < uses)", encodeBytes(hash[:])).Exec(ctx)
	if err != nil {
		return false, storeError(op, "client secret", err)
	}
	n, err := res.RowsAffected()
	return n > 0, storeError(op, "client secret", err)
}
