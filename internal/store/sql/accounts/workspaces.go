package accounts

import (
	"context"
	"encoding/json"

	"github.com/uptrace/bun"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/gateway/replica"
	"github.com/sluicegate/sluice/internal/store/sql/db"
)

type workspaceRow struct {
	bun.BaseModel `bun:"table:workspaces"`

	ID             string `bun:"id,pk"`
	Organisation   string `bun:"organisation_id"`
	Name           string `bun:"name"`
	Config         string `bun:"config"`
	ConfigFromFile bool   `bun:"config_from_file"`
	Compat         string `bun:"compat"`
	CompatFromFile bool   `bun:"compat_from_file"`
	AccessGroups   string `bun:"access_groups"`
	GroupsFromFile bool   `bun:"access_groups_from_file"`
	CreatedAt      int64  `bun:"created_at"`
}

// Workspaces implements identity.WorkspaceStore.
func (s *Store) Workspaces(ctx context.Context) ([]identity.Workspace, error) {
	var rows []workspaceRow
	if err := s.db.NewSelect().Model(&rows).OrderExpr(s.db.ByBytes("name", "id")).Scan(ctx); err != nil {
		return nil, db.Error("sqlstore.Workspaces", "workspace", err)
	}
	out := make([]identity.Workspace, len(rows))
	for i, r := range rows {
		out[i] = identity.Workspace{ID: r.ID, Organisation: r.Organisation, Name: r.Name, Config: r.Config, ConfigFromFile: r.ConfigFromFile,
			Compat: gateway.Compat(r.Compat), CompatFromFile: r.CompatFromFile, AccessGroupsFromFile: r.GroupsFromFile, CreatedAt: db.Time(r.CreatedAt)}
		if err := json.Unmarshal([]byte(r.AccessGroups), &out[i].AccessGroups); err != nil {
			return nil, db.Error("sqlstore.Workspaces", "workspace", err)
		}
	}
	return out, nil
}

// PutWorkspace implements identity.WorkspaceStore.
func (s *Store) PutWorkspace(ctx context.Context, w identity.Workspace) error {
	groups := db.JSON(w.AccessGroups)
	if err := db.RefuseUnlessStorable("sqlstore.PutWorkspace", "workspace", w.ID, w.Organisation, w.Name, w.Config, string(w.Compat), groups); err != nil {
		return err
	}
	r := workspaceRow{ID: w.ID, Organisation: w.Organisation, Name: w.Name, Config: w.Config, ConfigFromFile: w.ConfigFromFile,
		Compat: string(w.Compat), CompatFromFile: w.CompatFromFile, AccessGroups: groups, GroupsFromFile: w.AccessGroupsFromFile, CreatedAt: db.Nanos(w.CreatedAt)}
	err := s.db.Change(ctx, replica.Change{Kind: replica.Workspace, Workspace: w.ID, ID: w.ID}, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewInsert().Model(&r).On("CONFLICT (id) DO UPDATE").Exec(ctx)
		return err
	})
	return db.Error("sqlstore.PutWorkspace", "workspace", err)
}
