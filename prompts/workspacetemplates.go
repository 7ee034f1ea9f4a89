package prompts

import (
	"slices"
	"strings"

	"github.com/sluicegate/sluice/gateway"
)

// entries lists the templates by slug.
func (templates *workspaceTemplates) entries() []*templateEntry {
	var out []*templateEntry
	for ref, e := range templates.byRef {
		if ref == e.ID {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b *templateEntry) int { return strings.Compare(a.Slug, b.Slug) })
	return out
}

// template finds a template by id or slug. It ignores an @ and what follows.
func (templates *workspaceTemplates) template(ref string) (*templateEntry, error) {
	name, _, _ := strings.Cut(ref, "@")
	if e := templates.byRef[name]; e != nil {
		return e, nil
	}
	return nil, &gateway.Error{Op: "prompts.template", Kind: gateway.NotFound, Param: "id", Code: "prompt_not_found", Public: "There is no prompt '" + name + "'."}
}

// check compiles a body as a new version of e, and returns its problems. e is nil for a new
// template.
func (templates *workspaceTemplates) check(e *templateEntry, raw []byte) problems {
	b, ps := parseBody(raw)
	if b == nil {
		return ps
	}
	compiled, more := compile(b, 0, templates.references(e))
	if len(more) == 0 {
		checkTestCases(b.cases, compiled.arms, &ps)
	}
	return append(ps, more...)
}

func (e *templateEntry) view() View {
	v := View{ID: e.ID, Slug: e.Slug, Name: e.Name, Workspace: e.Workspace, FromFile: e.FromFile, Newest: e.newest, Active: e.newest,
		Labels: e.labels, CreatedAt: e.Template.CreatedAt, UpdatedAt: e.Template.UpdatedAt}
	if n := e.labels[Published]; n > 0 {
		v.Active = n
	}
	return v
}

func (e *templateEntry) version(v Version) VersionView {
	out := VersionView{Prompt: e.ID, Number: v.Number, Description: v.Description, Body: v.Body, Labels: []string{}, CreatedBy: v.CreatedBy, CreatedAt: v.CreatedAt}
	for name, n := range e.labels {
		if n == v.Number {
			out.Labels = append(out.Labels, name)
		}
	}
	slices.Sort(out.Labels)
	return out
}
