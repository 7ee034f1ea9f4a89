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
	"github.com/sluicegate/sluice/internal/store/sql/db"
	"github.com/sluicegate/sluice/prompts"
)

type promptRow struct {
	bun.BaseModel `bun:"table:prompts"`

	ID        string `bun:"id,pk"`
	Workspace string `bun:"workspace_id"`
	Slug      string `bun:"slug"`
	Name      string `bun:"name"`
	FromFile  bool   `bun:"from_file"`
	CreatedAt int64  `bun:"created_at"`
	UpdatedAt int64  `bun:"updated_at"`
}

type promptVersionRow struct {
	bun.BaseModel `bun:"table:prompt_versions"`

	Prompt      string `bun:"prompt_id,pk"`
	Number      int    `bun:"number,pk"`
	Description string `bun:"description"`
	Body        string `bun:"body"`
	CreatedBy   string `bun:"created_by"`
	CreatedAt   int64  `bun:"created_at"`
}

type promptLabelRow struct {
	bun.BaseModel `bun:"table:prompt_labels"`

	Prompt  string `bun:"prompt_id,pk"`
	Name    string `bun:"name,pk"`
	Version int    `bun:"version"`
}

func (r *promptRow) template() prompts.Template {
	return prompts.Template{ID: r.ID, Workspace: r.Workspace, Slug: r.Slug, Name: r.Name, FromFile: r.FromFile,
		CreatedAt: db.Time(r.CreatedAt), UpdatedAt: db.Time(r.UpdatedAt)}
}

func (r *promptVersionRow) version() prompts.Version {
	return prompts.Version{Template: r.Prompt, Number: r.Number, Description: r.Description, Body: json.RawMessage(r.Body),
		CreatedBy: r.CreatedBy, CreatedAt: db.Time(r.CreatedAt)}
}

// Template implements prompts.Store. An id wins over a slug that reads the same.
func (s *Store) Template(ctx context.Context, workspace, ref string) (prompts.Template, error) {
	if err := db.AbsentUnlessStorable("sqlstore.Template", "prompt", workspace, ref); err != nil {
		return prompts.Template{}, err
	}
	const op = "sqlstore.Template"
	var r promptRow
	err := s.db.NewSelect().Model(&r).Where("workspace_id = ?", workspace).Where("id = ? OR slug = ?", ref, ref).
		OrderExpr("CASE WHEN id = ? THEN 0 ELSE 1 END", ref).Limit(1).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return prompts.Template{}, &gateway.Error{Op: op, Kind: gateway.NotFound, Param: "prompt", Public: "There is no prompt '" + ref + "'."}
	}
	if err != nil {
		return prompts.Template{}, db.Error(op, "prompt", err)
	}
	return r.template(), nil
}

// Templates implements prompts.Store.
func (s *Store) Templates(ctx context.Context, workspace string) ([]prompts.Template, error) {
	if err := db.AbsentUnlessStorable("sqlstore.Templates", "prompt", workspace); err != nil {
		return nil, err
	}
	var rows []promptRow
	if err := s.db.NewSelect().Model(&rows).Where("workspace_id = ?", workspace).OrderExpr(s.db.ByBytes("slug")).Scan(ctx); err != nil {
		return nil, db.Error("sqlstore.Templates", "prompt", err)
	}
	out := make([]prompts.Template, len(rows))
	for i := range rows {
		out[i] = rows[i].template()
	}
	return out, nil
}

// PutTemplate implements prompts.Store. An id of another workspace is not found.
func (s *Store) PutTemplate(ctx context.Context, t prompts.Template) error {
	if err := db.RefuseUnlessStorable("sqlstore.PutTemplate", "prompt", t.ID, t.Workspace, t.Slug, t.Name); err != nil {
		return err
	}
	const op = "sqlstore.PutTemplate"
	now := time.Now().UTC()
	if t.CreatedAt.IsZero() {
		t.CreatedAt = now
	}
	if t.UpdatedAt.IsZero() {
		t.UpdatedAt = now
	}
	r := promptRow{ID: t.ID, Workspace: t.Workspace, Slug: t.Slug, Name: t.Name, FromFile: t.FromFile, CreatedAt: db.Nanos(t.CreatedAt), UpdatedAt: db.Nanos(t.UpdatedAt)}
	err := s.db.Change(ctx, replica.Change{Kind: replica.Prompt, Workspace: t.Workspace, ID: t.ID}, func(ctx context.Context, tx bun.Tx) error {
		res, err := tx.NewInsert().Model(&r).On("CONFLICT (id) DO UPDATE").
			Set("slug = EXCLUDED.slug, name = EXCLUDED.name, from_file = EXCLUDED.from_file, updated_at = EXCLUDED.updated_at").
			Where("prompt_row.workspace_id = EXCLUDED.workspace_id").Exec(ctx)
		return db.ErrorUnlessFound(op, "prompt", res, err)
	})
	return db.Error(op, "prompt", err)
}

// DeleteTemplate implements prompts.Store.
func (s *Store) DeleteTemplate(ctx context.Context, workspace, id string) error {
	const op = "sqlstore.DeleteTemplate"
	if err := db.AbsentUnlessStorable(op, "prompt", workspace, id); err != nil {
		return err
	}
	err := s.db.Change(ctx, replica.Change{Kind: replica.Prompt, Workspace: workspace, ID: id}, func(ctx context.Context, tx bun.Tx) error {
		res, err := tx.NewDelete().Model((*promptRow)(nil)).Where("workspace_id = ?", workspace).Where("id = ?", id).Exec(ctx)
		return db.ErrorUnlessFound(op, "prompt", res, err)
	})
	return db.Error(op, "prompt", err)
}

// AddVersion implements prompts.Store.
func (s *Store) AddVersion(ctx context.Context, v prompts.Version) (prompts.Version, error) {
	if err := db.RefuseUnlessStorable("sqlstore.AddVersion", "prompt version", v.Template, v.Description, string(v.Body)); err != nil {
		return prompts.Version{}, err
	}
	var out promptVersionRow
	err := s.db.Change(ctx, replica.Change{Kind: replica.Prompt, ID: v.Template}, func(ctx context.Context, tx bun.Tx) error {
		err := tx.NewSelect().Model(&out).Where("prompt_id = ?", v.Template).Order("number DESC").Limit(1).Scan(ctx)
		switch {
		case err == nil && out.Body == string(v.Body):
			return nil
		case err != nil && !errors.Is(err, sql.ErrNoRows):
			return err
		}
		if v.CreatedAt.IsZero() {
			v.CreatedAt = time.Now().UTC()
		}
		out = promptVersionRow{Prompt: v.Template, Number: out.Number + 1, Description: v.Description, Body: string(v.Body),
			CreatedBy: v.CreatedBy, CreatedAt: db.Nanos(v.CreatedAt)}
		_, err = tx.NewInsert().Model(&out).Exec(ctx)
		return err
	})
	if err != nil {
		return prompts.Version{}, db.Error("sqlstore.AddVersion", "prompt version", err)
	}
	return out.version(), nil
}

// Versions implements prompts.Store.
func (s *Store) Versions(ctx context.Context, template string) ([]prompts.Version, error) {
	if err := db.AbsentUnlessStorable("sqlstore.Versions", "prompt version", template); err != nil {
		return nil, err
	}
	var rows []promptVersionRow
	if err := s.db.NewSelect().Model(&rows).Where("prompt_id = ?", template).Order("number DESC").Scan(ctx); err != nil {
		return nil, db.Error("sqlstore.Versions", "prompt version", err)
	}
	out := make([]prompts.Version, len(rows))
	for i := range rows {
		out[i] = rows[i].version()
	}
	return out, nil
}

// Version implements prompts.Store.
func (s *Store) Version(ctx context.Context, template string, number int) (prompts.Version, error) {
	if err := db.AbsentUnlessStorable("sqlstore.Version", "prompt version", template); err != nil {
		return prompts.Version{}, err
	}
	var r promptVersionRow
	q := s.db.NewSelect().Model(&r).Where("prompt_id = ?", template)
	if number != 0 {
		q = q.Where("number = ?", number)
	}
	if err := q.Order("number DESC").Limit(1).Scan(ctx); err != nil {
		return prompts.Version{}, db.Error("sqlstore.Version", "prompt version", err)
	}
	return r.version(), nil
}

// PutLabel implements prompts.Store.
func (s *Store) PutLabel(ctx context.Context, l prompts.Label) error {
	if err := db.RefuseUnlessStorable("sqlstore.PutLabel", "prompt label", l.Template, l.Name); err != nil {
		return err
	}
	r := promptLabelRow{Prompt: l.Template, Name: l.Name, Version: l.Version}
	err := s.db.Change(ctx, replica.Change{Kind: replica.Prompt, ID: l.Template}, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewInsert().Model(&r).On("CONFLICT (prompt_id, name) DO UPDATE").Exec(ctx)
		return err
	})
	return db.Error("sqlstore.PutLabel", "prompt label", err)
}

// Labels implements prompts.Store.
func (s *Store) Labels(ctx context.Context, template string) ([]prompts.Label, error) {
	if err := db.AbsentUnlessStorable("sqlstore.Labels", "prompt label", template); err != nil {
		return nil, err
	}
	var rows []promptLabelRow
	if err := s.db.NewSelect().Model(&rows).Where("prompt_id = ?", template).OrderExpr(s.db.ByBytes("name")).Scan(ctx); err != nil {
		return nil, db.Error("sqlstore.Labels", "prompt label", err)
	}
	out := make([]prompts.Label, len(rows))
	for i, r := range rows {
		out[i] = prompts.Label{Template: r.Prompt, Name: r.Name, Version: r.Version}
	}
	return out, nil
}
