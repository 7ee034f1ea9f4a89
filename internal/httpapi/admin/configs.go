package admin

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/route"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
)

// Configs stores saved configs. PutConfig refuses an invalid document and reports all its
// problems at once. It has the methods of route.Store.
type Configs interface {
	Config(ctx context.Context, workspace, slug string) (route.Saved, error)
	Configs(ctx context.Context, workspace string) ([]route.Saved, error)
	ConfigVersion(ctx context.Context, workspace, slug string, version int) (route.Saved, error)
	ConfigVersions(ctx context.Context, workspace, slug string) ([]route.Saved, error)
	ConfigWriter
}

// ConfigWriter changes saved configs.
type ConfigWriter interface {
	PutConfig(ctx context.Context, s route.Saved) (route.Saved, error)
	DeleteConfig(ctx context.Context, workspace, slug string) error
}

func (a *resources) configRoutes() []operation {
	return []operation{
		{"GET", "/v1/configs", "config.list", gateway.ConfigsList, a.listConfigs},
		{"POST", "/v1/configs", "config.create", gateway.ConfigsCreate, a.createConfig},
		{"GET", "/v1/configs/:slug", "config.get", gateway.ConfigsRead, a.getConfig},
		{"PUT", "/v1/configs/:slug", "config.update", gateway.ConfigsUpdate, a.updateConfig},
		{"DELETE", "/v1/configs/:slug", "config.delete", gateway.ConfigsDelete, a.deleteConfig},
		{"GET", "/v1/configs/:slug/versions", "config.versions", gateway.ConfigsRead, a.listConfigVersions},
		{"POST", "/v1/configs/:slug/rollback", "config.rollback", gateway.ConfigsUpdate, a.rollBackConfig},
	}
}

type configResponse struct {
	Object    string          `json:"object"`
	Slug      string          `json:"slug"`
	Name      string          `json:"name"`
	Workspace string          `json:"workspace"`
	Version   int             `json:"version"`
	Config    json.RawMessage `json:"config"`
	FromFile  bool            `json:"from_file"`
	CreatedBy string          `json:"created_by"` // who made the version: a member's name; "": the server's file
	Note      string          `json:"note"`       // why
	CreatedAt time.Time       `json:"created_at"`
	UpdatedAt time.Time       `json:"updated_at"`
	portkeyConfig
}

// portkeyConfig has the fields by which Portkey's clients read a config, beside ours.
type portkeyConfig struct {
	ID          string    `json:"id"` // the slug
	VersionID   string    `json:"version_id"`
	WorkspaceID string    `json:"workspace_id"`
	Status      string    `json:"status"` // "active"
	Format      string    `json:"format"` // "json"
	ChangedAt   time.Time `json:"last_updated_at"`
}

func configOf(c route.Saved) configResponse {
	return configResponse{"config", c.Slug, c.Name, c.Workspace, c.Version, c.Config, c.FromFile, c.By, c.Note, c.CreatedAt, c.UpdatedAt,
		portkeyConfig{c.Slug, strconv.Itoa(c.Version), c.Workspace, "active", "json", c.UpdatedAt}}
}

func (a *resources) listConfigs(ctx context.Context, r *request) error {
	workspace, err := r.In(ctx, r.Query("workspace"))
	if err != nil {
		return err
	}
	all, err := a.Configs.Configs(ctx, workspace)
	if err != nil {
		return err
	}
	out := action.ListOf(all, configOf)
	out.Total = len(all)
	r.Reply = out
	return nil
}

func (a *resources) getConfig(ctx context.Context, r *request) error {
	r.Target = r.Param("slug")
	workspace, err := r.In(ctx, r.Query("workspace"))
	if err != nil {
		return err
	}
	c, err := a.Configs.Config(ctx, workspace, r.Target)
	if err != nil {
		return err
	}
	r.Reply = configOf(c)
	return nil
}

// createConfig takes {slug, name, config, note, workspace}. Without a slug it makes one.
func (a *resources) createConfig(ctx context.Context, r *request) error {
	const op = "admin.createConfig"
	f, err := action.ReadForm(ctx, r)
	if err != nil {
		return err
	}
	ref := f.Text("workspace", false)
	c := route.Saved{Slug: f.Text("slug", false), Name: f.Text("name", false), Config: f.Object("config", true), By: r.By.MemberRef, Note: f.Text("note", false)}
	if c.Slug == "" {
		c.Slug = "pc-" + strings.ToLower(r.NewID())
	} else if !slug(c.Slug) {
		f.Wrong("slug", "must be 1 to 64 letters, digits, '-', '_' or '.', beginning with a letter or digit")
	}
	if c.Name == "" {
		c.Name = c.Slug
	}
	f.Idle(": the default config is one of the workspace's settings, see PUT /v1/workspaces/{name}", "isDefault")
	r.Target = c.Slug
	if err := f.Done(); err != nil {
		return err
	}
	if c.Workspace, err = r.In(ctx, ref); err != nil {
		return err
	}
	_, err = a.Configs.Config(ctx, c.Workspace, c.Slug)
	if err == nil {
		return &gateway.Error{Op: op, Kind: gateway.Conflict, Param: "slug", Public: "There is a config '" + c.Slug + "' already."}
	}
	if gateway.AsError(err).Kind != gateway.NotFound {
		return err
	}
	if c, err = a.Configs.PutConfig(ctx, c); err != nil {
		return err
	}
	r.Status, r.Reply = http.StatusCreated, configOf(c)
	return nil
}

// updateConfig takes {name, config, note, workspace} and makes the next version.
func (a *resources) updateConfig(ctx context.Context, r *request) error {
	r.Target = r.Param("slug")
	f, err := action.ReadForm(ctx, r)
	if err != nil {
		return err
	}
	ref, name, note, doc := f.Text("workspace", false), f.Text("name", false), f.Text("note", false), f.Object("config", true)
	f.Same("slug", r.Target) // portkey-ai repeats the path in the body
	f.Same("status", "active")
	if err := f.Done(); err != nil {
		return err
	}
	c, err := a.ownConfig(ctx, r, ref)
	if err != nil {
		return err
	}
	c.Config, c.By, c.Note = doc, r.By.MemberRef, note
	if name != "" {
		c.Name = name
	}
	if c, err = a.Configs.PutConfig(ctx, c); err != nil {
		return err
	}
	r.Reply = configOf(c)
	return nil
}

func (a *resources) deleteConfig(ctx context.Context, r *request) error {
	r.Target = r.Param("slug")
	c, err := a.ownConfig(ctx, r, r.Query("workspace"))
	if err != nil {
		return err
	}
	if err := a.checkUnused(ctx, r, c); err != nil {
		return err
	}
	r.Reply = deleted{ID: r.Target, Deleted: true}
	return a.Configs.DeleteConfig(ctx, c.Workspace, c.Slug)
}

// checkUnused refuses to delete a config whose end would refuse every call of an API key or of a
// workspace. A version that is pinned (slug@2) stays.
func (a *resources) checkUnused(ctx context.Context, r *request, c route.Saved) error {
	const op = "admin.checkUnused"
	var users []string
	if a.Workspaces != nil {
		all, err := a.Workspaces.Workspaces(ctx, r.By)
		if err != nil {
			return err
		}
		for _, w := range all {
			if w.ID == c.Workspace && w.Config == c.Slug {
				users = append(users, "the workspace '"+w.Name+"'")
			}
		}
	}
	if a.APIKeys != nil {
		keys, err := a.APIKeys.APIKeys(ctx, r.By, c.Workspace)
		if err != nil {
			return err
		}
		for _, k := range keys {
			if k.Workspace == c.Workspace && k.Config == c.Slug {
				users = append(users, "the API key '"+k.Name+"'")
			}
		}
	}
	if len(users) == 0 {
		return nil
	}
	const named = 3 // a workspace may have thousands of keys
	more := ""
	if n := len(users) - named; n > 0 {
		users, more = users[:named], " and "+strconv.Itoa(n)+" more"
	}
	return &gateway.Error{Op: op, Kind: gateway.Conflict, Param: "slug",
		Public: "The config '" + c.Slug + "' is that of " + strings.Join(users, ", ") + more + ", whose calls would be refused without it. Give them another one first."}
}

// checkConfig refuses a config that a workspace does not have as the one of its calls.
func (a *resources) checkConfig(ctx context.Context, op, workspace, config string) error {
	if config == "" || a.Configs == nil {
		return nil
	}
	_, err := a.Configs.Config(ctx, workspace, config)
	if err == nil {
		return nil
	}
	switch e := gateway.AsError(err); {
	case e.Code == route.CodeVersion:
		return gateway.InvalidField(op, "config", e.Public)
	case e.Kind == gateway.NotFound:
		return gateway.InvalidField(op, "config", "There is no config '"+gateway.Clip(config, 100)+"' in this workspace.")
	}
	return err
}

// ownConfig finds a config that the API may change: one that the file does not declare.
func (a *resources) ownConfig(ctx context.Context, r *request, ref string) (route.Saved, error) {
	workspace, err := r.In(ctx, ref)
	if err != nil {
		return route.Saved{}, err
	}
	c, err := a.Configs.Config(ctx, workspace, r.Target)
	if err == nil && c.Slug != r.Target {
		err = gateway.InvalidField("admin.ownConfig", "slug", "A version of a config does not change: name the config without '@'.")
	}
	if err == nil && c.FromFile {
		err = &gateway.Error{Op: "admin.ownConfig", Kind: gateway.Conflict, Param: "slug",
			Public: "The config '" + c.Slug + "' is declared in the server's file and can only be changed there."}
	}
	return c, err
}

// slug reports whether s can be the slug of a config.
func slug(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !letter && (i == 0 || c != '-' && c != '_' && c != '.') {
			return false
		}
	}
	return s != "" && len(s) <= 64
}
