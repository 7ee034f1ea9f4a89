// Package routetest holds the conformance suite of route.Store and doubles for tests of
// routing.
package routetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/route"
)

// Store checks an implementation of route.Store. open returns an empty store for each part
// of the suite.
func Store(t *testing.T, open func(t *testing.T) route.Store) {
	t.Helper()
	for name, part := range map[string]func(*testing.T, route.Store){
		"absent":    absentConfig,
		"versions":  versions,
		"lists":     lists,
		"isolation": isolation,
		"deletes":   deletes,
		"history":   history,
		"verbatim":  verbatim,
		"ownership": ownership,
		"parallel":  parallel,
	} {
		t.Run(name, func(t *testing.T) { part(t, open(t)) })
	}
}

var ctx = context.Background()

func wantNotFound(t *testing.T, err error) {
	t.Helper()
	if e := (*gateway.Error)(nil); !errors.As(err, &e) || e.Kind != gateway.NotFound {
		t.Fatalf("got %v, want a gateway.NotFound", err)
	}
}

func put(t *testing.T, s route.Store, workspace, slug, config string) route.Saved {
	t.Helper()
	out, err := s.PutConfig(ctx, route.Saved{Workspace: workspace, Slug: slug, Name: "Name of " + slug, Config: json.RawMessage(config)})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func get(t *testing.T, s route.Store, workspace, slug string) route.Saved {
	t.Helper()
	out, err := s.Config(ctx, workspace, slug)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func absentConfig(t *testing.T, s route.Store) {
	_, err := s.Config(ctx, "ws1", "nope")
	wantNotFound(t, err)
	wantNotFound(t, s.DeleteConfig(ctx, "ws1", "nope"))
	if list, err := s.Configs(ctx, "ws1"); err != nil || len(list) != 0 {
		t.Fatalf("got %v, %v, want an empty list", list, err)
	}
}

func versions(t *testing.T, s route.Store) {
	first := put(t, s, "ws1", "a", `{"retry":1}`)
	if first.Version != 1 || first.CreatedAt.IsZero() || first.UpdatedAt.IsZero() {
		t.Fatalf("first version: %+v", first)
	}
	if same := put(t, s, "ws1", "a", `{"retry":1}`); same.Version != 1 {
		t.Fatalf("an unchanged config got version %d", same.Version)
	}
	second := put(t, s, "ws1", "a", `{"retry":2}`)
	if second.Version != 2 || !second.CreatedAt.Equal(first.CreatedAt) || second.UpdatedAt.Before(first.UpdatedAt) {
		t.Fatalf("second version: %+v after %+v", second, first)
	}
	if back := put(t, s, "ws1", "a", `{"retry":1}`); back.Version != 3 {
		t.Fatalf("an older text again got version %d, want 3", back.Version)
	}
	if got := get(t, s, "ws1", "a"); got.Version != 3 || string(got.Config) != `{"retry":1}` {
		t.Fatalf("newest: %+v", got)
	}
}

func lists(t *testing.T, s route.Store) {
	for _, slug := range []string{"c", "a", "b"} {
		put(t, s, "ws1", slug, `{}`)
	}
	put(t, s, "ws1", "b", `{"retry":1}`)
	list, err := s.Configs(ctx, "ws1")
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, c := range list {
		got += fmt.Sprintf("%s%d ", c.Slug, c.Version)
		if c.Workspace != "ws1" || c.Name != "Name of "+c.Slug {
			t.Errorf("%+v", c)
		}
	}
	if got != "a1 b2 c1 " {
		t.Fatalf("got %q, want the newest versions sorted by slug", got)
	}
}

func isolation(t *testing.T, s route.Store) {
	put(t, s, "ws1", "a", `{"retry":1}`)
	_, err := s.Config(ctx, "ws2", "a")
	wantNotFound(t, err)
	wantNotFound(t, s.DeleteConfig(ctx, "ws2", "a"))
	if other := put(t, s, "ws2", "a", `{"retry":2}`); other.Version != 1 {
		t.Fatalf("versions are shared between workspaces: %+v", other)
	}
	if err := s.DeleteConfig(ctx, "ws2", "a"); err != nil {
		t.Fatal(err)
	}
	if got := get(t, s, "ws1", "a"); string(got.Config) != `{"retry":1}` {
		t.Fatalf("the other workspace's write came through: %s", got.Config)
	}
}

func deletes(t *testing.T, s route.Store) {
	put(t, s, "ws1", "a", `{"retry":1}`)
	put(t, s, "ws1", "a", `{"retry":2}`)
	if err := s.DeleteConfig(ctx, "ws1", "a"); err != nil {
		t.Fatal(err)
	}
	_, err := s.Config(ctx, "ws1", "a")
	wantNotFound(t, err)
	wantNotFound(t, s.DeleteConfig(ctx, "ws1", "a"))
	_, err = s.ConfigVersion(ctx, "ws1", "a", 1)
	wantNotFound(t, err)
	kept, err := s.ConfigVersions(ctx, "ws1", "a")
	if err != nil || len(kept) != 2 || kept[0].DeletedAt.IsZero() {
		t.Fatalf("of a deleted config, %d versions are left, %v", len(kept), err)
	}
	if again := put(t, s, "ws1", "a", `{"retry":2}`); again.Version != 3 || !again.DeletedAt.IsZero() {
		t.Fatalf("a deleted slug starts again as %+v", again)
	}
}

// history checks that a version tells who made it and why, and stays as it was.
func history(t *testing.T, s route.Store) {
	for i, note := range []string{"first", "second"} {
		if _, err := s.PutConfig(ctx, route.Saved{Workspace: "ws1", Slug: "a", Config: json.RawMessage(fmt.Sprintf(`{"retry":%d}`, i+1)), By: "ann", Note: note}); err != nil {
			t.Fatal(err)
		}
	}
	one, err := s.ConfigVersion(ctx, "ws1", "a", 1)
	if err != nil || string(one.Config) != `{"retry":1}` || one.Version != 1 || one.By != "ann" || one.Note != "first" {
		t.Fatalf("version 1: %+v, %v", one, err)
	}
	_, err = s.ConfigVersion(ctx, "ws1", "a", 3)
	wantNotFound(t, err)
	_, err = s.ConfigVersion(ctx, "ws2", "a", 1)
	wantNotFound(t, err)
	_, err = s.ConfigVersions(ctx, "ws2", "a")
	wantNotFound(t, err)
	all, err := s.ConfigVersions(ctx, "ws1", "a")
	if err != nil || len(all) != 2 || all[0].Version != 2 || all[1].Note != "first" || all[0].CreatedAt.Before(all[1].CreatedAt) {
		t.Fatalf("versions: %+v, %v", all, err)
	}
}

// verbatim checks that a config is returned as its author wrote it.
func verbatim(t *testing.T, s route.Store) {
	text := "{ \"retry\" : 1.0,\n  \"name\": \"caf\u00e9 \\u00e9 <&>\",\"default_params\":{\"seed\":12345678901234567890}}"
	put(t, s, "ws1", "a", text)
	if got := get(t, s, "ws1", "a"); string(got.Config) != text {
		t.Fatalf("got %q, want %q", got.Config, text)
	}
}

func ownership(t *testing.T, s route.Store) {
	c := route.Saved{Workspace: "ws1", Slug: "a", Config: json.RawMessage(`{}`), FromFile: true}
	if _, err := s.PutConfig(ctx, c); err != nil {
		t.Fatal(err)
	}
	if got := get(t, s, "ws1", "a"); !got.FromFile {
		t.Fatal("FromFile is lost")
	}
	c.FromFile = false
	if _, err := s.PutConfig(ctx, c); err != nil {
		t.Fatal(err)
	}
	if got := get(t, s, "ws1", "a"); got.FromFile || got.Version != 1 {
		t.Fatalf("the owner changes without a new version: %+v", got)
	}
}

// parallel checks that concurrent writers of one slug get different versions.
func parallel(t *testing.T, s route.Store) {
	const n = 8
	var wg sync.WaitGroup
	got := make([]int, n)
	errs := make([]error, n)
	for i := range n {
		wg.Go(func() {
			out, err := s.PutConfig(ctx, route.Saved{Workspace: "ws1", Slug: "a", Config: json.RawMessage(fmt.Sprintf(`{"retry":{"attempts":%d}}`, i))})
			got[i], errs[i] = out.Version, err
		})
	}
	wg.Wait()
	seen := map[int]bool{}
	for i, v := range got {
		if errs[i] != nil {
			t.Fatal(errs[i])
		}
		if v < 1 || v > n || seen[v] {
			t.Fatalf("versions %v, want 1 to %d, each once", got, n)
		}
		seen[v] = true
	}
}
