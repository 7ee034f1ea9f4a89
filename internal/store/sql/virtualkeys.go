package sqlstore

import (
	"context"
	"encoding/json"

	"github.com/uptrace/bun"

	"github.com/sluicegate/sluice/gateway/keys"
)

type virtualKeyRow struct {
	bun.BaseModel `bun:"table:virtual_keys"`

	ID         string `bun:"id,pk"`
	Workspace  string `bun:"workspace_id"`
	Name       string `bun:"name"`
	Provider   string `bun:"provider"`
	BaseURL    string `bun:"base_url"`
	Credential string `bun:"credential"`
	Models     string `bun:"models"`
	Prices     string `bun:"prices"`
	Disabled   bool   `bun:"disabled"`
	FromFile   bool   `bun:"from_file"`
	CreatedAt  int64  `bun:"created_at"`
	UpdatedAt  int64  `bun:"updated_at"`
}

// VirtualKeys implements keys.VirtualKeyStore.
func (s *Store) VirtualKeys(ctx context.Context) ([]keys.VirtualKey, error) {
	const op = "sqlstore.VirtualKeys"
	var rows []virtualKeyRow
	if err := s.db.NewSelect().Model(&rows).Order("workspace_id", "name").Scan(ctx); err != nil {
		return nil, wrong(op, "virtual key", err)
	}
	out := make([]keys.VirtualKey, len(rows))
	for i, r := range rows {
		k := keys.VirtualKey{ID: r.ID, Workspace: r.Workspace, Name: r.Name, Provider: r.Provider, BaseURL: r.BaseURL, Disabled: r.Disabled,
			FromFile: r.FromFile, CreatedAt: moment(r.CreatedAt), UpdatedAt: moment(r.UpdatedAt)}
		// what does not decode does not open, and is refused by name when it is used
		k.Credential, _ = unbase(r.Credential)
		if err := json.Unmarshal([]byte(r.Models), &k.Models); err != nil {
			return nil, wrong(op, "virtual key", err)
		}
		if err := json.Unmarshal([]byte(r.Prices), &k.Prices); err != nil {
			return nil, wrong(op, "virtual key", err)
		}
		out[i] = k
	}
	return out, nil
}

// PutVirtualKey implements keys.VirtualKeyStore.
func (s *Store) PutVirtualKey(ctx context.Context, k keys.VirtualKey) error {
	r := virtualKeyRow{ID: k.ID, Workspace: k.Workspace, Name: k.Name, Provider: k.Provider, BaseURL: k.BaseURL, Credential: base(k.Credential),
		Models: text(k.Models), Prices: text(k.Prices), Disabled: k.Disabled, FromFile: k.FromFile, CreatedAt: nanos(k.CreatedAt), UpdatedAt: nanos(k.UpdatedAt)}
	_, err := s.db.NewInsert().Model(&r).On("CONFLICT (id) DO UPDATE").
		Set("workspace_id = EXCLUDED.workspace_id, name = EXCLUDED.name, provider = EXCLUDED.provider, base_url = EXCLUDED.base_url").
		Set("credential = EXCLUDED.credential, models = EXCLUDED.models, prices = EXCLUDED.prices, disabled = EXCLUDED.disabled").
		Set("from_file = EXCLUDED.from_file, updated_at = EXCLUDED.updated_at").Exec(ctx)
	return wrong("sqlstore.PutVirtualKey", "virtual key", err)
}

// DeleteVirtualKey implements keys.VirtualKeyStore.
func (s *Store) DeleteVirtualKey(ctx context.Context, id string) error {
	res, err := s.db.NewDelete().Model((*virtualKeyRow)(nil)).Where("id = ?", id).Exec(ctx)
	return gone("sqlstore.DeleteVirtualKey", "virtual key", res, err)
}
