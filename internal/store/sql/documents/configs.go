package documents

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/uptrace/bun"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/replica"
	"github.com/sluicegate/sluice/gateway/route"
	"github.com/sluicegate/sluice/internal/store/sql/db"
)

type configRow struct {
	bun.BaseModel `bun:"table:configs,alias:c"`

	Workspace string `bun:"workspace_id,pk"`
	Slug      string `bun:"slug,pk"`
	Name      string `bun:"name"`
	FromFile  bool   `bun:"from_file"`
	CreatedAt int64  `bun:"created_at"`
	UpdatedAt int64  `bun:"updated_at"`
	DeletedAt *int64 `bun:"deleted_at"`

	Version int    `bun:"version,scanonly"`
	Config  string `bun:"config,scanonly"`
	By      string `bun:"created_by,scanonly"`
	Note    string `bun:"note,scanonly"`
	MadeAt  int64  `bun:"made_at,scanonly"` // the version
}

type configVersionRow struct {
	bun.BaseModel `bun:"table:config_versions,alias:v"`

	Workspace string `bun:"workspace_id,pk"`
	Slug      string `bun:"slug,pk"`
	Version   int    `bun:"version,pk"`
	Config    string `bun:"config"`
	CreatedAt int64  `bun:"created_at"`
	By        string `bun:"created_by"`
	Note      string `bun:"note"`
}

func (r *configRow) saved() route.Saved {
	out := route.Saved{Workspace: r.Workspace, Slug: r.Slug, Name: r.Name, Version: r.Version, Config: json.RawMessage(r.Config),
		FromFile: r.FromFile, By: r.By, Note: r.Note, CreatedAt: db.Time(r.CreatedAt), UpdatedAt: db.Time(r.UpdatedAt)}
	if r.DeletedAt != nil {
		out.DeletedAt = db.Time(*r.DeletedAt)
	}
	return out
}

// selecter is the database, or a transaction.
type selecter interface{ NewSelect() *bun.SelectQuery }

// versions selects configs with all their versions.
func versions(from selecter, rows any) *bun.SelectQuery {
	return from.NewSelect().Model(rows).
		ColumnExpr("c.workspace_id, c.slug, c.name, c.from_file, c.created_at, c.updated_at, c.deleted_at, v.version, v.config, v.created_by, v.note, v.created_at AS made_at").
		Join("JOIN config_versions AS v ON v.workspace_id = c.workspace_id AND v.slug = c.slug")
}

// newest selects configs, deleted ones too, with their newest versions.
func newest(from selecter, rows any) *bun.SelectQuery {
	last := from.NewSelect().TableExpr("config_versions AS n").ColumnExpr("MAX(n.version)").
		Where("n.workspace_id = c.workspace_id").Where("n.slug = c.slug")
	return versions(from, rows).Where("v.version = (?)", last)
}

// Config implements route.Store.
func (s *Store) Config(ctx context.Context, workspace, slug string) (route.Saved, error) {
	if err := db.AbsentUnlessStorable("sqlstore.Config", "config", workspace, slug); err != nil {
		return route.Saved{}, err
	}
	const op = "sqlstore.Config"
	var r configRow
	err := newest(s.db, &r).Where("c.workspace_id = ?", workspace).Where("c.slug = ?", slug).Where("c.deleted_at IS NULL").Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return route.Saved{}, &gateway.Error{Op: op, Kind: gateway.NotFound, Param: "config", Public: "There is no config '" + slug + "'."}
	}
	if err != nil {
		return route.Saved{}, db.Error(op, "config", err)
	}
	return r.saved(), nil
}

// Configs implements route.Store.
func (s *Store) Configs(ctx context.Context, workspace string) ([]route.Saved, error) {
	if err := db.AbsentUnlessStorable("sqlstore.Configs", "config", workspace); err != nil {
		return nil, err
	}
	var rows []configRow
	if err := newest(s.db, &rows).Where("c.workspace_id = ?", workspace).Where("c.deleted_at IS NULL").OrderExpr(s.db.ByBytes("c.slug")).Scan(ctx); err != nil {
		return nil, db.Error("sqlstore.Configs", "config", err)
	}
	out := make([]route.Saved, len(rows))
	for i := range rows {
		out[i] = rows[i].saved()
	}
	return out, nil
}

// ConfigVersion implements route.Store.
func (s *Store) ConfigVersion(ctx context.Context, workspace, slug string, version int) (route.Saved, error) {
	const op = "sqlstore.ConfigVersion"
	if err := db.AbsentUnlessStorable(op, "config", workspace, slug); err != nil {
		return route.Saved{}, err
	}
	var r configRow
	err := versions(s.db, &r).Where("c.workspace_id = ?", workspace).Where("c.slug = ?", slug).Where("c.deleted_at IS NULL").Where("v.version = ?", int64(version)).Scan(ctx)
	if err != nil {
		return route.Saved{}, db.Error(op, "config", err)
	}
	return r.saved(), nil
}

// ConfigVersions implements route.Store.
func (s *Store) ConfigVersions(ctx context.Context, workspace, slug string) ([]route.Saved, error) {
	const op = "sqlstore.ConfigVersions"
	if err := db.AbsentUnlessStorable(op, "config", workspace, slug); err != nil {
		return nil, err
	}
	var rows []configRow
	err := versions(s.db, &rows).Where("c.workspace_id = ?", workspace).Where("c.slug = ?", slug).OrderExpr("v.version DESC").Scan(ctx)
	if err == nil && len(rows) == 0 {
		err = sql.ErrNoRows
	}
	if err != nil {
		return nil, db.Error(op, "config", err)
	}
	out := make([]route.Saved, len(rows))
	for i := range rows {
		out[i] = rows[i].saved()
		out[i].CreatedAt = db.Time(rows[i].MadeAt)
	}
	return out, nil
}

// PutConfig implements route.Store.
func (s *Store) PutConfig(ctx context.Context, c route.Saved) (route.Saved, error) {
	if err := db.RefuseUnlessStorable("sqlstore.PutConfig", "config", c.Workspace, c.Slug, c.Name, string(c.Config), c.By, c.Note); err != nil {
		return route.Saved{}, err
	}
	now := time.Now().UTC()
	var out configRow
	err := s.db.Change(ctx, replica.Change{Kind: replica.Config, Workspace: c.Workspace, ID: c.Slug}, func(ctx context.Context, tx bun.Tx) error {
		var known configRow
		err := newest(tx, &known).Where("c.workspace_id = ?", c.Workspace).Where("c.slug = ?", c.Slug).Scan(ctx)
		fresh := errors.Is(err, sql.ErrNoRows)
		if err != nil && !fresh {
			return err
		}
		out = configRow{Workspace: c.Workspace, Slug: c.Slug, Name: c.Name, FromFile: c.FromFile, CreatedAt: db.Nanos(now), UpdatedAt: db.Nanos(now),
			Version: known.Version, Config: string(c.Config), By: known.By, Note: known.Note}
		changed := fresh || known.DeletedAt != nil || known.Config != out.Config
		if !fresh && known.DeletedAt == nil {
			out.CreatedAt = known.CreatedAt
			if !changed && known.Name == out.Name && known.FromFile == out.FromFile {
				out.UpdatedAt = known.UpdatedAt
				return nil
			}
		}
		if _, err := tx.NewInsert().Model(&out).On("CONFLICT (workspace_id, slug) DO UPDATE").Exec(ctx); err != nil || !changed {
			return err
		}
		out.Version++
		out.By, out.Note = c.By, c.Note
		v := configVersionRow{Workspace: c.Workspace, Slug: c.Slug, Version: out.Version, Config: out.Config, CreatedAt: db.Nanos(now), By: c.By, Note: c.Note}
		_, err = tx.NewInsert().Model(&v).Exec(ctx)
		return err
	})
	if err != nil {
		return route.Saved{}, db.Error("sqlstore.PutConfig", "config", err)
	}
	return out.saved(), nil
}

// DeleteConfig implements route.Store. Versions stay.
func (s *Store) DeleteConfig(ctx context.Context, workspace, slug string) error {
	const op = "sqlstore.DeleteConfig"
	if err := db.AbsentUnlessStorable(op, "config", workspace, slug); err != nil {
		return err
	}
	err := s.db.Change(ctx, replica.Change{Kind: replica.Config, Workspace: workspace, ID: slug}, func(ctx context.Context, tx bun.Tx) error {
		res, err := tx.NewUpdate().Model((*configRow)(nil)).Set("deleted_at = ?", db.Nanos(time.Now().UTC())).
			Where("workspace_id = ?", workspace).Where("slug = ?", slug).Where("deleted_at IS NULL").Exec(ctx)
		return db.ErrorUnlessFound(op, "config", res, err)
	})
	return db.Error(op, "config", err)
}
