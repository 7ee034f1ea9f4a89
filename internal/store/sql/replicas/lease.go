package replicas

import (
	"context"
	"time"

	"github.com/sluicegate/sluice/internal/store/sql/db"
)

// Lease takes what a name stands for, or goes on having it, for so long. It reports false while another
// node has it.
func (s *Store) Lease(ctx context.Context, name, node string, lease time.Duration) (bool, error) {
	if s.db.Copied() {
		return false, nil
	}
	clock := s.db.Clock()
	res, err := s.db.NewRaw(`INSERT INTO leases (name, node, lease_until) VALUES (?, ?, `+clock+` + ?)
		ON CONFLICT (name) DO UPDATE SET node = excluded.node, lease_until = excluded.lease_until
		WHERE leases.node = excluded.node OR leases.lease_until <= `+clock, name, node, int64(lease)).Exec(ctx)
	if err != nil {
		return false, db.Error("sqlstore.Lease", "lease", err)
	}
	n, err := res.RowsAffected()
	return n > 0, db.Error("sqlstore.Lease", "lease", err)
}
