package litellm

import (
	"os"
	"path/filepath"

	"github.com/sluicegate/sluice/internal/config/yamltree"
)

// include adds the files that the key "include" names, as LiteLLM does: lists are continued, and
// everything else is replaced. Their names are relative to the file. An included file includes no
// others.
func (r *reader) include(root *yamltree.Node) yamltree.Problems {
	list := root.Get("include")
	if list == nil {
		return nil
	}
	names := list.Items
	if list.Kind == yamltree.String {
		names = []*yamltree.Node{list}
	}
	var problems yamltree.Problems
	for _, name := range names {
		path := name.Text
		if !filepath.IsAbs(path) {
			path = filepath.Join(filepath.Dir(r.file), path)
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			problems = append(problems, yamltree.Problems{name.Problem("the file cannot be read")}.In(r.file)...)
			continue
		}
		included, bad := yamltree.Parse(raw)
		problems = append(problems, bad.In(path)...)
		if included == nil {
			continue
		}
		included.Walk(func(n *yamltree.Node) { n.File = path })
		for _, f := range included.Fields {
			if f.Name == "include" {
				r.note(placeOfField(f), Unsupported, "an included file includes no others")
				continue
			}
			merge(root, f)
		}
	}
	return problems
}

// merge adds one key of an included file.
func merge(root *yamltree.Node, f yamltree.Field) {
	for i := range root.Fields {
		if root.Fields[i].Name != f.Name {
			continue
		}
		if was := root.Fields[i].Value; was.Kind == yamltree.List && f.Value.Kind == yamltree.List {
			was.Items = append(was.Items, f.Value.Items...)
			return
		}
		root.Fields[i] = f
		return
	}
	root.Fields = append(root.Fields, f)
}
