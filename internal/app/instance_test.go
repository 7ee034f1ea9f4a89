package app

import (
	"os"
	"path/filepath"
	"testing"
)

// TestInstanceID: each data directory has an id of its own, which names the audit chain, and it
// keeps the id. An id that cannot be read or kept is an error: a new one would fork the chain at
// each start.
func TestInstanceID(t *testing.T) {
	const there = "sluice-01JABCDEF"
	for _, tc := range []struct {
		name    string
		prepare func(path string) error
		want    string // "" = a new id
		fails   bool
	}{
		{name: "first start"},
		{name: "later start", prepare: func(path string) error { return os.WriteFile(path, []byte(there+"\n"), 0o600) }, want: there},
		{name: "empty file", prepare: func(path string) error { return os.WriteFile(path, []byte("\n"), 0o600) }},
		{name: "file that cannot be read", prepare: func(path string) error { return os.Mkdir(path, 0o700) }, fails: true},
		{name: "directory that is absent", prepare: func(path string) error { return os.Remove(filepath.Dir(path)) }, fails: true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			path, other := filepath.Join(t.TempDir(), "instance"), filepath.Join(t.TempDir(), "instance")
			if tc.prepare != nil {
				if err := tc.prepare(path); err != nil {
					t.Fatal(err)
				}
			}
			id, err := instanceID(path)
			if tc.fails {
				if err == nil {
					t.Fatalf("%q", id)
				}
				return
			}
			again, againErr := instanceID(path)
			foreign, foreignErr := instanceID(other)
			if err != nil || againErr != nil || foreignErr != nil || id == "" || tc.want != "" && id != tc.want || again != id || foreign == id {
				t.Errorf("%q, then %q, elsewhere %q; %v, %v, %v", id, again, foreign, err, againErr, foreignErr)
			}
		})
	}
}
