package yamltree

import (
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/sluicegate/sluice/internal/goldentest"
)

// TestGolden reads testdata: in.yaml in, its JSON and its problems out.
func TestGolden(t *testing.T) {
	goldentest.Run(t, "testdata/*.txtar", func(_ *testing.T, in *txtar.Archive) *txtar.Archive {
		root, ps := Parse(in.Files[0].Data)
		json, problems := "nothing\n", ""
		if root != nil {
			json = string(root.JSON()) + "\n"
		}
		if len(ps) > 0 {
			problems = ps.In("in.yaml").Error() + "\n"
		}
		return goldentest.With(in, txtar.File{Name: "json", Data: []byte(json)}, txtar.File{Name: "problems", Data: []byte(problems)})
	})
}

func TestAt(t *testing.T) {
	root, _ := Parse([]byte("a:\n  - b: 1\n    bc: {d: 2}\n"))
	for path, line := range map[string]int{"a[0].b": 2, "a[0].bc.d": 3, "a[0].bc.x.y": 3, "a[1]": 2, "zz": 1} {
		if n := root.At(path); n.Line != line {
			t.Errorf("%s is found at line %d (%s), want %d", path, n.Line, n.Path, line)
		}
	}
}

func TestSetText(t *testing.T) {
	for text, kind := range map[string]Kind{"8080": Number, "-1.5e3": Number, "007": String, "0x10": String, "true": Bool, "": Null,
		"1.": String, "nan": String, "inf": String, "1e5": Number, "hello": String, "12ab": String} {
		n := Node{Kind: String}
		if n.SetText(text); n.Kind != kind {
			t.Errorf("%q is %v, want %v", text, n.Kind, kind)
		}
		q := Node{Kind: String, Quoted: true}
		if q.SetText(text); q.Kind != String {
			t.Errorf("quoted %q is %v", text, q.Kind)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"a: 1\nb: [x, {c: d}]\n", "a: &x [*x]\n", "{", "a: |\n  b\n", "- !!t 1\n", "? a\n: b\n", "a: 'x\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		root, ps := Parse([]byte(s))
		if root == nil && len(ps) == 0 {
			t.Fatal("neither a tree nor a problem")
		}
		if root != nil && len(ps) == 0 {
			root.JSON()
		}
	})
}
