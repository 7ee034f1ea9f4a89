package objects

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/vendorobject"
	"github.com/sluicegate/sluice/internal/store/sql/db"
	"github.com/sluicegate/sluice/internal/store/sql/db/dbtest"
)

// TestVendorObjectStore: an object is its workspace's, whatever others with the same id have, and is
// settled once.
func TestVendorObjectStore(t *testing.T) {
	dbtest.OnBoth(t, func(t *testing.T, open func(testing.TB) *db.DB) {
		s, ctx, at := New(open(t)), t.Context(), time.Unix(7200, 5).UTC()
		first := vendorobject.Object{ID: "file-1", Workspace: "w1", Provider: "openai", VirtualKey: "vk", Credential: "c", APIKey: "k", Created: at}
		again := first
		again.VirtualKey = "another"
		results := vendorobject.Object{ID: "file-3", Workspace: "w1", VirtualKey: "vk", Created: at}
		later, other := results, results
		later.ResultsOf, other.ResultsOf = "batch_1", "batch_2"
		later.Batch, other.Batch = &vendorobject.Batch{Unbounded: "first"}, &vendorobject.Batch{Unbounded: "second"}
		foreign := vendorobject.Object{ID: "file-2", Workspace: "w2", Provider: "mock", Created: at}
		for _, list := range [][]vendorobject.Object{{first, foreign}, {again}, {results, results}, {later}, {other}, nil} {
			if err := s.KeepObjects(ctx, list); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := s.VendorObject(ctx, "w1", "file-1"); err != nil || cmp.Diff(first, got) != "" {
			t.Error(got, err)
		}
		if got, err := s.VendorObject(ctx, "w1", "file-3"); err != nil || cmp.Diff(later, got) != "" {
			t.Error(got, err)
		}
		for _, id := range []string{"file-2", "none", "\xff", "a\x00"} {
			if _, err := s.VendorObject(ctx, "w1", id); gateway.AsError(err).Kind != gateway.NotFound {
				t.Errorf("%q: %v", id, err)
			}
		}
		ids := []string{"file-1", "file-2", "none", "\xff"}
		own, err := s.OwnedObjects(ctx, "w1", ids)
		if d := cmp.Diff(map[string]bool{"file-1": true}, own); d != "" || err != nil {
			t.Error(d, err)
		}
		others, err := s.ForeignObjects(ctx, "w1", ids)
		if d := cmp.Diff(map[string]bool{"file-2": true}, others); d != "" || err != nil {
			t.Error(d, err)
		}
		batch := vendorobject.Object{ID: "batch_1", Workspace: "w1", APIKey: "k", Created: at, Reservation: &gateway.WorkReservation{ID: "r", APIKey: "k", Amount: 7, Until: at.Add(time.Hour)},
			Batch: &vendorobject.Batch{Calls: []gateway.CallsOf{{Model: "m", Input: 1, Output: 2, Open: 3, Hosted: 4, Special: true}}, Objects: []string{"file-9"}}}
		if err := s.KeepObjects(ctx, []vendorobject.Object{batch}); err != nil {
			t.Fatal(err)
		}
		for i, want := range []bool{true, false} {
			if _, settled, err := s.SettleObject(ctx, "w1", "file-1"); settled != want || err != nil {
				t.Errorf("time %d: %v, %v", i+1, settled, err)
			}
			got, settled, err := s.SettleObject(ctx, "w1", "batch_1")
			got.Settled = false
			if d := cmp.Diff(batch, got); settled != want || err != nil || settled && d != "" {
				t.Errorf("a batch, time %d: %v, %v, %s", i+1, settled, err, d)
			}
		}
		if _, settled, err := s.SettleObject(ctx, "w1", "file-2"); settled || err != nil {
			t.Errorf("another workspace's: %v, %v", settled, err)
		}
		if err := s.ForgetObject(ctx, "w2", "file-1"); err != nil {
			t.Error(err)
		}
		if own, err := s.OwnedObjects(ctx, "w1", ids); len(own) != 1 || err != nil {
			t.Error("another workspace forgot it", own, err)
		}
		if err := s.ForgetObject(ctx, "w1", "file-1"); err != nil {
			t.Error(err)
		}
		if own, err := s.OwnedObjects(ctx, "w1", ids); len(own) != 0 || err != nil {
			t.Error(own, err)
		}
	})
}

// TestVendorWork: work that is due is given once for each lease, until it is settled or given up.
func TestVendorWork(t *testing.T) {
	dbtest.OnBoth(t, func(t *testing.T, open func(testing.TB) *db.DB) {
		s, ctx := New(open(t)), t.Context()
		work := &vendorobject.Work{Kind: "batch", Path: "/batches/b"}
		list := []vendorobject.Object{
			{ID: "b1", Workspace: "w1", VirtualKey: "vk", Work: work, Created: time.Now().Add(-time.Hour)},
			{ID: "b2", Workspace: "w1", VirtualKey: "vk", Work: work, ResultsOf: "x", Created: time.Now().Add(-time.Minute)},
			{ID: "own", Workspace: "w1", Work: work, Created: time.Now().Add(-time.Minute)}, // asked with the caller's own credential
			{ID: "file", Workspace: "w1", VirtualKey: "vk", Created: time.Now().Add(-time.Minute)},
		}
		if err := s.KeepObjects(ctx, list); err != nil {
			t.Fatal(err)
		}
		claim := func(want string) {
			t.Helper()
			o, ok, err := s.ClaimWork(ctx, time.Hour)
			if err != nil || ok != (want != "") || o.ID != want {
				t.Errorf("claimed %q, %v, %v; want %q", o.ID, ok, err, want)
			}
			if ok && cmp.Diff(work, o.Work) != "" {
				t.Errorf("work %v", o.Work)
			}
		}
		claim("b1")
		claim("b2")
		claim("")
		for _, id := range []string{"b1", "b2"} {
			if err := s.PostponeWork(ctx, "w1", id, 0); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.PostponeWork(ctx, "w1", "b1", -1); err != nil {
			t.Fatal(err)
		}
		claim("b2")
		if _, first, err := s.SettleObject(ctx, "w1", "b2"); !first || err != nil {
			t.Error(first, err)
		}
		if err := s.PostponeWork(ctx, "w1", "b2", 0); err != nil { // by whoever had the lease
			t.Fatal(err)
		}
		claim("")
	})
}
