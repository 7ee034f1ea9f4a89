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
	Active    int             `json:"active_version"` // what a reference without @ gets; 0 = none
	Labels    map[string]int  `json:"labels"`
	Body      json.RawMessage `json:"body,omitempty"` // of the version asked for; not in a list
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

// Draft is what an admin writes: a new template with its first version, or a version.
type Draft struct {
	Slug        string
	Name        string // "" = the slug
	Description string // of the version
	Body        json.RawMessage
}

// List gives the templates of a workspace by slug. Here and below, workspace is an id, ""
// for by's own; another's is for owners, and absent for everybody else.
func (s *Service) List(ctx context.Context, by *gateway.Principal, workspace string) ([]View, error) {
	_, sh, err := s.reach(ctx, by, workspace, false)
	if err != nil {
		return nil, err
	}
	out := []View{}
	for _, e := range sh.entries() {
		out = append(out, e.view())
	}
	return out, nil
}

// Get shows a template with the body that ref means ("support", "support@3").
func (s *Service) Get(ctx context.Context, by *gateway.Principal, workspace, ref string) (View, error) {
	_, sh, err := s.reach(ctx, by, workspace, false)
	if err != nil {
		return View{}, err
	}
	a, err := sh.find(ref)
	if err != nil {
		if e := sh.byRef[ref]; e != nil { // no version yet
			return e.view(), nil
		}
		return View{}, err
	}
	v := a.entry.view()
	v.Body, v.Version = a.Body, a.Number
	return v, nil
}

// Versions lists a template's versions, newest first.
func (s *Service) Versions(ctx context.Context, by *gateway.Principal, workspace, ref string) ([]VersionView, error) {
	_, sh, err := s.reach(ctx, by, workspace, false)
	if err != nil {
		return nil, err
	}
	e, err := sh.entry(ref)
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

// Create makes a template with its first version.
func (s *Service) Create(ctx context.Context, by *gateway.Principal, workspace string, d Draft) (View, error) {
	const op = "prompts.Create"
	workspace, sh, err := s.reach(ctx, by, workspace, true)
	if err != nil {
		return View{}, err
	}
	var ps problems
	if complaint := SlugProblem(d.Slug); complaint != "" {
		ps.add("slug", complaint)
	}
	ps = append(ps, sh.check(nil, d.Body)...)
	if err := ps.refusal(op); err != nil {
		return View{}, err
	}
	if sh.byRef[d.Slug] != nil {
		return View{}, &gateway.Error{Op: op, Kind: gateway.Conflict, Param: "slug", Public: "A prompt '" + d.Slug + "' exists already."}
	}
	if d.Name == "" {
		d.Name = d.Slug
	}
	t := Template{ID: s.newID(), Workspace: workspace, Slug: d.Slug, Name: d.Name, CreatedAt: s.now(), UpdatedAt: s.now()}
	defer s.drop(workspace)
	if err := s.store.PutTemplate(ctx, t); err != nil {
		return View{}, err
	}
	if _, err := s.store.AddVersion(ctx, s.version(t.ID, by, d)); err != nil {
		if undo := s.store.DeleteTemplate(context.WithoutCancel(ctx), workspace, t.ID); undo != nil {
			return View{}, &gateway.Error{Op: op, Kind: gateway.Internal, Public: "The prompt was created without a version.", Err: undo}
		}
		return View{}, err
	}
	s.drop(workspace)
	return s.Get(ctx, by, workspace, t.ID)
}

func (s *Service) version(template string, by *gateway.Principal, d Draft) Version {
	return Version{Template: template, Description: d.Description, Body: d.Body, CreatedBy: by.Member, CreatedAt: s.now()}
}

// AddVersion adds the next version of a template; an unchanged body is the newest again.
// A reference without @ gets it at once, unless the label "published" points elsewhere.
func (s *Service) AddVersion(ctx context.Context, by *gateway.Principal, workspace, ref string, d Draft) (VersionView, error) {
	workspace, sh, e, err := s.own(ctx, by, workspace, ref)
	if err != nil {
		return VersionView{}, err
	}
	if err := sh.check(e, d.Body).refusal("prompts.AddVersion"); err != nil {
		return VersionView{}, err
	}
	defer s.drop(workspace)
	v, err := s.store.AddVersion(ctx, s.version(e.ID, by, d))
	if err != nil {
		return VersionView{}, err
	}
	return e.version(v), nil
}

// SetLabel points a label at a version. The label "published" is what a reference without
// @ means.
func (s *Service) SetLabel(ctx context.Context, by *gateway.Principal, workspace, ref, label string, version int) (View, error) {
	const op = "prompts.SetLabel"
	workspace, _, e, err := s.own(ctx, by, workspace, ref)
	if err != nil {
		return View{}, err
	}
	if complaint := LabelProblem(label); complaint != "" {
		return View{}, gateway.InvalidField(op, "label", "The label "+complaint+".")
	}
	if e.versions[version] == nil {
		return View{}, gateway.InvalidField(op, "version", "The prompt '"+e.Slug+"' has no version "+strconv.Itoa(version)+".")
	}
	defer s.drop(workspace)
	if err := s.store.PutLabel(ctx, Label{Template: e.ID, Name: label, Version: version}); err != nil {
		return View{}, err
	}
	s.drop(workspace)
	return s.Get(ctx, by, workspace, e.ID)
}

// Delete removes a template with all its versions.
func (s *Service) Delete(ctx context.Context, by *gateway.Principal, workspace, ref string) error {
	workspace, _, e, err := s.own(ctx, by, workspace, ref)
	if err != nil {
		return err
	}
	defer s.drop(workspace)
	return s.store.DeleteTemplate(ctx, workspace, e.ID)
}

// ConfigOf gives the slug of the config that the version meant by ref carries, "" if none.
// What is absent carries none: the prompt stage says so.
func (s *Service) ConfigOf(ctx context.Context, workspace, ref string) (string, error) {
	sh, err := s.shelf(ctx, workspace)
	if err != nil {
		return "", err
	}
	a, err := sh.find(ref)
	if err != nil {
		return "", nil
	}
	exp, err := sh.experiment(a)
	if err != nil {
		return "", nil
	}
	return exp.config, nil
}

// reach gives the shelf of a workspace that by may see, or change.
func (s *Service) reach(ctx context.Context, by *gateway.Principal, workspace string, write bool) (string, *shelf, error) {
	const op = "prompts.reach"
	if by == nil {
		return "", nil, &gateway.Error{Op: op, Kind: gateway.Unauthorized, Public: "An API key is needed."}
	}
	if workspace == "" {
		workspace = by.Workspace
	}
	if !by.Sees(workspace) {
		return "", nil, &gateway.Error{Op: op, Kind: gateway.NotFound, Param: "workspace", Public: "There is no such workspace."}
	}
	if write && !by.May(gateway.PromptsWrite) {
		return "", nil, &gateway.Error{Op: op, Kind: gateway.Forbidden, Public: "Prompts are changed by admins and owners."}
	}
	sh, err := s.shelf(ctx, workspace)
	return workspace, sh, err
}

// own finds a template that by may change.
func (s *Service) own(ctx context.Context, by *gateway.Principal, workspace, ref string) (string, *shelf, *entry, error) {
	workspace, sh, err := s.reach(ctx, by, workspace, true)
	if err != nil {
		return "", nil, nil, err
	}
	e, err := sh.entry(ref)
	if err != nil {
		return "", nil, nil, err
	}
	if e.FromFile {
		return "", nil, nil, &gateway.Error{Op: "prompts.own", Kind: gateway.Conflict, Param: "id",
			Public: "The prompt '" + e.Slug + "' is declared in a file of the server and can only be changed there."}
	}
	return workspace, sh, e, nil
}

// SlugProblem says what is wrong with a slug, "" if nothing.
func SlugProblem(slug string) string {
	switch {
	case slug == "":
		return "is missing"
	case len(slug) > 100:
		return "is longer than 100 characters"
	case strings.HasPrefix(slug, "pp-"):
		return "must not begin with 'pp-', as ids do"
	case !plain(slug):
		return "must be letters, digits, '-', '_' and '.', beginning with a letter or digit"
	}
	return ""
}

// LabelProblem says what is wrong with a label, "" if nothing.
func LabelProblem(label string) string {
	switch {
	case label == "latest":
		return "'latest' always means the newest version"
	case label != "" && strings.Trim(label, "0123456789") == "":
		return "must not be a number: that means a version"
	case len(label) > 100 || !plain(label):
		return "must be letters, digits, '-', '_' and '.', beginning with a letter or digit"
	}
	return ""
}

// plain reports whether s can stand in a path and in {{>s}}.
func plain(s string) bool {
	for i, c := range s {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !letter && (i == 0 || c != '-' && c != '_' && c != '.') {
			return false
		}
	}
	return s != ""
}
