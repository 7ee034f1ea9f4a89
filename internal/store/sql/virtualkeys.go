package sqlstore

import (
	"context"
	"encoding/json"

	"github.com/uptrace/bun"

	"github.com/sluicegate/sluice/gateway/credential"
	"github.com/sluicegate/sluice/gateway/replica"
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
	MaxOutput  string `bun:"max_output"`
	Formats    string `bun:"formats"`
	Disabled   bool   `bun:"disabled"`
	FromFile   bool   `bun:"from_file"`
	CreatedAt  int64  `bun:"created_at"`
	UpdatedAt  int64  `bun:"updated_at"`
}

// VirtualKeys implements credential.Store.
func (s *Store) VirtualKeys(ctx context.Context) ([]credential.VirtualKey, error) {
	const op = "sqlstore.VirtualKeys"
	var rows []virtualKeyRow
	if err := s.db.NewSelect().Model(&rows).OrderExpr(s.byBytes("workspace_id", "name")).Scan(ctx); err != nil {
		return nil, storeError(op, "virtual key", err)
	}
	out := make([]credential.VirtualKey, len(rows))
	for i, r := range rows {
		k := credential.VirtualKey{ID: r.ID, Workspace: r.Workspace, Name: r.Name, Provider: r.Provider, BaseURL: r.BaseURL, Disabled: r.Disabled,
			FromFile: r.FromFile, CreatedAt: timeOf(r.CreatedAt), UpdatedAt: timeOf(r.UpdatedAt)}
		// A credential that does not decode does not open: its key is refused when it is used.
		k.Credential, _ = decodeBytes(r.Credential)
		if err := json.Unmarshal([]byte(r.Models), &k.Models); err != nil {
			return nil, storeError(op, "virtual key", err)
		}
		if err := json.Unmarshal([]byte(r.Prices), &k.Prices); err != nil {
			return nil, storeError(op, "virtual key", err)
		}
		if err := json.Unmarshal([]byte(r.MaxOutput), &k.MaxOutput); err != nil {
			return nil, storeError(op, "virtual key", err)
		}
		if err := json.Unmarshal([]byte(r.Formats), &k.Formats); err != nil {
			return nil, storeError(op, "virtual key", err)
		}
		out[i] = k
	}
	return out, nil
}

// PutVirtualKey implements credential.Store.
func (s *Store) PutVirtualKey(ctx context.Context, k credential.VirtualKey) error {
	if err := refuseUnlessStorable("sqlstore.PutVirtualKey", "virtual key", k.ID, k.Workspace, k.Name, k.Provider, k.BaseURL); err != nil {
		return err
	}
	r := virtualKeyRow{ID: k.ID, Workspace: k.Workspace, Name: k.Name, Provider: k.Provider, BaseURL: k.BaseURL, Credential: encodeBytes(k.Credential),
		Models: jsonText(k.Models), Prices: jsonText(k.Prices), MaxOutput: jsonText(k.MaxOutput), Formats: jsonText(k.Formats), Disabled: k.Disabled, FromFile: k.FromFile, CreatedAt: nanos(k.CreatedAt), UpdatedAt: nanos(k.UpdatedAt)}
	err := s.change(ctx, replica.Change{Kind: replica.VirtualKey, Workspace: k.Workspace, ID: k.ID}, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewInsert().Model(&r).On("CONFLICT (id) DO UPDATE").Exec(ctx)
		return err
	})
	return storeError("sqlstore.PutVirtualKey", "virtual key", err)
}

// DeleteVirtualKey implements credential.Store.
func (s *Store) DeleteVirtualKey(ctx context.Context, id string) error {
	const op = "sqlstore.DeleteVirtualKey"
	if err := absentUnlessStorable(op, "virtual key", id); err != nil {
		return err
	}
	err := s.change(ctx, replica.Change{Kind: replica.VirtualKey, ID: id}, func(ctx context.Context, tx bun.Tx) error {
		res, err := tx.NewDelete().Model((*virtualKeyRow)(nil)).Where("id = ?", id).Exec(ctx)
		return deleteError(op, "virtual key", res, err)
	})
	return storeError(op, "virtual key", err)
}
