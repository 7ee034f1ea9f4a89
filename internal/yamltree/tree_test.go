package yamltree

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestGolden walks testdata: in.yaml → json, and the problems.
func TestGolden(t *testing.T) {
	files, _ := filepath.Glob("testdata/*.txtar")
	if len(files) == 0 {
		t.Fatal("no cases")
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			root, ps := Parse(ar.Files[0].Data)
			got := "nothing\n"
			if root != nil {
				got = string(root.JSON()) + "\n"
			}
			problems := ""
			if len(ps) > 0 {
				problems = ps.In("in.yaml").Error() + "\n"
			}
			out := &txtar.Archive{Comment: ar.Comment, Files: []txtar.File{ar.Files[0],
				{Name: "json", Data: []byte(got)}, {Name: "problems", Data: []byte(problems)}}}
			text := txtar.Format(out)
			if *update {
				if err := os.WriteFile(file, text, 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if want := txtar.Format(ar); string(want) != string(text) {
				t.Errorf("got\n%s\nwant\n%s", text, want)
			}
		})
	}
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
