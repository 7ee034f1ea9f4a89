package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/route"
)

// Configs keeps saved configs. PutConfig refuses a document that is not valid, all its
// problems at once. It has route.Store's shape.
type Configs interface {
	Config(ctx context.Context, workspace, slug string) (route.Saved, error)
	Configs(ctx context.Context, workspace string) ([]route.Saved, error)
	ConfigWriter
}

// ConfigWriter changes them.
type ConfigWriter interface {
	PutConfig(ctx context.Context, s route.Saved) (route.Saved, error)
	DeleteConfig(ctx context.Context, workspace, slug string) error
}

func (s *Server) configRoutes() []adminRoute {
	return []adminRoute{
		{"GET", "/v1/configs", "config.list", gateway.ConfigsRead, s.listConfigs},
		{"POST", "/v1/configs", "config.create", gateway.ConfigsWrite, s.createConfig},
		{"GET", "/v1/configs/:slug", "config.get", gateway.ConfigsRead, s.getConfig},
		{"PUT", "/v1/configs/:slug", "config.update", gateway.ConfigsWrite, s.updateConfig},
		{"DELETE", "/v1/configs/:slug", "config.delete", gateway.ConfigsWrite, s.deleteConfig},
	}
}

type configShape struct {
	Object    string          `json:"object"`
	Slug      string          `json:"slug"`
	Name      string          `json:"name"`
	Workspace string          `json:"workspace"`
	Version   int             `json:"version"`
	Config    json.RawMessage `json:"config"`
	FromFile  bool            `json:"from_file"`
	CreatedAt time.Time       `json:"created_at"`
	UpdatedAt time.Time       `json:"updated_at"`
}

func configOf(c route.Saved) configShape {
	return configShape{"config", c.Slug, c.Name, c.Workspace, c.Version, c.Config, c.FromFile, c.CreatedAt, c.UpdatedAt}
}

func (s *Server) listConfigs(ctx context.Context, d *deed) error {
	workspace, err := d.in(ctx, d.query("workspace"))
	if err != nil {
		return err
	}
	all, err := s.Configs.Configs(ctx, workspace)
	if err != nil {
		return err
	}
	out := make([]configShape, len(all))
	for i, c := range all {
		out[i] = configOf(c)
	}
	d.reply = page{Object: "list", Data: out}
	return nil
}

func (s *Server) getConfig(ctx context.Context, d *deed) error {
	d.target = d.param("slug")
	workspace, err := d.in(ctx, d.query("workspace"))
	if err != nil {
		return err
	}
	c, err := s.Configs.Config(ctx, workspace, d.target)
	if err != nil {
		return err
	}
	d.reply = configOf(c)
	return nil
}

// createConfig takes {slug, name, config, workspace}; without a slug one is made.
func (s *Server) createConfig(ctx context.Context, d *deed) error {
	const op = "httpapi.createConfig"
	f, err := d.form()
	if err != nil {
		return err
	}
	ref := f.text("workspace", false)
	c := route.Saved{Slug: f.text("slug", false), Name: f.text("name", false), Config: f.object("config", true)}
	if c.Slug == "" {
		c.Slug = "pc-" + strings.ToLower(s.NewID(s.Now()))
	} else if !slug(c.Slug) {
		f.wrong("slug", "must be 1 to 64 letters, digits, '-', '_' or '.', beginning with a letter or digit")
	}
	if c.Name == "" {
		c.Name = c.Slug
	}
	d.target = c.Slug
	if err := f.done(); err != nil {
		return err
	}
	if c.Workspace, err = d.in(ctx, ref); err != nil {
		return err
	}
	_, err = s.Configs.Config(ctx, c.Workspace, c.Slug)
	if err == nil {
		return &gateway.Error{Op: op, Kind: gateway.Conflict, Param: "slug", Public: "There is a config '" + c.Slug + "' already."}
	}
	if gateway.AsError(err).Kind != gateway.NotFound {
		return err
	}
	if c, err = s.Configs.PutConfig(ctx, c); err != nil {
		return err
	}
	d.status, d.reply = http.StatusCreated, configOf(c)
	return nil
}

// updateConfig takes {name, config, workspace} and makes the next version.
func (s *Server) updateConfig(ctx context.Context, d *deed) error {
	d.target = d.param("slug")
	f, err := d.form()
	if err != nil {
		return err
	}
	ref, name, doc := f.text("workspace", false), f.text("name", false), f.object("config", true)
	if err := f.done(); err != nil {
		return err
	}
	c, err := s.ownConfig(ctx, d, ref)
	if err != nil {
		return err
	}
	c.Config = doc
	if name != "" {
		c.Name = name
	}
	if c, err = s.Configs.PutConfig(ctx, c); err != nil {
		return err
	}
	d.reply = configOf(c)
	return nil
}

func (s *Server) deleteConfig(ctx context.Context, d *deed) error {
	d.target = d.param("slug")
	c, err := s.ownConfig(ctx, d, d.query("workspace"))
	if err != nil {
		return err
	}
	d.reply = deleted{d.target, true}
	return s.Configs.DeleteConfig(ctx, c.Workspace, c.Slug)
}

// ownConfig finds a config that may be changed here.
func (s *Server) ownConfig(ctx context.Context, d *deed, ref string) (route.Saved, error) {
	workspace, err := d.in(ctx, ref)
	if err != nil {
		return route.Saved{}, err
	}
	c, err := s.Configs.Config(ctx, workspace, d.target)
	if err == nil && c.FromFile {
		err = &gateway.Error{Op: "httpapi.ownConfig", Kind: gateway.Conflict, Param: "slug",
			Public: "The config '" + c.Slug + "' is declared in the server's file and can only be changed there."}
	}
	return c, err
}

// slug reports whether s can stand in a path and a header.
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
