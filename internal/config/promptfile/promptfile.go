// Package promptfile reads *.prompt.yaml files into the declarations that package prompts
// keeps. It reports every problem of every file, each with line and column.
package promptfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/sluicegate/sluice/internal/config/yamltree"
	"github.com/sluicegate/sluice/prompts"
)

// Suffix ends the name of every prompt file.
const Suffix = ".prompt.yaml"

// ReadDir reads the prompt files below dir in the order of their paths. A directory that does
// not exist has no prompt files. Two files may not declare one slug in one workspace.
func ReadDir(dir string) ([]prompts.Declared, yamltree.Problems) {
	var out []prompts.Declared
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
		f, bad := Read(path, raw)
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

// Read reads one prompt file: the fields slug (default: the file's name), name, description,
// workspace (default: "default") and labels; every other field belongs to the body.
// References to partials and other versions are not checked: only the server knows them.
func Read(path string, raw []byte) (prompts.Declared, yamltree.Problems) {
	f := prompts.Declared{Path: path, Slug: strings.TrimSuffix(filepath.Base(path), Suffix), Workspace: "default"}
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
			f.Slug = readText(v, &ps)
		case "name":
			f.Name = readText(v, &ps)
		case "description":
			f.Description = readText(v, &ps)
		case "workspace":
			f.Workspace = readText(v, &ps)
		case "labels":
			f.Labels = readLabels(v, &ps)
		default:
			rest.Fields = append(rest.Fields, field)
		}
	}
	if problem := prompts.SlugProblem(f.Slug); problem != "" {
		at := root.At("slug")
		ps = append(ps, yamltree.Problem{Line: at.Line, Column: at.Column, Path: "slug", Message: "'" + f.Slug + "' " + problem})
	}
	f.Body = rest.JSON()
	for _, p := range prompts.CheckBody(f.Body) {
		line, column := root.Place(p.Path)
		ps = append(ps, yamltree.Problem{Line: line, Column: column, Path: p.Path, Message: p.Message})
	}
	return f, ps.In(path)
}

func readText(n *yamltree.Node, ps *yamltree.Problems) string {
	if n.Kind != yamltree.String || n.Text == "" {
		*ps = append(*ps, n.Problem("must be a string, not %s", n.Kind))
	}
	return n.Text
}

func readLabels(n *yamltree.Node, ps *yamltree.Problems) []string {
	if n.Kind != yamltree.List {
		*ps = append(*ps, n.Problem("must be a list of labels"))
		return nil
	}
	var out []string
	for _, item := range n.Items {
		name := readText(item, ps)
		if problem := prompts.LabelProblem(name); problem != "" && item.Kind == yamltree.String {
			*ps = append(*ps, item.Problem("%s", problem))
		}
		out = append(out, name)
	}
	return out
}
