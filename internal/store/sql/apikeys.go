package sqlstore

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/gateway/replica"
)

type apiKeyRow struct {
	bun.BaseModel `bun:"table:api_keys"`

	ID        string `bun:"id,pk"`
	Workspace string `bun:"workspace_id"`
	Member    string `bun:"member_id"`
	Name      string `bun:"name"`
	Hash      string `bun:"hash"`
	Masked    string `bun:"masked"`
	Config    string `bun:"config"`
	Compat    string `bun:"compat"`
	Budget    *int64 `bun:"budget"`
	ExpiresAt *int64 `bun:"expires_at"`
	Disabled  bool   `bun:"disabled"`
	FromFile  bool   `bun:"from_file"`
	CreatedAt int64  `bun:"created_at"`
	UpdatedAt int64  `bun:"updated_at"`
}

// APIKeys implements identity.APIKeyStore.
func (s *Store) APIKeys(ctx context.Context) ([]identity.APIKey, error) {
	const op = "sqlstore.APIKeys"
	var rows []apiKeyRow
	if err := s.db.NewSelect().Model(&rows).OrderExpr(s.byBytes("workspace_id", "name")).Scan(ctx); err != nil {
		return nil, storeError(op, "API key", err)
	}
	out := make([]identity.APIKey, len(rows))
	for i, r := range rows {
		out[i] = identity.APIKey{ID: r.ID, Workspace: r.Workspace, Member: r.Member, Name: r.Name, Masked: r.Masked, Config: r.Config,
			Compat: gateway.Compat(r.Compat), Budget: r.Budget, ExpiresAt: timeOrZero(r.ExpiresAt), Disabled: r.Disabled, FromFile: r.FromFile,
			CreatedAt: timeOf(r.CreatedAt), UpdatedAt: timeOf(r.UpdatedAt)}
		hash, err := decodeBytes(r.Hash)
		if err != nil || len(hash) != len(out[i].Hash) {
			return nil, storeError(op, "API key", fmt.Errorf("hash of API key %s is damaged", r.ID))
		}
		copy(out[i].Hash[:], hash)
	}
	return out, nil
}

// PutAPIKey implements identity.APIKeyStore.
func (s *Store) PutAPIKey(ctx context.Context, k identity.APIKey) error {
	if err := refuseUnlessStorable("sqlstore.PutAPIKey", "API key", k.ID, k.Workspace, k.Member, k.Name, k.Masked, k.Config, string(k.Compat)); err != nil {
		return err
	}
	r := apiKeyRow{ID: k.ID, Workspace: k.Workspace, Member: k.Member, Name: k.Name, Hash: encodeBytes(k.Hash[:]), Masked: k.Masked, Config: k.Config,
		Compat: string(k.Compat), Budget: k.Budget, ExpiresAt: nanosOrNull(k.ExpiresAt), Disabled: k.Disabled, FromFile: k.FromFile, CreatedAt: nanos(k.CreatedAt), UpdatedAt: nanos(k.UpdatedAt)}
	err := s.change(ctx, replica.Change{Kind: replica.APIKey, Workspace: k.Workspace, ID: k.ID}, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewInsert().Model(&r).On("CONFLICT (id) DO UPDATE").Exec(ctx)
		return err
	})
	return storeError("sqlstore.PutAPIKey", "API key", err)
}

// DeleteAPIKey implements identity.APIKeyStore.
func (s *Store) DeleteAPIKey(ctx context.Context, id string) error {
	const op = "sqlstore.DeleteAPIKey"
	if err := absentUnlessStorable(op, "API key", id); err != nil {
		return err
	}
	err := s.change(ctx, replica.Change{Kind: replica.APIKey, ID: id}, func(ctx context.Context, tx bun.Tx) error {
		res, err := tx.NewDelete().Model((*apiKeyRow)(nil)).Where("id = ?", id).Exec(ctx)
		return deleteError(op, "API key", res, err)
	})
	return storeError(op, "API key", err)
}
