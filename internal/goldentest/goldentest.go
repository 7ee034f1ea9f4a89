// Package goldentest runs tests whose cases are txtar archives: inputs and expected outputs
// together in one file. `go test -update` rewrites the expected outputs; read the diff before
// you commit it.
package goldentest

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "rewrite the expected outputs of golden files")

// Update reports whether the test run rewrites golden files, for tests whose expected output
// is not an archive.
func Update() bool { return *update }

// Run runs one subtest per archive that matches glob, and fails if none does. run returns
// what the archive must hold: normally the result of [With]. run must not modify in.
func Run(t *testing.T, glob string, run func(t *testing.T, in *txtar.Archive) *txtar.Archive) {
	t.Helper()
	files, err := filepath.Glob(glob)
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files match %s: %v", glob, err)
	}
	for _, file := range files {
		path, err := filepath.Abs(file) // run may change the working directory
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(strings.TrimPrefix(filepath.ToSlash(file), "testdata/"), ".txtar")
		t.Run(name, func(t *testing.T) {
			in, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			want := txtar.Format(in)
			got := txtar.Format(run(t, in))
			switch {
			case bytes.Equal(got, want) || t.Failed():
			case *update:
				if err := os.WriteFile(path, got, 0o644); err != nil {
					t.Fatal(err)
				}
			default:
				t.Errorf("%s (-want +got):\n%s", file, cmp.Diff(string(want), string(got)))
			}
		})
	}
}

// With returns a copy of in with the given outputs: an output replaces the file of the same
// name, and is appended if there is none.
func With(in *txtar.Archive, outputs ...txtar.File) *txtar.Archive {
	out := &txtar.Archive{Comment: in.Comment, Files: append([]txtar.File(nil), in.Files...)}
next:
	for _, o := range outputs {
		for i := range out.Files {
			if out.Files[i].Name == o.Name {
				out.Files[i] = o
				continue next
			}
		}
		out.Files = append(out.Files, o)
	}
	return out
}

// Section returns the data of the named file, or nil.
func Section(in *txtar.Archive, name string) []byte {
	for _, f := range in.Files {
		if f.Name == name {
			return f.Data
		}
	}
	return nil
}
