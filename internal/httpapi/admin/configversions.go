package admin

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"github.com/sluicegate/sluice/gateway/route"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
)

// configVersionResponse is a version in the list of all versions of a slug.
type configVersionResponse struct {
	Object    string          `json:"object"`
	Slug      string          `json:"slug"`
	Version   int             `json:"version"`
	VersionID string          `json:"version_id"` // the same, as Portkey's clients read it
	Config    json.RawMessage `json:"config"`
	CreatedBy string          `json:"created_by"` // a member's name; "": the server's file
	Note      string          `json:"note"`
	CreatedAt time.Time       `json:"created_at"`
	DeletedAt *time.Time      `json:"deleted_at"` // of the config; null while it is there
}

// listConfigVersions lists the versions of a config, the newest first. Those of a deleted config are
// kept.
func (a *resources) listConfigVersions(ctx context.Context, r *request) error {
	r.Target = r.Param("slug")
	workspace, err := r.In(ctx, r.Query("workspace"))
	if err != nil {
		return err
	}
	all, err := a.Configs.ConfigVersions(ctx, workspace, r.Target)
	if err != nil {
		return err
	}
	out := make([]configVersionResponse, len(all))
	for i, c := range all {
		out[i] = configVersionResponse{"config.version", c.Slug, c.Version, strconv.Itoa(c.Version), c.Config, c.By, c.Note, c.CreatedAt, nil}
		if !c.DeletedAt.IsZero() {
			out[i].DeletedAt = &c.DeletedAt
		}
	}
	r.Reply = page{Object: "list", Data: out}
	return nil
}

// rollBackConfig takes {version, note, workspace}: the document of that version becomes the newest
// version.
func (a *resources) rollBackConfig(ctx context.Context, r *request) error {
	r.Target = r.Param("slug")
	f, err := action.ReadForm(ctx, r)
	if err != nil {
		return err
	}
	ref, note, version := f.Text("workspace", false), f.Text("note", false), f.Count("version", true, 1)
	if note == "" {
		note = "rollback to version " + strconv.Itoa(version)
	}
	if err := f.Done(); err != nil {
		return err
	}
	c, err := a.ownConfig(ctx, r, ref)
	if err != nil {
		return err
	}
	old, err := a.Configs.ConfigVersion(ctx, c.Workspace, c.Slug, version)
	if err != nil {
		return err
	}
	c.Config, c.By, c.Note = old.Config, r.By.MemberRef, note
	if c, err = a.Configs.PutConfig(ctx, c); err != nil {
		return err
	}
	r.Reply = configOf(c)
	return nil
}

// checkPin reports a config that pins what is no version, as in "slug@0".
func checkPin(f *form, field, config string) {
	if err := route.CheckRef("admin.checkPin", field, config); err != nil {
		f.Wrong(field, "pins no version: behind '@' stands a whole number from 1, as in 'slug@1'")
	}
}
