package qdrant_test

import (
	"context"
	"slices"
	"testing"
	"time"

	api "github.com/qdrant/go-client/qdrant"

	"github.com/sluicegate/sluice/cache"
	"github.com/sluicegate/sluice/cache/cachetest"
	"github.com/sluicegate/sluice/cache/key"
	"github.com/sluicegate/sluice/cache/qdrant"
	"github.com/sluicegate/sluice/cache/qdrant/qdranttest"
)

// installation opens indexes of different models in one server.
type installation struct {
	*testing.T
	server *qdranttest.Server
	clock  *cachetest.Clock
}

func (i *installation) open(model string, dim int) *qdrant.Index {
	i.Helper()
	x, err := qdrant.New(qdrant.Config{URL: i.server.URL(), Collection: "cache", Model: model, Dim: dim, Now: i.clock.Now})
	if err != nil {
		i.Fatal(err)
	}
	i.Cleanup(func() { x.Close() })
	return x
}

// add stores a point now.
func (i *installation) add(x *qdrant.Index, n, dim int) {
	i.Helper()
	p := cache.Point{Partition: where, ID: cachetest.ID(n), Vector: make([]float32, dim), Stored: i.clock.Now(), Expires: i.clock.Now().Add(24 * time.Hour)}
	p.Vector[0] = 1
	if err := x.Add(context.Background(), p); err != nil {
		i.Fatal(err)
	}
}

// finds reports whether an index finds a point.
func (i *installation) finds(x *qdrant.Index, n, dim int) bool {
	i.Helper()
	v := make([]float32, dim)
	v[0] = 1
	found, err := x.Search(context.Background(), where, v, 100, .9)
	if err != nil {
		i.Fatal(err)
	}
	return slices.ContainsFunc(found, func(m cache.Match) bool { return m.ID == cachetest.ID(n) })
}

func (i *installation) expire(x *qdrant.Index) {
	i.Helper()
	if err := x.Delete(context.Background(), cache.Selection{Expired: i.clock.Now()}); err != nil {
		i.Fatal(err)
	}
}

// aliases are those of the server with their collections.
func (i *installation) aliases() map[string]string {
	i.Helper()
	listed, err := api.NewCollectionsClient(dial(i, i.server.URL())).ListAliases(context.Background(), &api.ListAliasesRequest{})
	if err != nil {
		i.Fatal(err)
	}
	out := map[string]string{}
	for _, a := range listed.GetAliases() {
		out[a.GetAliasName()] = a.GetCollectionName()
	}
	return out
}

// TestModelChange: another model, with vectors of another length, gets a collection of its own and
// the alias. Replicas with the model before go on until they are gone; then their collection goes.
func TestModelChange(t *testing.T) {
	i := &installation{t, server(t), cachetest.NewClock()}
	before := i.open("a", 8)
	i.add(before, 1, 8)
	if got := i.aliases(); got["cache_current"] != before.Collection() || len(got) != 1 {
		t.Fatalf("%v", got)
	}
	after := i.open("b", 16)
	if i.finds(after, 1, 16) {
		t.Error("the new model finds what the old one stored")
	}
	switches := i.server.Calls("Collections/UpdateAliases")
	i.add(after, 2, 16)
	if got := i.aliases(); got["cache_current"] != after.Collection() || got[before.Collection()+"_retired"] != before.Collection() || len(got) != 2 {
		t.Errorf("%v", got)
	}
	if n := i.server.Calls("Collections/UpdateAliases") - switches; n != 1 {
		t.Errorf("the alias was switched in %d calls", n)
	}
	i.clock.Add(50 * time.Minute)
	i.add(before, 3, 8) // a replica that was not replaced yet
	i.clock.Add(50 * time.Minute)
	i.expire(after)
	if !i.finds(before, 1, 8) || !i.finds(before, 3, 8) || i.finds(before, 2, 8) || !i.finds(after, 2, 16) {
		t.Error("replicas of two models do not have their own points")
	}
	i.clock.Add(11 * time.Minute)
	i.expire(before) // never its own
	if !i.finds(before, 1, 8) {
		t.Error("an index removed its own collection")
	}
	i.expire(after)
	if i.finds(before, 1, 8) || !i.finds(after, 2, 16) {
		t.Error("the collection that nobody uses is still there, or the current one is not")
	}
	if got := i.aliases(); got["cache_current"] != after.Collection() || len(got) != 1 {
		t.Errorf("%v", got)
	}
}

// TestModelChangedBack: the collection of a model that is used again is not retired any more.
func TestModelChangedBack(t *testing.T) {
	i := &installation{t, server(t), cachetest.NewClock()}
	i.add(i.open("a", 8), 1, 8)
	b := i.open("b", 8) // the same length: only the name tells them apart
	i.add(b, 2, 8)
	again := i.open("a", 8)
	i.add(again, 3, 8)
	if got := i.aliases(); got["cache_current"] != again.Collection() || got[b.Collection()+"_retired"] != b.Collection() || len(got) != 2 {
		t.Errorf("%v", got)
	}
	i.clock.Add(2 * time.Hour)
	i.expire(b)
	i.expire(again)
	if !i.finds(again, 1, 8) || !i.finds(again, 3, 8) || i.finds(again, 2, 8) || i.finds(b, 2, 8) {
		t.Error("another collection was removed, or two models share one")
	}
}

// TestCollection holds what a collection is made with: a tenant index, so that a search reads one
// partition, int8 vectors in memory, and no filter on a field without an index.
func TestCollection(t *testing.T) {
	i := &installation{t, server(t), cachetest.NewClock()}
	x := i.open("a", 8)
	i.add(x, 1, 8)
	got, err := api.NewCollectionsClient(dial(t, i.server.URL())).Get(context.Background(), &api.GetCollectionInfoRequest{CollectionName: x.Collection()})
	if err != nil {
		t.Fatal(err)
	}
	config, schema := got.GetResult().GetConfig(), got.GetResult().GetPayloadSchema()
	vectors, scalar := config.GetParams().GetVectorsConfig().GetParams(), config.GetQuantizationConfig().GetScalar()
	if vectors.GetSize() != 8 || vectors.GetDistance() != api.Distance_Cosine || !vectors.GetOnDisk() || scalar.GetType() != api.QuantizationType_Int8 || !scalar.GetAlwaysRam() {
		t.Errorf("vectors: %v, %v", vectors, scalar)
	}
	if h := config.GetHnswConfig(); h.M == nil || h.GetM() != 0 || h.GetPayloadM() != 16 {
		t.Errorf("one graph for all partitions: %v", h)
	}
	if m := config.GetStrictModeConfig(); !m.GetEnabled() || m.UnindexedFilteringRetrieve == nil || m.GetUnindexedFilteringRetrieve() || m.GetUnindexedFilteringUpdate() {
		t.Errorf("strict mode: %v", m)
	}
	if !schema["part"].GetParams().GetKeywordIndexParams().GetIsTenant() {
		t.Errorf("the partition is no tenant: %v", schema["part"])
	}
	for _, field := range []string{"ws", "expires_at", "has", "stored_at"} {
		if schema[field] == nil {
			t.Errorf("%s has no index", field)
		}
	}
}

// TestExpiry: what expired is not found, and is removed in batches.
func TestExpiry(t *testing.T) {
	const many = 10_020
	i := &installation{t, server(t), cachetest.NewClock()}
	x := i.open("a", 2)
	fill := func(workspace, n int, life time.Duration) {
		points := make([]cache.Point, n)
		for at := range points {
			points[at] = cache.Point{Partition: key.Partition{Workspace: cachetest.ID(workspace), Context: cachetest.ID(2)}, ID: cachetest.ID(at),
				Vector: []float32{1, 0}, Stored: i.clock.Now(), Expires: i.clock.Now().Add(life)}
		}
		if err := x.Add(context.Background(), points...); err != nil {
			t.Fatal(err)
		}
	}
	left := func() uint64 {
		info, err := api.NewCollectionsClient(dial(t, i.server.URL())).Get(context.Background(), &api.GetCollectionInfoRequest{CollectionName: x.Collection()})
		if err != nil {
			t.Fatal(err)
		}
		return info.GetResult().GetPointsCount()
	}
	fill(1, many, time.Hour)
	fill(3, 2, 3*time.Hour)
	i.clock.Add(2 * time.Hour)
	if found, err := x.Search(context.Background(), where, []float32{1, 0}, 4, .9); err != nil || len(found) != 0 {
		t.Errorf("expired, and found: %v, %v", found, err)
	}
	i.expire(x)
	if n, calls := left(), i.server.Calls("Points/Delete"); n != 2 || calls != 2 {
		t.Errorf("%d points are left after %d calls", n, calls)
	}
}
