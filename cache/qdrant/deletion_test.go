package qdrant_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/sluicegate/sluice/cache"
	"github.com/sluicegate/sluice/cache/cachetest"
	"github.com/sluicegate/sluice/cache/exact"
	"github.com/sluicegate/sluice/cache/key"
	"github.com/sluicegate/sluice/cache/qdrant"
)

// TestFreed: the bodies of points that were removed or replaced are told, once and with their expiry: not
// those of points that stayed, expired, or have the same body again.
func TestFreed(t *testing.T) {
	s, ctx := server(t), t.Context()
	freed := map[string]time.Time{}
	x, err := qdrant.New(qdrant.Config{URL: s.URL(), Model: "m", Dim: cachetest.Dim, Freed: func(body string, expires time.Time) {
		if _, twice := freed[body]; twice {
			t.Errorf("%s is freed twice", body)
		}
		freed[body] = expires
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.Close() })
	expires := time.Now().Add(time.Hour)
	tag := cachetest.ID(77)
	add := func(n int, body string, attributes ...key.Digest) {
		t.Helper()
		p := point(n)
		p.Body, p.Expires, p.Attributes = body, expires, attributes
		if err := x.Add(ctx, p); err != nil {
			t.Fatal(err)
		}
	}
	want := func(what string, bodies ...string) {
		t.Helper()
		if got := slices.Sorted(maps.Keys(freed)); !slices.Equal(got, bodies) {
			t.Errorf("%s: %q, want %q", what, got, bodies)
		}
		for body, at := range freed {
			if at.Unix() != expires.Unix() {
				t.Errorf("%s: %s expires %v, want %v", what, body, at, expires)
			}
		}
		clear(freed)
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Error(err)
		}
	}
	add(1, "a")
	add(1, "a")
	add(2, "", tag)
	add(3, "c", tag)
	add(4, "d")
	want("added")
	add(1, "b")
	add(2, "e", tag)
	want("replaced", "a")
	s.Fail(func(method string) error {
		if method == "Points/Delete" || method == "Points/Upsert" {
			return status.Error(codes.Internal, "full")
		}
		return nil
	})
	p := point(4)
	p.Body = "f"
	for _, err := range []error{x.Delete(ctx, cache.Selection{Partition: where, IDs: []key.Digest{cachetest.ID(1)}}), x.DeleteSelected(ctx, where.Workspace, exact.Condition{Attributes: []key.Digest{tag}}), x.Add(ctx, p)} {
		if err == nil {
			t.Error("nothing failed")
		}
	}
	s.Fail(nil)
	want("failed")
	must(x.Delete(ctx, cache.Selection{Partition: where, IDs: []key.Digest{cachetest.ID(1), cachetest.ID(9)}}))
	want("by id", "b")
	must(x.DeleteSelected(ctx, where.Workspace, exact.Condition{Attributes: []key.Digest{tag}}))
	want("by tag", "c", "e")
	must(x.Delete(ctx, cache.Selection{Expired: expires.Add(-time.Minute)}))
	want("nothing expired")
	must(x.Delete(ctx, cache.Selection{Workspace: where.Workspace}))
	want("all of the workspace", "d")
	add(5, "g")
	must(x.Delete(ctx, cache.Selection{Expired: expires.Add(time.Minute)}))
	want("expired")
}
