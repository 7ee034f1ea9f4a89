package sqlstore

import (
	"context"
	"encoding/base64"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/sluicegate/sluice/gateway/keys"
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
	Budget    *int64 `bun:"budget"`
	ExpiresAt *int64 `bun:"expires_at"`
	Disabled  bool   `bun:"disabled"`
	FromFile  bool   `bun:"from_file"`
	CreatedAt int64  `bun:"created_at"`
	UpdatedAt int64  `bun:"updated_at"`
}

// APIKeys implements keys.APIKeyStore.
func (s *Store) APIKeys(ctx context.Context) ([]keys.APIKey, error) {
	const op = "sqlstore.APIKeys"
	var rows []apiKeyRow
	if err := s.db.NewSelect().Model(&rows).Order("workspace_id", "name").Scan(ctx); err != nil {
		return nil, wrong(op, "API key", err)
	}
	out := make([]keys.APIKey, len(rows))
	for i, r := range rows {
		out[i] = keys.APIKey{ID: r.ID, Workspace: r.Workspace, Member: r.Member, Name: r.Name, Masked: r.Masked, Config: r.Config,
			Budget: r.Budget, ExpiresAt: maybeMoment(r.ExpiresAt), Disabled: r.Disabled, FromFile: r.FromFile,
			CreatedAt: moment(r.CreatedAt), UpdatedAt: moment(r.UpdatedAt)}
		hash, err := unbase(r.Hash)
		if err != nil || len(hash) != len(out[i].Hash) {
			return nil, wrong(op, "API key", fmt.Errorf("hash of API key %s is damaged", r.ID))
		}
		copy(out[i].Hash[:], hash)
	}
	return out, nil
}

// PutAPIKey implements keys.APIKeyStore.
func (s *Store) PutAPIKey(ctx context.Context, k keys.APIKey) error {
	r := apiKeyRow{ID: k.ID, Workspace: k.Workspace, Member: k.Member, Name: k.Name, Hash: base(k.Hash[:]), Masked: k.Masked, Config: k.Config,
		Budget: k.Budget, ExpiresAt: maybe(k.ExpiresAt), Disabled: k.Disabled, FromFile: k.FromFile, CreatedAt: nanos(k.CreatedAt), UpdatedAt: nanos(k.UpdatedAt)}
	_, err := s.db.NewInsert().Model(&r).On("CONFLICT (id) DO UPDATE").
		Set("workspace_id = EXCLUDED.workspace_id, member_id = EXCLUDED.member_id, name = EXCLUDED.name, hash = EXCLUDED.hash, masked = EXCLUDED.masked").
		Set("config = EXCLUDED.config, budget = EXCLUDED.budget, expires_at = EXCLUDED.expires_at, disabled = EXCLUDED.disabled").
		Set("from_file = EXCLUDED.from_file, updated_at = EXCLUDED.updated_at").Exec(ctx)
	return wrong("sqlstore.PutAPIKey", "API key", err)
}

// DeleteAPIKey implements keys.APIKeyStore.
func (s *Store) DeleteAPIKey(ctx context.Context, id string) error {
	res, err := s.db.NewDelete().Model((*apiKeyRow)(nil)).Where("id = ?", id).Exec(ctx)
	return gone("sqlstore.DeleteAPIKey", "API key", res, err)
}

func base(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

func unbase(s string) ([]byte, error) { return base64.StdEncoding.DecodeString(s) }
