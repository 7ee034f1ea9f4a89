package app

import (
	"go/ast"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// inSignatures are vendors whose types may appear in exported signatures, and the folder in which they
// may ("": in every one).
var inSignatures = map[string]string{
	"go.opentelemetry.io/otel": "",                      // span kinds and attributes are the vocabulary of a trace
	"github.com/uptrace/bun":   "internal/store/sql/db", // its queries are what the rooms beside it are written with
}

// checkSignatures reports exported functions and types that name a vendor's type: an adapter
// hides its vendor.
func checkSignatures(t *testing.T, f source) {
	names := map[string]string{} // local name of an import → vendor
	for _, spec := range f.file.Imports {
		p, _ := strconv.Unquote(spec.Path.Value)
		for vendor := range vendors {
			if folder, may := inSignatures[vendor]; !strings.HasPrefix(p, vendor) || may && (folder == "" || f.pkg == folder) {
				continue
			}
			name := strings.TrimPrefix(path.Base(p), "go-")
			if major := len(name) > 1 && name[0] == 'v' && strings.Trim(name[1:], "0123456789") == ""; major {
				name = path.Base(path.Dir(p))
			}
			if spec.Name != nil {
				name = spec.Name.Name
			}
			names[name] = vendor
		}
	}
	report := func(what string, n ast.Node) {
		if n == nil || len(names) == 0 {
			return
		}
		ast.Inspect(n, func(n ast.Node) bool {
			if field, ok := n.(*ast.Field); ok && len(field.Names) > 0 && !slices.ContainsFunc(field.Names, func(i *ast.Ident) bool { return i.IsExported() }) && strings.HasPrefix(what, "type ") {
				return false // an unexported field
			}
			if sel, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := sel.X.(*ast.Ident); ok && names[x.Name] != "" {
					t.Errorf("%s: the exported %s names %s.%s of %s", f.path, what, x.Name, sel.Sel.Name, names[x.Name])
				}
			}
			return true
		})
	}
	for _, d := range f.file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Name.IsExported() && hasExportedReceiver(d) {
				report("function "+d.Name.Name, d.Type)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				if s, ok := spec.(*ast.TypeSpec); ok && s.Name.IsExported() {
					report("type "+s.Name.Name, s.Type)
				}
			}
		}
	}
}

// hasExportedReceiver is false for a method of a type that no other package can name.
func hasExportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	t := d.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	name, ok := t.(*ast.Ident)
	return !ok || name.IsExported()
}
