package goldentest

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Text compares got with the text file at path, which is the whole expected output.
func Text(t *testing.T, path, got string) {
	t.Helper()
	want, err := os.ReadFile(path)
	switch {
	case err == nil && string(want) == got:
	case *update:
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	case err != nil:
		t.Fatal(err)
	default:
		t.Errorf("%s (-want +got):\n%s", path, cmp.Diff(string(want), got))
	}
}
