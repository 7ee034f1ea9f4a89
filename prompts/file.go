package prompts

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/yamltree"
)

// Suffix is how the name of a prompt file ends.
const Suffix = ".prompt.yaml"

// File is one *.prompt.yaml: a body, and beside its fields slug (else the file's name),
// name, description, workspace (else "default") and labels, which follow the file's text.
type File struct {
	Path        string
	Slug        string
	Name        string
	Description string
	Workspace   string // its name
	Labels      []string
	Body        json.RawMessage
}

// ReadDir reads the prompt files below dir, in the order of their paths, and every problem
// of all of them. A directory that does not exist holds none.
func ReadDir(dir string) ([]File, yamltree.Problems) {
	var out []File
	var ps yamltree.Problems
	first := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, Suffix) {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		f, bad := ReadFile(path, raw)
		if where, ok := first[f.Workspace+"/"+f.Slug]; ok {
			bad = append(bad, yamltree.Problem{File: path, Line: 1, Column: 1, Path: "slug", Message: "'" + f.Slug + "' is declared in " + where + " already"})
		}
		first[f.Workspace+"/"+f.Slug] = path
		out, ps = append(out, f), append(ps, bad...)
		return nil
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		ps = append(ps, yamltree.Problem{File: dir, Message: err.Error()})
	}
	return out, ps
}

// ReadFile reads one prompt file and everything that is wrong with it, but for what it
// refers to: partials and other versions are known to the server alone.
func ReadFile(path string, raw []byte) (File, yamltree.Problems) {
	f := File{Path: path, Slug: strings.TrimSuffix(filepath.Base(path), Suffix), Workspace: "default"}
	root, ps := yamltree.Parse(raw)
	if root == nil {
		return f, ps.In(path)
	}
	if root.Kind != yamltree.Map {
		return f, append(ps, root.Problem("must be a map")).In(path)
	}
	rest := *root
	rest.Fields = nil
	for _, field := range root.Fields {
		v := field.Value
		switch field.Name {
		case "slug":
			f.Slug = textOf(v, &ps)
		case "name":
			f.Name = textOf(v, &ps)
		case "description":
			f.Description = textOf(v, &ps)
		case "workspace":
			f.Workspace = textOf(v, &ps)
		case "labels":
			f.Labels = labelsOf(v, &ps)
		default:
			rest.Fields = append(rest.Fields, field)
		}
	}
	if complaint := slugComplaint(f.Slug); complaint != "" {
		at := root.At("slug")
		ps = append(ps, yamltree.Problem{Line: at.Line, Column: at.Column, Path: "slug", Message: "'" + f.Slug + "' " + complaint})
	}
	f.Body = rest.JSON()
	b, bad := parseBody(f.Body)
	if b != nil {
		_, more := compile(b, 0, offline(b))
		bad = append(bad, more...)
	}
	for _, p := range bad {
		line, column := root.Place(p.Path)
		ps = append(ps, yamltree.Problem{Line: line, Column: column, Path: p.Path, Message: p.Message})
	}
	return f, ps.In(path)
}

// offline is a library in which everything that is referred to exists.
func offline(b *body) library {
	return library{
		version: func(int) (*body, error) { return &body{text: text{messages: b.messages}, by: "member"}, nil },
		partial: func(string) (string, error) { return "", nil },
	}
}

func textOf(n *yamltree.Node, ps *yamltree.Problems) string {
	if n.Kind != yamltree.String || n.Text == "" {
		*ps = append(*ps, n.Problem("must be a string, not %s", n.Kind))
	}
	return n.Text
}

func labelsOf(n *yamltree.Node, ps *yamltree.Problems) []string {
	if n.Kind != yamltree.List {
		*ps = append(*ps, n.Problem("must be a list of labels"))
		return nil
	}
	var out []string
	for _, item := range n.Items {
		name := textOf(item, ps)
		if complaint := labelComplaint(name); complaint != "" && item.Kind == yamltree.String {
			*ps = append(*ps, item.Problem("%s", complaint))
		}
		out = append(out, name)
	}
	return out
}

// Declare makes the store hold what the files say, in the workspaces whose ids workspace
// gives: a changed text becomes the next version, and a template whose file is gone goes.
// A template that was made through the admin API is never taken over.
func (s *Service) Declare(ctx context.Context, files []File, workspace func(ctx context.Context, name string) (id string, err error)) error {
	const op = "prompts.Declare"
	declared := map[string][]string{} // workspace id → slugs
	if id, err := workspace(ctx, "default"); err == nil {
		declared[id] = nil
	}
	for _, f := range files {
		id, err := workspace(ctx, f.Workspace)
		if err != nil {
			return err
		}
		declared[id] = append(declared[id], f.Slug)
		if err := s.declare(ctx, id, f); err != nil {
			return err
		}
	}
	for id, slugs := range declared {
		s.drop(id)
		sh, err := s.shelf(ctx, id)
		if err != nil {
			return err
		}
		for _, e := range sh.entries() {
			if e.FromFile && !slices.Contains(slugs, e.Slug) {
				if err := s.store.DeleteTemplate(ctx, id, e.ID); err != nil {
					return err
				}
			}
		}
		s.drop(id)
	}
	for _, f := range files { // partials may come later than what uses them
		id, err := workspace(ctx, f.Workspace)
		if err != nil {
			return err
		}
		sh, err := s.shelf(ctx, id)
		if err != nil {
			return err
		}
		e, err := sh.entry(f.Slug)
		if err != nil {
			return err
		}
		if ps := sh.check(e, f.Body); len(ps) > 0 {
			return gateway.InvalidField(op, f.Path, f.Path+": "+ps[0].String())
		}
	}
	return nil
}

func (s *Service) declare(ctx context.Context, workspace string, f File) error {
	t, err := s.store.Template(ctx, workspace, f.Slug)
	switch e := gateway.AsError(err); {
	case err == nil && !t.FromFile:
		return &gateway.Error{Op: "prompts.Declare", Kind: gateway.Conflict, Param: "slug",
			Public: f.Path + ": a prompt '" + f.Slug + "' was made through the admin API; delete it, or give the file another slug"}
	case err == nil:
	case e.Kind == gateway.NotFound:
		t = Template{ID: s.newID(), Workspace: workspace, Slug: f.Slug, FromFile: true, CreatedAt: s.now()}
	default:
		return err
	}
	name := f.Name
	if name == "" {
		name = f.Slug
	}
	if t.Name != name || err != nil {
		t.Name, t.UpdatedAt = name, s.now()
		if err := s.store.PutTemplate(ctx, t); err != nil {
			return err
		}
	}
	v, err := s.store.AddVersion(ctx, Version{Template: t.ID, Description: f.Description, Body: f.Body, CreatedBy: "file", CreatedAt: s.now()})
	if err != nil {
		return err
	}
	for _, label := range f.Labels {
		if err := s.store.PutLabel(ctx, Label{Template: t.ID, Name: label, Version: v.Number}); err != nil {
			return err
		}
	}
	return nil
}
