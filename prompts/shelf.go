package prompts

import (
	"slices"
	"strings"

	"github.com/sluicegate/sluice/gateway"
)

// entries lists the templates by slug.
func (sh *shelf) entries() []*entry {
	var out []*entry
	for ref, e := range sh.byRef {
		if ref == e.ID {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b *entry) int { return strings.Compare(a.Slug, b.Slug) })
	return out
}

// entry finds a template by id or slug; what follows an @ is no matter here.
func (sh *shelf) entry(ref string) (*entry, error) {
	name, _, _ := strings.Cut(ref, "@")
	if e := sh.byRef[name]; e != nil {
		return e, nil
	}
	return nil, &gateway.Error{Op: "prompts.entry", Kind: gateway.NotFound, Param: "id", Code: "prompt_not_found", Public: "There is no prompt '" + name + "'."}
}

// check compiles a body as a version of e would be; e is nil for a new template.
func (sh *shelf) check(e *entry, raw []byte) problems {
	b, ps := parseBody(raw)
	if b == nil {
		return ps
	}
	_, more := compile(b, 0, sh.library(e))
	return append(ps, more...)
}

func (e *entry) view() View {
	v := View{ID: e.ID, Slug: e.Slug, Name: e.Name, Workspace: e.Workspace, FromFile: e.FromFile, Newest: e.newest, Active: e.newest,
		Labels: e.labels, CreatedAt: e.Template.CreatedAt, UpdatedAt: e.Template.UpdatedAt}
	if n := e.labels[Published]; n > 0 {
		v.Active = n
	}
	return v
}

func (e *entry) version(v Version) VersionView {
	out := VersionView{Prompt: e.ID, Number: v.Number, Description: v.Description, Body: v.Body, Labels: []string{}, CreatedBy: v.CreatedBy, CreatedAt: v.CreatedAt}
	for name, n := range e.labels {
		if n == v.Number {
			out.Labels = append(out.Labels, name)
		}
	}
	slices.Sort(out.Labels)
	return out
}
