package accounts

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/gateway/replica"
	"github.com/sluicegate/sluice/internal/store/sql/db"
)

type organisationRow struct {
	bun.BaseModel `bun:"table:organisations"`

	ID        string `bun:"id,pk"`
	Name      string `bun:"name"`
	Canary    string `bun:"canary"`
	CreatedAt int64  `bun:"created_at"`
}

// Organisation implements identity.OrganisationStore.
func (s *Store) Organisation(ctx context.Context) (identity.Organisation, error) {
	const op = "sqlstore.Organisation"
	var r organisationRow
	if err := s.db.NewSelect().Model(&r).Order("created_at").Limit(1).Scan(ctx); err != nil {
		return identity.Organisation{}, db.Error(op, "organisation", err)
	}
	canary, err := db.DecodeBytes(r.Canary)
	if err != nil {
		return identity.Organisation{}, db.Error(op, "organisation", err)
	}
	return identity.Organisation{ID: r.ID, Name: r.Name, Canary: canary, CreatedAt: db.Time(r.CreatedAt)}, nil
}

// PutOrganisation implements identity.OrganisationStore.
func (s *Store) PutOrganisation(ctx context.Context, o identity.Organisation) error {
	if err := db.RefuseUnlessStorable("sqlstore.PutOrganisation", "organisation", o.ID, o.Name); err != nil {
		return err
	}
	r := organisationRow{ID: o.ID, Name: o.Name, Canary: db.EncodeBytes(o.Canary), CreatedAt: db.Nanos(o.CreatedAt)}
	err := s.db.Change(ctx, replica.Change{Kind: replica.Organisation, ID: o.ID}, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewInsert().Model(&r).On("CONFLICT (id) DO UPDATE").Exec(ctx)
		return err
	})
	return db.Error("sqlstore.PutOrganisation", "organisation", err)
}
