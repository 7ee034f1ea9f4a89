package replicas

import (
	"context"

	"github.com/sluicegate/sluice/gateway/replica"
	"github.com/sluicegate/sluice/internal/store/sql/db"
)

// changesPage bounds the rows that one reading takes.
const changesPage = 1_000

// Position implements replica.Feed.
func (s *Store) Position(ctx context.Context) (int64, error) {
	var seq int64
	err := s.db.NewRaw("SELECT seq FROM change_counter WHERE id = 1").Scan(ctx, &seq)
	return seq, db.Error("sqlstore.Position", "feed of changes", err)
}

// Changes implements replica.Feed.
func (s *Store) Changes(ctx context.Context, after int64) (replica.Page, error) {
	const op = "sqlstore.Changes"
	page := replica.Page{Next: after}
	newest, err := s.Position(ctx)
	if err != nil || newest == after {
		return page, err
	}
	var rows []db.ChangeRow
	if err := s.db.NewSelect().Model(&rows).Where("seq > ?", after).Order("seq").Limit(changesPage).Scan(ctx); err != nil {
		return page, db.Error(op, "feed of changes", err)
	}
	// Numbers have no holes: each is given by a transaction that commits with it.
	if len(rows) == 0 || rows[0].Seq != after+1 {
		return replica.Page{Next: newest, Gap: true}, nil
	}
	for _, r := range rows {
		page.Next = r.Seq
		if r.Origin != s.db.Origin() {
			page.Changes = append(page.Changes, replica.Change{Kind: replica.Kind(r.Kind), Workspace: r.Workspace, ID: r.Record})
		}
	}
	return page, nil
}

// Listen implements replica.Feed.
func (s *Store) Listen(ctx context.Context, wake func()) error {
	return db.Error("sqlstore.Listen", "feed of changes", s.db.Listen(ctx, wake))
}
