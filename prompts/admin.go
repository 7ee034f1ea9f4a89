package prompts

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// View is a template as the admin API shows it.
type View struct {
	ID        string          `json:"id"`
	Slug      string          `json:"slug"`
	Name      string          `json:"name"`
	Workspace string          `json:"workspace"`
	FromFile  bool            `json:"from_file"`
	Newest    int             `json:"newest_version"`
	Active    int             `json:"active_version"` // the version that a reference without @ resolves to; 0 = none
	Labels    map[string]int  `json:"labels"`
	Body      json.RawMessage `json:"body,omitempty"` // body of the requested version; absent in a list
	Version   int             `json:"version,omitempty"`
	CreatedAt time.Time       `json:"created_at"`
	UpdatedAt time.Time       `json:"updated_at"`
}

// VersionView is one version as the admin API shows it.
type VersionView struct {
	Prompt      string          `json:"prompt_id"`
	Number      int             `json:"version"`
	Description string          `json:"description"`
	Body        json.RawMessage `json:"body"`
	Labels      []string        `json:"labels"`
	CreatedBy   string          `json:"created_by"`
	CreatedAt   time.Time       `json:"created_at"`
}

// Draft is the input of an admin: a new template with its first version, or a new version.
type Draft struct {
	Slug        string
	Name        string // "" = the slug
	Description string // of the version
	Body        json.RawMessage
}

// List lists the templates of a workspace by slug. In this and the following methods,
// workspace is an id, and "" means the workspace of by. Another workspace is visible to
// owners only; for everybody else it is not found.
func (s *Service) List(ctx context.Context, by *gateway.Principal, workspace string) ([]View, error) {
	_, templates, err := s.authorize(ctx, by, workspace, "")
	if err != nil {
		return nil, err
	}
	out := []View{}
	for _, e := range templates.entries() {
		out = append(out, e.view())
	}
	return out, nil
}

// Get returns a template with the body that ref resolves to ("support", "support@3").
func (s *Service) Get(ctx context.Context, by *gateway.Principal, workspace, ref string) (View, error) {
	_, templates, err := s.authorize(ctx, by, workspace, "")
	if err != nil {
		return View{}, err
	}
	a, err := templates.resolve(ref)
	if err != nil {
		if e := templates.byRef[ref]; e != nil { // no version yet
			return e.view(), nil
		}
		return View{}, err
	}
	v := a.templateEntry.view()
	v.Body, v.Version = a.Body, a.Number
	return v, nil
}

// Versions lists a template's versions, newest first.
func (s *Service) Versions(ctx context.Context, by *gateway.Principal, workspace, ref string) ([]VersionView, error) {
	_, templates, err := s.authorize(ctx, by, workspace, "")
	if err != nil {
		return nil, err
	}
	e, err := templates.template(ref)
	if err != nil {
		return nil, err
	}
	out := []VersionView{}
	for n := e.newest; n > 0; n-- {
		if d := e.versions[n]; d != nil {
			out = append(out, e.version(d.Version))
		}
	}
	return out, nil
}

// Create adds a template with its first version.
func (s *Service) Create(ctx context.Context, by *gateway.Principal, workspace string, d Draft) (View, error) {
	const op = "prompts.Create"
	workspace, templates, err := s.authorize(ctx, by, workspace, gateway.PromptsCreate)
	if err != nil {
		return View{}, err
	}
	var ps problems
	if complaint := SlugProblem(d.Slug); complaint != "" {
		ps.add("slug", complaint)
	}
	ps = append(ps, templates.check(nil, d.Body)...)
	if err := ps.asError(op); err != nil {
		return View{}, err
	}
	if templates.byRef[d.Slug] != nil {
		return View{}, &gateway.Error{Op: op, Kind: gateway.Conflict, Param: "slug", Public: "A prompt '" + d.Slug + "' exists already."}
	}
	if d.Name == "" {
		d.Name = d.Slug
	}
	t := Template{ID: s.newID(), Workspace: workspace, Slug: d.Slug, Name: d.Name, CreatedAt: s.now(), UpdatedAt: s.now()}
	defer s.invalidate(workspace)
	if err := s.store.PutTemplate(ctx, t); err != nil {
		return View{}, err
	}
	if _, err := s.store.AddVersion(ctx, s.version(t.ID, by, d)); err != nil {
		if undo := s.store.DeleteTemplate(context.WithoutCancel(ctx), workspace, t.ID); undo != nil {
			return View{}, &gateway.Error{Op: op, Kind: gateway.Internal, Public: "The prompt was created without a version.", Err: undo}
		}
		return View{}, err
	}
	s.invalidate(workspace)
	return s.Get(ctx, by, workspace, t.ID)
}

func (s *Service) version(template string, by *gateway.Principal, d Draft) Version {
	return Version{Template: template, Description: d.Description, Body: d.Body, CreatedBy: by.Member, CreatedAt: s.now()}
}

// AddVersion adds the next version of a template. An unchanged body returns the newest
// version. A reference without @ resolves to the new version at once, unless the label
// "published" points to another.
func (s *Service) AddVersion(ctx context.Context, by *gateway.Principal, workspace, ref string, d Draft) (VersionView, error) {
	workspace, templates, e, err := s.editable(ctx, by, workspace, ref, gateway.PromptsUpdate)
	if err != nil {
		return VersionView{}, err
	}
	if err := templates.check(e, d.Body).asError("prompts.AddVersion"); err != nil {
		return VersionView{}, err
	}
	defer s.invalidate(workspace)
	v, err := s.store.AddVersion(ctx, s.version(e.ID, by, d))
	if err != nil {
		return VersionView{}, err
	}
	return e.version(v), nil
}

// SetLabel points a label at a version. A reference without @ resolves to the label
// "published".
func (s *Service) SetLabel(ctx context.Context, by *gateway.Principal, workspace, ref, label string, version int) (View, error) {
	const op = "prompts.SetLabel"
	workspace, _, e, err := s.editable(ctx, by, workspace, ref, gateway.PromptsPublish)
	if err != nil {
		return View{}, err
	}
	if complaint := LabelProblem(label); complaint != "" {
		return View{}, gateway.InvalidField(op, "label", "The label "+complaint+".")
	}
	if e.versions[version] == nil {
		return View{}, gateway.InvalidField(op, "version", "The prompt '"+e.Slug+"' has no version "+strconv.Itoa(version)+".")
	}
	defer s.invalidate(workspace)
	if err := s.store.PutLabel(ctx, Label{Template: e.ID, Name: label, Version: version}); err != nil {
		return View{}, err
	}
	s.invalidate(workspace)
	return s.Get(ctx, by, workspace, e.ID)
}

// Delete deletes a template with all its versions.
func (s *Service) Delete(ctx context.Context, by *gateway.Principal, workspace, ref string) error {
	workspace, _, e, err := s.editable(ctx, by, workspace, ref, gateway.PromptsDelete)
	if err != nil {
		return err
	}
	defer s.invalidate(workspace)
	return s.store.DeleteTemplate(ctx, workspace, e.ID)
}

// ConfigOf returns the slug of the config that the version resolved from ref names, "" if
// none. A template that does not exist has no config; the prompt stage reports the error.
func (s *Service) ConfigOf(ctx context.Context, workspace, ref string) (string, error) {
	templates, err := s.workspaceTemplates(ctx, workspace)
	if err != nil {
		return "", err
	}
	a, err := templates.resolve(ref)
	if err != nil {
		return "", nil
	}
	exp, err := templates.experiment(a)
	if err != nil {
		return "", nil
	}
	return exp.config, nil
}

// authorize returns the templates of a workspace if by sees it and has the permission; "" is
// reading, which the route has allowed.
func (s *Service) authorize(ctx context.Context, by *gateway.Principal, workspace string, need gateway.Permission) (string, *workspaceTemplates, error) {
	const op = "prompts.authorize"
	if by == nil {
		return "", nil, &gateway.Error{Op: op, Kind: gateway.Unauthorized, Public: "An API key is needed."}
	}
	if workspace == "" {
		workspace = by.Workspace
	}
	if !by.Sees(workspace) {
		return "", nil, &gateway.Error{Op: op, Kind: gateway.NotFound, Param: "workspace", Public: "There is no such workspace."}
	}
	if need != "" {
		if err := gateway.Require(op, by, need); err != nil {
			return "", nil, err
		}
	}
	templates, err := s.workspaceTemplates(ctx, workspace)
	return workspace, templates, err
}

// editable returns a template for which by has the permission.
func (s *Service) editable(ctx context.Context, by *gateway.Principal, workspace, ref string, need gateway.Permission) (string, *workspaceTemplates, *templateEntry, error) {
	workspace, templates, err := s.authorize(ctx, by, workspace, need)
	if err != nil {
		return "", nil, nil, err
	}
	e, err := templates.template(ref)
	if err != nil {
		return "", nil, nil, err
	}
	if e.FromFile {
		return "", nil, nil, &gateway.Error{Op: "prompts.editable", Kind: gateway.Conflict, Param: "id",
			Public: "The prompt '" + e.Slug + "' is declared in a file of the server and can only be changed there."}
	}
	return workspace, templates, e, nil
}

// SlugProblem returns what is wrong with a slug, "" if it is valid.
func SlugProblem(slug string) string {
	switch {
	case slug == "":
		return "is missing"
	case len(slug) > 100:
		return "is longer than 100 characters"
	case strings.HasPrefix(slug, "pp-"):
		return "must not begin with 'pp-', as ids do"
	case !validName(slug):
		return "must be letters, digits, '-', '_' and '.', beginning with a letter or digit"
	}
	return ""
}

// LabelProblem returns what is wrong with a label, "" if it is valid.
func LabelProblem(label string) string {
	switch {
	case label == "latest":
		return "'latest' always means the newest version"
	case label != "" && strings.Trim(label, "0123456789") == "":
		return "must not be a number: that means a version"
	case len(label) > 100 || !validName(label):
		return "must be letters, digits, '-', '_' and '.', beginning with a letter or digit"
	}
	return ""
}

// validName reports whether s may be part of a path and of {{>s}}.
func validName(s string) bool {
	for i, c := range s {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !letter && (i == 0 || c != '-' && c != '_' && c != '.') {
			return false
		}
	}
	return s != ""
}
