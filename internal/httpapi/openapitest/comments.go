package openapitest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"reflect"
	"strings"
)

const module = "github.com/sluicegate/sluice/"

// comments finds what the source says about the fields of a struct.
type comments struct {
	root string                       // of the repository
	read map[string]map[string]string // package path → "Type.Field" → comment
}

// of is the comment of a field, "" if there is none.
func (c *comments) of(t reflect.Type, field string) string {
	folder, ours := strings.CutPrefix(t.PkgPath(), module)
	if !ours || t.Name() == "" {
		return ""
	}
	if c.read[folder] == nil {
		c.read[folder] = commentsIn(filepath.Join(c.root, filepath.FromSlash(folder)))
	}
	return c.read[folder][t.Name()+"."+field]
}

// commentsIn reads the comments of all fields in a folder. A file that cannot be parsed has none:
// the compiler reports it.
func commentsIn(folder string) map[string]string {
	out := map[string]string{}
	_ = filepath.WalkDir(folder, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && file != folder {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok {
				return true
			}
			if s, ok := spec.Type.(*ast.StructType); ok {
				for _, f := range s.Fields.List {
					for _, name := range f.Names {
						out[spec.Name.Name+"."+name.Name] = strings.Join(strings.Fields(f.Doc.Text()+" "+f.Comment.Text()), " ")
					}
				}
			}
			return false
		})
		return nil
	})
	return out
}
