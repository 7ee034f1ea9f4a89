package promptfile

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/sluicegate/sluice/internal/goldentest"
)

// TestRead reads testdata: p.prompt.yaml in, its fields or its problems out.
func TestRead(t *testing.T) {
	goldentest.Run(t, "testdata/*.txtar", func(_ *testing.T, in *txtar.Archive) *txtar.Archive {
		f, ps := Read(in.Files[0].Name, in.Files[0].Data)
		text := f.Workspace + " " + f.Slug + " " + f.Name + " " + strings.Join(f.Labels, ",") + "\n" + string(f.Body) + "\n"
		if len(ps) > 0 {
			text = ps.Error() + "\n"
		}
		return goldentest.With(in, txtar.File{Name: "want", Data: []byte(text)})
	})
}

// TestReadDir reads prompt files only, and refuses two files with one slug.
func TestReadDir(t *testing.T) {
	dir := t.TempDir()
	put := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put("a.prompt.yaml", "prompt: x\n")
	put("notes.yaml", "not: a prompt\n")
	if files, ps := ReadDir(dir); len(ps) > 0 || len(files) != 1 || files[0].Slug != "a" {
		t.Errorf("%+v, %v", files, ps)
	}
	put("b.prompt.yaml", "prompt: y\nslug: a\n")
	if _, ps := ReadDir(dir); len(ps) != 1 || !strings.Contains(ps.Error(), "is declared in") {
		t.Errorf("two files with one slug: %v", ps)
	}
	if files, ps := ReadDir(filepath.Join(dir, "absent")); len(files) > 0 || len(ps) > 0 {
		t.Errorf("an absent directory: %v, %v", files, ps)
	}
}
