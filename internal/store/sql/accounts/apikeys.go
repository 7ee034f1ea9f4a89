package accounts

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/gateway/replica"
	"github.com/sluicegate/sluice/internal/store/sql/db"
)

type apiKeyRow struct {
	bun.BaseModel `bun:"table:api_keys"`

	ID        string `bun:"id,pk"`
	Workspace string `bun:"workspace_id"`
	Member    string `bun:"member_id"`
	Team      string `bun:"team_id,nullzero"`
	Name      string `bun:"name"`
	Hash      string `bun:"hash"`
	Masked    string `bun:"masked"`
	Config    string `bun:"config"`
	Compat    string `bun:"compat"`
	Access    string `bun:"access"`

	PreviousHash  string `bun:"previous_hash"` // "" = never rotated
	PreviousUntil *int64 `bun:"previous_until"`

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
	if err := s.db.NewSelect().Model(&rows).OrderExpr(s.db.ByBytes("workspace_id", "name")).Scan(ctx); err != nil {
		return nil, db.Error(op, "API key", err)
	}
	out := make([]identity.APIKey, len(rows))
	for i, r := range rows {
		out[i] = identity.APIKey{ID: r.ID, Workspace: r.Workspace, Member: r.Member, Team: r.Team, Name: r.Name, Masked: r.Masked, Config: r.Config,
			Compat: gateway.Compat(r.Compat), Budget: r.Budget, ExpiresAt: db.TimeOrZero(r.ExpiresAt), Disabled: r.Disabled, FromFile: r.FromFile,
			CreatedAt: db.Time(r.CreatedAt), UpdatedAt: db.Time(r.UpdatedAt)}
		if err := r.read(&out[i]); err != nil {
			return nil, db.Error(op, "API key", fmt.Errorf("API key %s is damaged: %w", r.ID, err))
		}
	}
	return out, nil
}

// read fills in what is stored as text.
func (r *apiKeyRow) read(k *identity.APIKey) (err error) {
	if err := json.Unmarshal([]byte(r.Access), &k.Access); err != nil {
		return err
	}
	if k.Hash, err = readHash(r.Hash); err != nil || r.PreviousHash == "" {
		return err
	}
	k.Previous.Until = db.TimeOrZero(r.PreviousUntil)
	k.Previous.Hash, err = readHash(r.PreviousHash)
	return err
}

func readHash(text string) (identity.Hash, error) {
	raw, err := db.DecodeBytes(text)
	if err != nil || len(raw) != len(identity.Hash{}) {
		return identity.Hash{}, errors.New("its hash has another length")
	}
	return identity.Hash(raw), nil
}

// PutAPIKey implements identity.APIKeyStore.
func (s *Store) PutAPIKey(ctx context.Context, k identity.APIKey) error {
	access := db.JSON(k.Access)
	if err := db.RefuseUnlessStorable("sqlstore.PutAPIKey", "API key", k.ID, k.Workspace, k.Member, k.Team, k.Name, k.Masked, k.Config, string(k.Compat), access); err != nil {
		return err
	}
	r := apiKeyRow{ID: k.ID, Workspace: k.Workspace, Member: k.Member, Team: k.Team, Name: k.Name, Hash: db.EncodeBytes(k.Hash[:]), Masked: k.Masked, Config: k.Config,
		Compat: string(k.Compat), Access: access, Budget: k.Budget, ExpiresAt: db.NanosOrNull(k.ExpiresAt), Disabled: k.Disabled, FromFile: k.FromFile, CreatedAt: db.Nanos(k.CreatedAt), UpdatedAt: db.Nanos(k.UpdatedAt)}
	if k.Previous != (identity.PreviousKey{}) {
		r.PreviousHash, r.PreviousUntil = db.EncodeBytes(k.Previous.Hash[:]), db.NanosOrNull(k.Previous.Until)
	}
	err := s.db.Change(ctx, replica.Change{Kind: replica.APIKey, Workspace: k.Workspace, ID: k.ID}, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewInsert().Model(&r).On("CONFLICT (id) DO UPDATE").Exec(ctx)
		return err
	})
	return db.Error("sqlstore.PutAPIKey", "API key", err)
}

// DeleteAPIKey implements identity.APIKeyStore.
func (s *Store) DeleteAPIKey(ctx context.Context, id string) error {
	const op = "sqlstore.DeleteAPIKey"
	if err := db.AbsentUnlessStorable(op, "API key", id); err != nil {
		return err
	}
	err := s.db.Change(ctx, replica.Change{Kind: replica.APIKey, ID: id}, func(ctx context.Context, tx bun.Tx) error {
		res, err := tx.NewDelete().Model((*apiKeyRow)(nil)).Where("id = ?", id).Exec(ctx)
		return db.ErrorUnlessFound(op, "API key", res, err)
	})
	return db.Error(op, "API key", err)
}
