package prompts

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/sluicegate/sluice/gateway"
)

// Declared is a template that the operator declares in a file. The admin API shows it as
// read-only.
type Declared struct {
	Path        string // of the file, for messages
	Slug        string
	Name        string // "" = the slug
	Description string
	Workspace   string // its name
	Labels      []string
	Body        json.RawMessage
}

// CheckBody returns every problem of a body, without the references to partials and other
// versions, which only a Service can resolve.
func CheckBody(raw json.RawMessage) []Problem {
	b, ps := parseBody(raw)
	if b != nil {
		refers := false
		compiled, more := compile(b, 0, resolvable(b, &refers))
		if len(more) == 0 && !refers { // else not all variables are known
			checkTestCases(b.cases, compiled.arms, &ps)
		}
		ps = append(ps, more...)
	}
	return ps
}

// resolvable returns references that resolve every reference of b. refers becomes true if
// there is one.
func resolvable(b *body, refers *bool) references {
	return references{
		version: func(int) (*body, error) {
			*refers = true
			return &body{armText: armText{messages: b.messages}, by: "member"}, nil
		},
		partial: func(string) (string, error) {
			*refers = true
			return "", nil
		},
	}
}

// Declare makes the store match the declarations: a changed body becomes the next version,
// and a declared template that is missing from the declarations is deleted. workspace returns
// the id of a workspace by its name. A template that was created through the admin API is
// never replaced: a declaration with its slug is a Conflict.
func (s *Service) Declare(ctx context.Context, declarations []Declared, workspace func(ctx context.Context, name string) (id string, err error)) error {
	const op = "prompts.Declare"
	declared := map[string][]string{} // workspace id → slugs
	if id, err := workspace(ctx, "default"); err == nil {
		declared[id] = nil
	}
	for _, d := range declarations {
		id, err := workspace(ctx, d.Workspace)
		if err != nil {
			return err
		}
		declared[id] = append(declared[id], d.Slug)
		if err := s.declare(ctx, id, d); err != nil {
			return err
		}
	}
	for id, slugs := range declared {
		s.invalidate(id)
		templates, err := s.workspaceTemplates(ctx, id)
		if err != nil {
			return err
		}
		for _, e := range templates.entries() {
			if e.FromFile && !slices.Contains(slugs, e.Slug) {
				if err := s.store.DeleteTemplate(ctx, id, e.ID); err != nil {
					return err
				}
			}
		}
		s.invalidate(id)
	}
	for _, d := range declarations { // a partial may be declared after the template that uses it
		id, err := workspace(ctx, d.Workspace)
		if err != nil {
			return err
		}
		templates, err := s.workspaceTemplates(ctx, id)
		if err != nil {
			return err
		}
		e, err := templates.template(d.Slug)
		if err != nil {
			return err
		}
		if ps := templates.check(e, d.Body); len(ps) > 0 {
			return gateway.InvalidField(op, d.Path, d.Path+": "+ps[0].String())
		}
	}
	return nil
}

func (s *Service) declare(ctx context.Context, workspace string, d Declared) error {
	t, err := s.store.Template(ctx, workspace, d.Slug)
	switch e := gateway.AsError(err); {
	case err == nil && !t.FromFile:
		return &gateway.Error{Op: "prompts.Declare", Kind: gateway.Conflict, Param: "slug",
			Public: d.Path + ": a prompt '" + d.Slug + "' was made through the admin API; delete it, or give the file another slug"}
	case err == nil:
	case e.Kind == gateway.NotFound:
		t = Template{ID: s.newID(), Workspace: workspace, Slug: d.Slug, FromFile: true, CreatedAt: s.now()}
	default:
		return err
	}
	name := d.Name
	if name == "" {
		name = d.Slug
	}
	if t.Name != name || err != nil {
		t.Name, t.UpdatedAt = name, s.now()
		if err := s.store.PutTemplate(ctx, t); err != nil {
			return err
		}
	}
	v, err := s.store.AddVersion(ctx, Version{Template: t.ID, Description: d.Description, Body: d.Body, CreatedBy: "file", CreatedAt: s.now()})
	if err != nil {
		return err
	}
	for _, label := range d.Labels {
		if err := s.store.PutLabel(ctx, Label{Template: t.ID, Name: label, Version: v.Number}); err != nil {
			return err
		}
	}
	return nil
}
