package replicas

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/sluicegate/sluice/gateway/replica"
	"github.com/sluicegate/sluice/internal/store/sql/db"
)

type cacheRemovalRow struct {
	bun.BaseModel `bun:"table:cache_removals"`

	ID        string `bun:"id,pk"`
	Removal   string `bun:"removal"`
	RemovedAt int64  `bun:"removed_at"`
}

// keptRemovals is how long other replicas may be away and still learn what was removed.
const keptRemovals = 24 * time.Hour

// AddCacheRemoval tells other processes what was removed from the cache of answers.
func (s *Store) AddCacheRemoval(ctx context.Context, id string, removal []byte, at time.Time) error {
	err := s.db.Change(ctx, replica.Change{Kind: replica.CacheRemoval, ID: id}, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.NewDelete().Model((*cacheRemovalRow)(nil)).Where("removed_at < ?", db.Nanos(at.Add(-keptRemovals))).Exec(ctx); err != nil {
			return err
		}
		_, err := tx.NewInsert().Model(&cacheRemovalRow{ID: id, Removal: string(removal), RemovedAt: db.Nanos(at)}).Exec(ctx)
		return err
	})
	return db.Error("sqlstore.AddCacheRemoval", "removal", err)
}

// CacheRemovals returns removals by their ids, and without ids all that are kept, the oldest first.
func (s *Store) CacheRemovals(ctx context.Context, ids ...string) ([][]byte, error) {
	var rows []cacheRemovalRow
	q := s.db.NewSelect().Model(&rows).Order("removed_at", "id")
	if len(ids) > 0 {
		q = q.Where("id IN (?)", bun.List(ids))
	}
	if err := q.Scan(ctx); err != nil {
		return nil, db.Error("sqlstore.CacheRemovals", "removal", err)
	}
	out := make([][]byte, len(rows))
	for i := range rows {
		out[i] = []byte(rows[i].Removal)
	}
	return out, nil
}
