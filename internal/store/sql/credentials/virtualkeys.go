package credentials

import (
	"context"
	"encoding/json"

	"github.com/uptrace/bun"

	"github.com/sluicegate/sluice/gateway/credential"
	"github.com/sluicegate/sluice/gateway/replica"
	"github.com/sluicegate/sluice/internal/store/sql/db"
)

type virtualKeyRow struct {
	bun.BaseModel `bun:"table:virtual_keys"`

	ID         string `bun:"id,pk"`
	Workspace  string `bun:"workspace_id"`
	Name       string `bun:"name"`
	Provider   string `bun:"provider"`
	Note       string `bun:"note"`
	BaseURL    string `bun:"base_url"`
	Credential string `bun:"credential"` // of the default one; "" = there is none
	Reference  string `bun:"reference"`
	Models     string `bun:"models"`
	Prices     string `bun:"prices"`
	MaxOutput  string `bun:"max_output"`
	Formats    string `bun:"formats"`
	Settings   string `bun:"settings"`
	Disabled   bool   `bun:"disabled"`
	FromFile   bool   `bun:"from_file"`
	ExpiresAt  *int64 `bun:"expires_at"`
	CreatedAt  int64  `bun:"created_at"`
	UpdatedAt  int64  `bun:"updated_at"`
}

type credentialRow struct {
	bun.BaseModel `bun:"table:virtual_key_credentials"`

	VirtualKey string `bun:"virtual_key_id,pk"`
	Name       string `bun:"name,pk"`
	Position   int    `bun:"position"`
	Weight     int    `bun:"weight"`
	Reference  string `bun:"reference"`
	Credential string `bun:"credential"`
}

// VirtualKeys implements credential.Store.
func (s *Store) VirtualKeys(ctx context.Context) ([]credential.VirtualKey, error) {
	const op = "sqlstore.VirtualKeys"
	var rows []virtualKeyRow
	var further []credentialRow
	err := s.db.RunInSnapshot(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := tx.NewSelect().Model(&rows).OrderExpr(s.db.ByBytes("workspace_id", "name")).Scan(ctx); err != nil {
			return err
		}
		return tx.NewSelect().Model(&further).Order("virtual_key_id", "position").Scan(ctx)
	})
	if err != nil {
		return nil, db.Error(op, "virtual key", err)
	}
	more := map[string][]credential.StoredCredential{}
	for _, c := range further {
		more[c.VirtualKey] = append(more[c.VirtualKey], storedCredential(c.Name, c.Weight, c.Reference, c.Credential))
	}
	out := make([]credential.VirtualKey, len(rows))
	for i, r := range rows {
		k := credential.VirtualKey{ID: r.ID, Workspace: r.Workspace, Name: r.Name, Provider: r.Provider, Note: r.Note, BaseURL: r.BaseURL, Disabled: r.Disabled,
			FromFile: r.FromFile, ExpiresAt: db.TimeOrZero(r.ExpiresAt), CreatedAt: db.Time(r.CreatedAt), UpdatedAt: db.Time(r.UpdatedAt)}
		if r.Credential != "" || r.Reference != "" {
			k.Credentials = append(k.Credentials, storedCredential(credential.DefaultCredential, 1, r.Reference, r.Credential))
		}
		k.Credentials = append(k.Credentials, more[r.ID]...)
		if err := json.Unmarshal([]byte(r.Models), &k.Models); err != nil {
			return nil, db.Error(op, "virtual key", err)
		}
		if err := json.Unmarshal([]byte(r.Prices), &k.Prices); err != nil {
			return nil, db.Error(op, "virtual key", err)
		}
		if err := json.Unmarshal([]byte(r.MaxOutput), &k.MaxOutput); err != nil {
			return nil, db.Error(op, "virtual key", err)
		}
		if err := json.Unmarshal([]byte(r.Formats), &k.Formats); err != nil {
			return nil, db.Error(op, "virtual key", err)
		}
		if err := json.Unmarshal([]byte(r.Settings), &k.Settings); err != nil {
			return nil, db.Error(op, "virtual key", err)
		}
		out[i] = k
	}
	return out, nil
}

// storedCredential reads a credential. One that does not decode does not open: it is refused when it
// is used.
func storedCredential(name string, weight int, reference, sealed string) credential.StoredCredential {
	c := credential.StoredCredential{Name: name, Weight: weight, Reference: reference}
	if sealed != "" {
		c.Sealed, _ = db.DecodeBytes(sealed)
	}
	return c
}

// PutVirtualKey implements credential.Store.
func (s *Store) PutVirtualKey(ctx context.Context, k credential.VirtualKey) error {
	if err := db.RefuseUnlessStorable("sqlstore.PutVirtualKey", "virtual key", k.ID, k.Workspace, k.Name, k.Provider, k.Note, k.BaseURL); err != nil {
		return err
	}
	r := virtualKeyRow{ID: k.ID, Workspace: k.Workspace, Name: k.Name, Provider: k.Provider, Note: k.Note, BaseURL: k.BaseURL, ExpiresAt: db.NanosOrNull(k.ExpiresAt),
		Models: db.JSON(k.Models), Prices: db.JSON(k.Prices), MaxOutput: db.JSON(k.MaxOutput), Formats: db.JSON(k.Formats), Settings: db.JSON(k.Settings), Disabled: k.Disabled, FromFile: k.FromFile, CreatedAt: db.Nanos(k.CreatedAt), UpdatedAt: db.Nanos(k.UpdatedAt)}
	var further []credentialRow
	for i, c := range k.Credentials {
		if err := db.RefuseUnlessStorable("sqlstore.PutVirtualKey", "virtual key", c.Name, c.Reference); err != nil {
			return err
		}
		if c.Name == credential.DefaultCredential {
			r.Reference, r.Credential = c.Reference, db.EncodeBytes(c.Sealed)
			continue
		}
		further = append(further, credentialRow{VirtualKey: k.ID, Name: c.Name, Position: i, Weight: c.Weight, Reference: c.Reference, Credential: db.EncodeBytes(c.Sealed)})
	}
	err := s.db.Change(ctx, replica.Change{Kind: replica.VirtualKey, Workspace: k.Workspace, ID: k.ID}, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.NewInsert().Model(&r).On("CONFLICT (id) DO UPDATE").Exec(ctx); err != nil {
			return err
		}
		if _, err := tx.NewDelete().Model((*credentialRow)(nil)).Where("virtual_key_id = ?", k.ID).Exec(ctx); err != nil || len(further) == 0 {
			return err
		}
		_, err := tx.NewInsert().Model(&further).Exec(ctx)
		return err
	})
	return db.Error("sqlstore.PutVirtualKey", "virtual key", err)
}

// DeleteVirtualKey implements credential.Store.
func (s *Store) DeleteVirtualKey(ctx context.Context, id string) error {
	const op = "sqlstore.DeleteVirtualKey"
	if err := db.AbsentUnlessStorable(op, "virtual key", id); err != nil {
		return err
	}
	err := s.db.Change(ctx, replica.Change{Kind: replica.VirtualKey, ID: id}, func(ctx context.Context, tx bun.Tx) error {
		res, err := tx.NewDelete().Model((*virtualKeyRow)(nil)).Where("id = ?", id).Exec(ctx)
		return db.ErrorUnlessFound(op, "virtual key", res, err)
	})
	return db.Error(op, "virtual key", err)
}
