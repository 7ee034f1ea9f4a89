package sqlstore

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/gateway/replica"
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
		return identity.Organisation{}, storeError(op, "organisation", err)
	}
	canary, err := decodeBytes(r.Canary)
	if err != nil {
		return identity.Organisation{}, storeError(op, "organisation", err)
	}
	return identity.Organisation{ID: r.ID, Name: r.Name, Canary: canary, CreatedAt: timeOf(r.CreatedAt)}, nil
}

// PutOrganisation implements identity.OrganisationStore.
func (s *Store) PutOrganisation(ctx context.Context, o identity.Organisation) error {
	if err := refuseUnlessStorable("sqlstore.PutOrganisation", "organisation", o.ID, o.Name); err != nil {
		return err
	}
	r := organisationRow{ID: o.ID, Name: o.Name, Canary: encodeBytes(o.Canary), CreatedAt: nanos(o.CreatedAt)}
	err := s.change(ctx, replica.Change{Kind: replica.Organisation, ID: o.ID}, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewInsert().Model(&r).On("CONFLICT (id) DO UPDATE").Exec(ctx)
		return err
	})
	return storeError("sqlstore.PutOrganisation", "organisation", err)
}
