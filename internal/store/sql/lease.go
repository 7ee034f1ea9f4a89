package sqlstore

import (
	"context"
	"time"
)

// Lease takes what a name stands for, or goes on having it, for so long. It reports false while another
// node has it.
func (s *Store) Lease(ctx context.Context, name, node string, lease time.Duration) (bool, error) {
	if s.Copied() {
		return false, nil
	}
	clock := s.clock()
	res, err := s.db.NewRaw(`INSERT INTO leases (name, node, lease_until) VALUES (?, ?, `+clock+` + ?)
		ON CONFLICT (name) DO UPDATE SET node = excluded.node, lease_until = excluded.lease_until
		WHERE leases.node = excluded.node OR leases.lease_until <= `+clock, name, node, int64(lease)).Exec(ctx)
	if err != nil {
		return false, storeError("sqlstore.Lease", "lease", err)
	}
	n, err := res.RowsAffected()
	return n > 0, storeError("sqlstore.Lease", "lease", err)
}
