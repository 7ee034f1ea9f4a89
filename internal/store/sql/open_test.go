package sqlstore

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/gateway/route"
)

func TestOpen(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "new dir #1 100%?", "sluice.db")
	s, err := Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.PutOrganisation(ctx, identity.Organisation{ID: "o", Name: "acme", CreatedAt: time.Unix(1, 0)}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.PutConfig(ctx, route.Saved{Workspace: "w", Slug: "prod", Config: []byte(`{ "a":1 }`)}); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*"))
	if err != nil || len(files) < 2 {
		t.Fatalf("files %v, %v", files, err)
	}
	for _, f := range files {
		if info, err := os.Stat(f); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode %v, %v", f, info.Mode(), err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if s, err = Open(ctx, path); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if o, err := s.Organisation(ctx); err != nil || o.Name != "acme" {
		t.Errorf("after opening again: %+v, %v", o, err)
	}
	if c, err := s.Config(ctx, "w", "prod"); err != nil || string(c.Config) != `{ "a":1 }` || c.Version != 1 {
		t.Errorf("after opening again: %+v, %v", c, err)
	}
	for pragma, want := range map[string]string{"journal_mode": "wal", "foreign_keys": "1", "synchronous": "2"} {
		var got string
		if err := s.db.NewRaw("PRAGMA "+pragma).Scan(ctx, &got); err != nil || got != want {
			t.Errorf("%s is %s, want %s (%v)", pragma, got, want, err)
		}
	}
}
