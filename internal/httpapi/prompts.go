package httpapi

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/prompts"
)

// Prompts keeps templates. workspace is an id; ref is an id or slug, with "@" and a
// version or label where that makes sense.
type Prompts interface {
	PromptReader
	PromptWriter
	PromptEditor
}

// PromptReader shows templates.
type PromptReader interface {
	List(ctx context.Context, by *gateway.Principal, workspace string) ([]prompts.View, error)
	Get(ctx context.Context, by *gateway.Principal, workspace, ref string) (prompts.View, error)
	Versions(ctx context.Context, by *gateway.Principal, workspace, ref string) ([]prompts.VersionView, error)
}

// PromptWriter adds to them.
type PromptWriter interface {
	Create(ctx context.Context, by *gateway.Principal, workspace string, d prompts.Draft) (prompts.View, error)
	AddVersion(ctx context.Context, by *gateway.Principal, workspace, ref string, d prompts.Draft) (prompts.VersionView, error)
}

// PromptEditor changes what may change.
type PromptEditor interface {
	SetLabel(ctx context.Context, by *gateway.Principal, workspace, ref, label string, version int) (prompts.View, error)
	Delete(ctx context.Context, by *gateway.Principal, workspace, ref string) error
}

func (s *Server) promptRoutes() []adminRoute {
	return []adminRoute{
		{"GET", "/v1/prompts", "prompt.list", gateway.PromptsRead, s.listPrompts},
		{"POST", "/v1/prompts", "prompt.create", gateway.PromptsWrite, s.createPrompt},
		{"GET", "/v1/prompts/:id", "prompt.get", gateway.PromptsRead, s.getPrompt},
		{"DELETE", "/v1/prompts/:id", "prompt.delete", gateway.PromptsWrite, s.deletePrompt},
		{"GET", "/v1/prompts/:id/versions", "prompt.versions", gateway.PromptsRead, s.listVersions},
		{"POST", "/v1/prompts/:id/versions", "prompt.version", gateway.PromptsWrite, s.addVersion},
		{"PUT", "/v1/prompts/:id/labels/:label", "prompt.label", gateway.PromptsWrite, s.setLabel},
	}
}

type promptShape struct {
	Object string `json:"object"`
	prompts.View
}

type versionShape struct {
	Object string `json:"object"`
	prompts.VersionView
}

func (s *Server) listPrompts(ctx context.Context, d *deed) error {
	workspace, err := d.in(ctx, d.query("workspace"))
	if err != nil {
		return err
	}
	views, err := s.Prompts.List(ctx, d.by, workspace)
	if err != nil {
		return err
	}
	out := make([]promptShape, len(views))
	for i, v := range views {
		out[i] = promptShape{"prompt", v}
	}
	d.reply = page{Object: "list", Data: out}
	return nil
}

func (s *Server) getPrompt(ctx context.Context, d *deed) error {
	d.target = d.param("id")
	workspace, err := d.in(ctx, d.query("workspace"))
	if err != nil {
		return err
	}
	v, err := s.Prompts.Get(ctx, d.by, workspace, d.target)
	d.reply = promptShape{"prompt", v}
	return err
}

// createPrompt takes {slug, name, description, body, workspace}; body is the first
// version's.
func (s *Server) createPrompt(ctx context.Context, d *deed) error {
	f, err := d.form()
	if err != nil {
		return err
	}
	ref := f.text("workspace", false)
	draft := prompts.Draft{Slug: f.text("slug", true), Name: f.text("name", false), Description: f.text("description", false),
		Body: json.RawMessage(f.object("body", true))}
	d.target = draft.Slug
	if err := f.done(); err != nil {
		return err
	}
	workspace, err := d.in(ctx, ref)
	if err != nil {
		return err
	}
	v, err := s.Prompts.Create(ctx, d.by, workspace, draft)
	if err != nil {
		return err
	}
	d.target, d.status, d.reply = v.ID, http.StatusCreated, promptShape{"prompt", v}
	return nil
}

func (s *Server) deletePrompt(ctx context.Context, d *deed) error {
	d.target = d.param("id")
	workspace, err := d.in(ctx, d.query("workspace"))
	if err != nil {
		return err
	}
	d.reply = deleted{d.target, true}
	return s.Prompts.Delete(ctx, d.by, workspace, d.target)
}

func (s *Server) listVersions(ctx context.Context, d *deed) error {
	d.target = d.param("id")
	workspace, err := d.in(ctx, d.query("workspace"))
	if err != nil {
		return err
	}
	views, err := s.Prompts.Versions(ctx, d.by, workspace, d.target)
	if err != nil {
		return err
	}
	out := make([]versionShape, len(views))
	for i, v := range views {
		out[i] = versionShape{"prompt.version", v}
	}
	d.reply = page{Object: "list", Data: out}
	return nil
}

// addVersion takes {description, body, workspace}.
func (s *Server) addVersion(ctx context.Context, d *deed) error {
	d.target = d.param("id")
	f, err := d.form()
	if err != nil {
		return err
	}
	ref := f.text("workspace", false)
	draft := prompts.Draft{Description: f.text("description", false), Body: json.RawMessage(f.object("body", true))}
	if err := f.done(); err != nil {
		return err
	}
	workspace, err := d.in(ctx, ref)
	if err != nil {
		return err
	}
	v, err := s.Prompts.AddVersion(ctx, d.by, workspace, d.target, draft)
	if err != nil {
		return err
	}
	d.status, d.reply = http.StatusCreated, versionShape{"prompt.version", v}
	return nil
}

// setLabel takes {version, workspace}.
func (s *Server) setLabel(ctx context.Context, d *deed) error {
	id, label := d.param("id"), d.param("label")
	d.target = id + "@" + label
	f, err := d.form()
	if err != nil {
		return err
	}
	ref := f.text("workspace", false)
	version := f.count("version", true, 1)
	if err := f.done(); err != nil {
		return err
	}
	workspace, err := d.in(ctx, ref)
	if err != nil {
		return err
	}
	v, err := s.Prompts.SetLabel(ctx, d.by, workspace, id, label, version)
	d.reply = promptShape{"prompt", v}
	return err
}
