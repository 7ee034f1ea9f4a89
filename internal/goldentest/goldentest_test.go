package goldentest

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/tools/txtar"
)

// TestRun runs a matching archive, and one that -update rewrites.
func TestRun(t *testing.T) {
	const same, changed = "-- in --\na\n-- want --\na\n", "-- want --\nold\n-- in --\nb\n"
	dir := t.TempDir()
	file := filepath.Join(dir, "case.txtar")
	copyInput := func(_ *testing.T, in *txtar.Archive) *txtar.Archive {
		return With(in, txtar.File{Name: "want", Data: Section(in, "in")})
	}
	for _, c := range []struct {
		text, want string
		update     bool
	}{{same, same, false}, {changed, "-- want --\nb\n-- in --\nb\n", true}, {"-- in --\nc\n", "-- in --\nc\n-- want --\nc\n", true}} {
		if err := os.WriteFile(file, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		old := *update
		*update = c.update
		Run(t, filepath.Join(dir, "*.txtar"), copyInput)
		*update = old
		if got, err := os.ReadFile(file); err != nil || string(got) != c.want {
			t.Errorf("got %q, %v; want %q", got, err, c.want)
		}
	}
}
