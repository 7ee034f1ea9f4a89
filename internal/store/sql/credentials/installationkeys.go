package credentials

import (
	"context"
	"strings"

	"github.com/uptrace/bun"

	"github.com/sluicegate/sluice/internal/store/sql/db"
)

type installationKeyRow struct {
	bun.BaseModel `bun:"table:installation_keys"`

	Purpose string `bun:"purpose,pk"`
	Sealed  string `bun:"sealed"`
}

// InstallationKeys implements seal.KeyStore.
func (s *Store) InstallationKeys(ctx context.Context) (map[string][]byte, error) {
	const op = "sqlstore.InstallationKeys"
	var rows []installationKeyRow
	if err := s.db.NewSelect().Model(&rows).Scan(ctx); err != nil {
		return nil, db.Error(op, "installation key", err)
	}
	out := map[string][]byte{}
	for _, r := range rows {
		sealed, err := db.DecodeBytes(strings.TrimSpace(r.Sealed))
		if err != nil {
			return nil, db.Error(op, "installation key", err)
		}
		out[r.Purpose] = sealed
	}
	return out, nil
}

// PutInstallationKey implements seal.KeyStore.
func (s *Store) PutInstallationKey(ctx context.Context, purpose string, sealed []byte) error {
	_, err := s.db.NewInsert().Model(&installationKeyRow{Purpose: purpose, Sealed: db.EncodeBytes(sealed)}).Exec(ctx)
	return db.Error("sqlstore.PutInstallationKey", "installation key", err)
}
