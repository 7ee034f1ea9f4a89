package credentialtest

import (
	"context"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/credential"
)

// Place is where a source under test reads.
type Place interface {
	// Put makes path hold a credential, and Remove makes it hold none.
	Put(t *testing.T, path, value string)
	Remove(t *testing.T, path string)
}

// Source runs the suite for a source. paths are two paths that the place can hold, which holds
// nothing at first.
func Source(t *testing.T, s credential.Source, at Place, paths [2]string) {
	const secret = "sk-planted-0123456789"
	read := func(path string) string {
		t.Helper()
		v, err := s.Read(t.Context(), path)
		must(t, err)
		if v.MaxAge < 0 {
			t.Errorf("%s is to be read again after %v", path, v.MaxAge)
		}
		return v.Secret.Reveal()
	}
	fails := func(path string) {
		t.Helper()
		v, err := s.Read(t.Context(), path)
		if e := gateway.AsError(err); e == nil || e.Kind != gateway.Unavailable || e.Public == "" || !v.Secret.Empty() {
			t.Errorf("%s: %v, %v", path, v.Secret, err)
		} else if strings.Contains(e.Error(), "planted") {
			t.Errorf("%s: the error tells the credential", path)
		}
	}
	fails(paths[0])
	at.Put(t, paths[0], secret)
	if got := read(paths[0]); got != secret {
		t.Errorf("read %q", got)
	}
	fails(paths[1])
	at.Put(t, paths[0], secret+"-2")
	at.Put(t, paths[1], secret+"-3")
	if a, b := read(paths[0]), read(paths[1]); a != secret+"-2" || b != secret+"-3" {
		t.Errorf("after a change: %q and %q", a, b)
	}
	at.Remove(t, paths[0])
	fails(paths[0])

	ended, end := context.WithCancel(t.Context())
	end()
	if v, err := s.Read(ended, paths[1]); err == nil && v.Secret.Reveal() != secret+"-3" {
		t.Errorf("with a context that has ended: %q", v.Secret.Reveal())
	}
}
