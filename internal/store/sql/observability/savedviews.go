package observability

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/sluicegate/sluice/internal/store/sql/db"
	"github.com/sluicegate/sluice/telemetry/view"
)

type savedViewRow struct {
	bun.BaseModel `bun:"table:saved_views"`

	ID        string `bun:"id,pk"`
	Workspace string `bun:"workspace_id"`
	Member    string `bun:"member_id"`
	Name      string `bun:"name"`
	Page      string `bun:"page"`
	Query     string `bun:"query"`
	Shared    bool   `bun:"shared"`
	CreatedAt int64  `bun:"created_at"`
	UpdatedAt int64  `bun:"updated_at"`
}

// Views implements view.Store. No process keeps views in memory, so a change needs no announcement.
func (s *Store) Views(ctx context.Context, workspace, member string) ([]view.View, error) {
	var rows []savedViewRow
	err := s.db.NewSelect().Model(&rows).Where("workspace_id = ?", workspace).Where("(member_id = ? OR shared)", member).OrderExpr(s.db.ByBytes("name", "id")).Scan(ctx)
	if err != nil {
		return nil, db.Error("sqlstore.Views", "view", err)
	}
	out := make([]view.View, len(rows))
	for i, r := range rows {
		out[i] = view.View{ID: r.ID, Workspace: r.Workspace, Member: r.Member, Name: r.Name, Page: r.Page, Query: r.Query, Shared: r.Shared,
			CreatedAt: db.Time(r.CreatedAt), UpdatedAt: db.Time(r.UpdatedAt)}
	}
	return out, nil
}

// PutView implements view.Store.
func (s *Store) PutView(ctx context.Context, v view.View) error {
	const op = "sqlstore.PutView"
	if err := db.RefuseUnlessStorable(op, "view", v.ID, v.Workspace, v.Member, v.Name, v.Page, v.Query); err != nil {
		return err
	}
	row := savedViewRow{ID: v.ID, Workspace: v.Workspace, Member: v.Member, Name: v.Name, Page: v.Page, Query: v.Query, Shared: v.Shared,
		CreatedAt: db.Nanos(v.CreatedAt), UpdatedAt: db.Nanos(v.UpdatedAt)}
	_, err := s.db.NewInsert().Model(&row).On("CONFLICT (id) DO UPDATE").Exec(ctx)
	return db.Error(op, "view", err)
}

// DeleteView implements view.Store.
func (s *Store) DeleteView(ctx context.Context, id string) error {
	const op = "sqlstore.DeleteView"
	res, err := s.db.NewDelete().Model((*savedViewRow)(nil)).Where("id = ?", id).Exec(ctx)
	return db.Error(op, "view", db.ErrorUnlessFound(op, "view", res, err))
}
