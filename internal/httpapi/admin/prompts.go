package admin

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/prompts"
)

// Prompts administers prompt templates. workspace is an id. ref is an id or slug; Get also takes
// "@" and a version or label behind it.
type Prompts interface {
	PromptReader
	PromptWriter
	PromptEditor
}

// PromptReader reads templates.
type PromptReader interface {
	List(ctx context.Context, by *gateway.Principal, workspace string) ([]prompts.View, error)
	Get(ctx context.Context, by *gateway.Principal, workspace, ref string) (prompts.View, error)
	Versions(ctx context.Context, by *gateway.Principal, workspace, ref string) ([]prompts.VersionView, error)
}

// PromptWriter creates templates and versions.
type PromptWriter interface {
	Create(ctx context.Context, by *gateway.Principal, workspace string, d prompts.Draft) (prompts.View, error)
	AddVersion(ctx context.Context, by *gateway.Principal, workspace, ref string, d prompts.Draft) (prompts.VersionView, error)
}

// PromptEditor moves labels and deletes templates.
type PromptEditor interface {
	SetLabel(ctx context.Context, by *gateway.Principal, workspace, ref, label string, version int) (prompts.View, error)
	Delete(ctx context.Context, by *gateway.Principal, workspace, ref string) error
}

func (a *resources) promptRoutes() []operation {
	return []operation{
		{"GET", "/v1/prompts", "prompt.list", gateway.PromptsList, a.listPrompts},
		{"POST", "/v1/prompts", "prompt.create", gateway.PromptsCreate, a.createPrompt},
		{"GET", "/v1/prompts/:id", "prompt.get", gateway.PromptsRead, a.getPrompt},
		{"DELETE", "/v1/prompts/:id", "prompt.delete", gateway.PromptsDelete, a.deletePrompt},
		{"GET", "/v1/prompts/:id/versions", "prompt.versions", gateway.PromptsRead, a.listVersions},
		{"POST", "/v1/prompts/:id/versions", "prompt.version", gateway.PromptsUpdate, a.addVersion},
		{"PUT", "/v1/prompts/:id/labels/:label", "prompt.label", gateway.PromptsPublish, a.setLabel},
	}
}

type promptResponse struct {
	Object string `json:"object"`
	prompts.View
}

type versionResponse struct {
	Object string `json:"object"`
	prompts.VersionView
}

func (a *resources) listPrompts(ctx context.Context, r *request) error {
	workspace, err := r.In(ctx, r.Query("workspace"))
	if err != nil {
		return err
	}
	views, err := a.Prompts.List(ctx, r.By, workspace)
	if err != nil {
		return err
	}
	r.Reply = action.ListOf(views, func(v prompts.View) promptResponse { return promptResponse{"prompt", v} })
	return nil
}

func (a *resources) getPrompt(ctx context.Context, r *request) error {
	r.Target = r.Param("id")
	workspace, err := r.In(ctx, r.Query("workspace"))
	if err != nil {
		return err
	}
	v, err := a.Prompts.Get(ctx, r.By, workspace, r.Target)
	r.Reply = promptResponse{"prompt", v}
	return err
}

// createPrompt takes {slug, name, description, body, workspace}. body is that of the first
// version.
func (a *resources) createPrompt(ctx context.Context, r *request) error {
	f, err := action.ReadForm(ctx, r)
	if err != nil {
		return err
	}
	ref := f.Text("workspace", false)
	draft := prompts.Draft{Slug: f.Text("slug", true), Name: f.Text("name", false), Description: f.Text("description", false),
		Body: json.RawMessage(f.Object("body", true))}
	r.Target = draft.Slug
	if err := f.Done(); err != nil {
		return err
	}
	workspace, err := r.In(ctx, ref)
	if err != nil {
		return err
	}
	v, err := a.Prompts.Create(ctx, r.By, workspace, draft)
	if err != nil {
		return err
	}
	r.Target, r.Status, r.Reply = v.ID, http.StatusCreated, promptResponse{"prompt", v}
	return nil
}

func (a *resources) deletePrompt(ctx context.Context, r *request) error {
	r.Target = r.Param("id")
	workspace, err := r.In(ctx, r.Query("workspace"))
	if err != nil {
		return err
	}
	r.Reply = deleted{ID: r.Target, Deleted: true}
	return a.Prompts.Delete(ctx, r.By, workspace, r.Target)
}

func (a *resources) listVersions(ctx context.Context, r *request) error {
	r.Target = r.Param("id")
	workspace, err := r.In(ctx, r.Query("workspace"))
	if err != nil {
		return err
	}
	views, err := a.Prompts.Versions(ctx, r.By, workspace, r.Target)
	if err != nil {
		return err
	}
	r.Reply = action.ListOf(views, func(v prompts.VersionView) versionResponse { return versionResponse{"prompt.version", v} })
	return nil
}

// addVersion takes {description, body, workspace}.
func (a *resources) addVersion(ctx context.Context, r *request) error {
	r.Target = r.Param("id")
	f, err := action.ReadForm(ctx, r)
	if err != nil {
		return err
	}
	ref := f.Text("workspace", false)
	draft := prompts.Draft{Description: f.Text("description", false), Body: json.RawMessage(f.Object("body", true))}
	if err := f.Done(); err != nil {
		return err
	}
	workspace, err := r.In(ctx, ref)
	if err != nil {
		return err
	}
	v, err := a.Prompts.AddVersion(ctx, r.By, workspace, r.Target, draft)
	if err != nil {
		return err
	}
	r.Status, r.Reply = http.StatusCreated, versionResponse{"prompt.version", v}
	return nil
}

// setLabel takes {version, workspace}.
func (a *resources) setLabel(ctx context.Context, r *request) error {
	id, label := r.Param("id"), r.Param("label")
	r.Target = id + "@" + label
	f, err := action.ReadForm(ctx, r)
	if err != nil {
		return err
	}
	ref := f.Text("workspace", false)
	version := f.Count("version", true, 1)
	if err := f.Done(); err != nil {
		return err
	}
	workspace, err := r.In(ctx, ref)
	if err != nil {
		return err
	}
	v, err := a.Prompts.SetLabel(ctx, r.By, workspace, id, label, version)
	r.Reply = promptResponse{"prompt", v}
	return err
}
