package local_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/credential/credentialtest"
	"github.com/sluicegate/sluice/gateway/credential/local"
)

type variables map[string]string

func (v variables) Put(_ *testing.T, name, value string) { v[name] = value }
func (v variables) Remove(_ *testing.T, name string)     { delete(v, name) }

func TestEnv(t *testing.T) {
	v := variables{}
	credentialtest.Source(t, local.Env(func(name string) (string, bool) { s, ok := v[name]; return s, ok }), v, [2]string{"A", "B"})
}

type folder struct{}

func (folder) Put(t *testing.T, path, value string) {
	if err := os.WriteFile(path, []byte(" "+value+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (folder) Remove(t *testing.T, path string) {
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

func TestFile(t *testing.T) {
	dir := t.TempDir()
	credentialtest.Source(t, local.File{}, folder{}, [2]string{filepath.Join(dir, "a"), filepath.Join(dir, "b")})
}

// TestFileRefuses: what is no file of a credential is an error that says why, at once.
func TestFileRefuses(t *testing.T) {
	dir := t.TempDir()
	pipe, large, empty := filepath.Join(dir, "pipe"), filepath.Join(dir, "large"), filepath.Join(dir, "empty")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	folder{}.Put(t, large, strings.Repeat("k", 65<<10))
	folder{}.Put(t, empty, " ")
	for path, want := range map[string]string{dir: "no regular file", pipe: "no regular file", large: "larger than", empty: "is empty", filepath.Join(dir, "no"): "no such file"} {
		_, err := local.File{}.Read(t.Context(), path)
		if e := gateway.AsError(err); e == nil || !strings.Contains(e.Public, want) {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
	}
}
