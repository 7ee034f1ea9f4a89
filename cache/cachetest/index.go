package cachetest

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/sluicegate/sluice/cache"
	"github.com/sluicegate/sluice/cache/exact"
	"github.com/sluicegate/sluice/cache/key"
)

// Index runs the conformance suite. make returns an empty index for vectors of length Dim,
// which takes its time from the clock.
func Index(t *testing.T, make func(t *testing.T, clock *Clock) cache.VectorIndex) {
	for _, c := range []struct {
		name string
		run  func(s *indexSuite)
	}{
		{"nearest first", (*indexSuite).order}, {"threshold and limit", (*indexSuite).bounds}, {"partitions", (*indexSuite).partitions},
		{"refused vectors", (*indexSuite).refused}, {"refused partition", (*indexSuite).zeroPartition}, {"expiry", (*indexSuite).expiry},
		{"replaced", (*indexSuite).replaced}, {"delete by id", (*indexSuite).deleteIDs}, {"delete a workspace", (*indexSuite).deleteWorkspace},
		{"delete expired", (*indexSuite).deleteExpired}, {"refused deletions", (*indexSuite).refusedDelete}, {"length of vectors", (*indexSuite).scaled},
		{"keeps no memory of the caller's", (*indexSuite).copies},
		{"archive", (*indexSuite).archive}, {"delete by condition", (*indexSuite).deleteSelected}, {"concurrent", (*indexSuite).concurrent},
	} {
		t.Run(c.name, func(t *testing.T) {
			clock := NewClock()
			c.run(&indexSuite{T: t, x: make(t, clock), clock: clock, rand: rand.New(rand.NewPCG(1, 2))})
		})
	}
}

type indexSuite struct {
	*testing.T
	x     cache.VectorIndex
	clock *Clock
	rand  *rand.Rand
}

func part(workspace, context int) key.Partition {
	return key.Partition{Workspace: ID(1000 + workspace), Context: ID(2000 + context)}
}

func (s *indexSuite) add(p key.Partition, n int, v []float32) {
	s.Helper()
	if err := s.x.Add(context.Background(), s.point(p, n, v)); err != nil {
		s.Fatal(err)
	}
}

func (s *indexSuite) point(p key.Partition, n int, v []float32) cache.Point {
	return cache.Point{Partition: p, ID: ID(n), Vector: v, Expires: s.clock.Now().Add(time.Hour), Sealed: []byte{1, byte(n)}}
}

func (s *indexSuite) search(p key.Partition, v []float32, k int, min float32) []cache.Match {
	s.Helper()
	ms, err := s.x.Search(context.Background(), p, v, k, min)
	if err != nil {
		s.Fatal(err)
	}
	return ms
}

// want compares the IDs of the nearest points. It waits for an index that applies inserts
// late.
func (s *indexSuite) want(p key.Partition, v []float32, ids ...int) []cache.Match {
	s.Helper()
	var got []cache.Match
	for try := 0; try < 50; try++ {
		got = s.search(p, v, 4, .5)
		same := len(got) == len(ids)
		for i := range got {
			same = same && got[i].ID == ID(ids[i])
		}
		if same {
			return got
		}
		time.Sleep(10 * time.Millisecond)
	}
	s.Fatalf("got %v, want %v", got, ids)
	return nil
}

func (s *indexSuite) order() {
	v := Vector(s.rand)
	for n, c := range []float64{.7, .99, .95, .6, .9, .8} {
		s.add(part(1, 1), n, Near(s.rand, v, c))
	}
	got := s.want(part(1, 1), v, 1, 2, 4, 5)
	for i, c := range []float64{.99, .95, .9, .8} {
		if math.Abs(float64(got[i].Score)-c) > .01 {
			s.Errorf("score %d is %f, want %f", i, got[i].Score, c)
		}
	}
}

func (s *indexSuite) bounds() {
	v := Vector(s.rand)
	for n, c := range []float64{.99, .97, .8, -.9} {
		s.add(part(1, 1), n, Near(s.rand, v, c))
	}
	s.want(part(1, 1), v, 0, 1, 2)
	for _, c := range []struct {
		k    int
		min  float32
		want int
	}{{4, .95, 2}, {1, .95, 1}, {4, .995, 0}, {0, .5, 0}, {4, -1, 4}} {
		if got := s.search(part(1, 1), v, c.k, c.min); len(got) != c.want {
			s.Errorf("k %d, min %f: %v", c.k, c.min, got)
		}
	}
}

func (s *indexSuite) partitions() {
	v := Vector(s.rand)
	s.add(part(1, 1), 1, v)
	s.add(part(2, 1), 2, v)
	s.add(part(1, 2), 3, v)
	s.want(part(1, 1), v, 1)
	s.want(part(2, 1), v, 2)
	s.want(part(1, 2), v, 3)
	s.want(part(2, 2), v)
	s.add(part(2, 1), 1, Near(s.rand, v, .9)) // an ID belongs to its partition
	s.want(part(1, 1), v, 1)
	s.want(part(2, 1), v, 2, 1)
}

func (s *indexSuite) refused() {
	ctx := context.Background()
	good := Vector(s.rand)
	nan, inf := append([]float32(nil), good...), append([]float32(nil), good...)
	nan[7], inf[7] = float32(math.NaN()), float32(math.Inf(1))
	for name, v := range map[string][]float32{"NaN": nan, "infinite": inf, "zero": make([]float32, Dim), "short": good[:Dim-1], "empty": nil} {
		if err := s.x.Add(ctx, s.point(part(1, 1), 1, good), s.point(part(1, 1), 2, v)); err == nil {
			s.Errorf("%s was added", name)
		}
		if _, err := s.x.Search(ctx, part(1, 1), v, 4, .5); err == nil {
			s.Errorf("%s was searched for", name)
		}
	}
	s.want(part(1, 1), good) // all or nothing
}

func (s *indexSuite) zeroPartition() {
	ctx := context.Background()
	v := Vector(s.rand)
	s.add(part(1, 1), 1, v)
	for _, p := range []key.Partition{{}, key.Partition{Workspace: key.Digest{}, Context: ID(1)}, key.Partition{Workspace: ID(1), Context: key.Digest{}}} {
		if _, err := s.x.Search(ctx, p, v, 4, .5); err == nil {
			s.Error("a search without a partition was answered")
		}
		if err := s.x.Add(ctx, s.point(p, 2, v)); err == nil {
			s.Error("a point without a partition was added")
		}
	}
}

func (s *indexSuite) expiry() {
	v := Vector(s.rand)
	short := s.point(part(1, 1), 1, v)
	short.Expires = s.clock.Now().Add(time.Minute)
	gone := s.point(part(1, 1), 3, v)
	gone.Expires = s.clock.Now().Add(-time.Minute)
	if err := s.x.Add(context.Background(), short, s.point(part(1, 1), 2, Near(s.rand, v, .9)), gone); err != nil {
		s.Fatal(err)
	}
	s.want(part(1, 1), v, 1, 2)
	s.clock.Add(time.Minute)
	s.want(part(1, 1), v, 2)
}

func (s *indexSuite) replaced() {
	v, w := Vector(s.rand), Vector(s.rand)
	s.add(part(1, 1), 1, v)
	s.want(part(1, 1), v, 1)
	s.add(part(1, 1), 1, w)
	s.want(part(1, 1), w, 1)
	s.want(part(1, 1), v)
}

func (s *indexSuite) deleteIDs() {
	v := Vector(s.rand)
	for n := 1; n <= 3; n++ {
		s.add(part(1, 1), n, Near(s.rand, v, 1-float64(n)/100))
	}
	s.add(part(1, 2), 1, v)
	s.want(part(1, 1), v, 1, 2, 3)
	if err := s.x.Delete(context.Background(), cache.Selection{Partition: part(1, 1), IDs: []key.Digest{ID(1), ID(99)}}); err != nil {
		s.Fatal(err)
	}
	s.want(part(1, 1), v, 2, 3)
	s.want(part(1, 2), v, 1)
}

func (s *indexSuite) deleteWorkspace() {
	v := Vector(s.rand)
	s.add(part(1, 1), 1, v)
	s.add(part(1, 2), 2, v)
	s.add(part(2, 1), 3, v)
	s.want(part(1, 2), v, 2)
	if err := s.x.Delete(context.Background(), cache.Selection{Workspace: part(1, 1).Workspace}); err != nil {
		s.Fatal(err)
	}
	s.want(part(1, 1), v)
	s.want(part(1, 2), v)
	s.want(part(2, 1), v, 3)
}

func (s *indexSuite) deleteExpired() {
	v := Vector(s.rand)
	short := s.point(part(1, 1), 1, v)
	short.Expires = s.clock.Now().Add(time.Minute)
	if err := s.x.Add(context.Background(), short, s.point(part(1, 1), 2, v)); err != nil {
		s.Fatal(err)
	}
	s.clock.Add(10 * time.Minute)
	if err := s.x.Delete(context.Background(), cache.Selection{Expired: s.clock.Now()}); err != nil {
		s.Fatal(err)
	}
	s.clock.Add(-10 * time.Minute) // before its expiry: it must be gone for good
	s.want(part(1, 1), v, 2)
}

func (s *indexSuite) refusedDelete() {
	v := Vector(s.rand)
	s.add(part(1, 1), 1, v)
	s.want(part(1, 1), v, 1)
	for name, sel := range map[string]cache.Selection{
		"empty": {}, "a partition alone": {Partition: part(1, 1)}, "ids without a partition": {IDs: []key.Digest{ID(1)}},
		"two at once": {Workspace: ID(1), Expired: s.clock.Now()},
	} {
		if err := s.x.Delete(context.Background(), sel); err == nil {
			s.Errorf("deletion was not refused: %s", name)
		}
	}
	s.want(part(1, 1), v, 1)
}

func (s *indexSuite) scaled() {
	v := Vector(s.rand)
	long := make([]float32, Dim)
	for i := range v {
		long[i] = 1000 * v[i]
	}
	s.add(part(1, 1), 1, long)
	got := s.want(part(1, 1), v, 1)
	if math.Abs(float64(got[0].Score)-1) > .001 {
		s.Errorf("score %f of the same direction", got[0].Score)
	}
	if again := s.search(part(1, 1), long, 1, .999); len(again) != 1 {
		s.Error("the length of the question's vector counts")
	}
}

func (s *indexSuite) copies() {
	v := Vector(s.rand)
	buffer := slices.Clone(v)
	s.add(part(1, 1), 1, buffer)
	clear(buffer)
	s.want(part(1, 1), v, 1)
	copy(buffer, v)
	s.search(part(1, 1), buffer, 1, .5)
	clear(buffer)
	s.want(part(1, 1), v, 1)
}

func (s *indexSuite) archive() {
	a, ok := s.x.(cache.Archive)
	if !ok {
		s.Skip("keeps no entries")
	}
	v := Vector(s.rand)
	s.add(part(1, 1), 1, v)
	s.want(part(1, 1), v, 1)
	got, err := a.Fetch(context.Background(), part(1, 1), []key.Digest{ID(1), ID(9)})
	if err != nil || len(got) != 1 || string(got[ID(1)]) != "\x01\x01" {
		s.Errorf("fetched %v, %v", got, err)
	}
	if got, err = a.Fetch(context.Background(), part(2, 1), []key.Digest{ID(1)}); err != nil || len(got) != 0 {
		s.Errorf("another partition's entry was fetched: %v, %v", got, err)
	}
	if _, err = a.Fetch(context.Background(), key.Partition{}, []key.Digest{ID(1)}); err == nil {
		s.Error("fetched without a partition")
	}
}

func (s *indexSuite) deleteSelected() {
	a, ok := s.x.(cache.Archive)
	if !ok {
		s.Skip("keeps no entries")
	}
	v := Vector(s.rand)
	for n := 1; n <= 3; n++ {
		p := s.point(part(n/3, 1), n, v)
		p.Attributes, p.Stored = []key.Digest{ID(100), ID(100 + n)}, s.clock.Now().Add(time.Duration(n)*time.Minute)
		if err := s.x.Add(context.Background(), p); err != nil {
			s.Fatal(err)
		}
	}
	of := func(ids ...int) (c exact.Condition) {
		for _, id := range ids {
			c.Attributes = append(c.Attributes, ID(id))
		}
		return c
	}
	remove := func(c exact.Condition) {
		if err := a.DeleteSelected(context.Background(), part(0, 1).Workspace, c); err != nil {
			s.Fatal(err)
		}
	}
	s.want(part(1, 1), v, 3)
	remove(of(101, 102))
	remove(exact.Condition{Before: s.clock.Now()})
	if got := s.search(part(0, 1), v, 4, .5); len(got) != 2 {
		s.Errorf("conditions that select nothing left %d points of 2", len(got))
	}
	remove(of(100, 101))
	s.want(part(0, 1), v, 2)
	remove(exact.Condition{Before: s.clock.Now().Add(2 * time.Minute)})
	s.want(part(0, 1), v)
	s.want(part(1, 1), v, 3) // another workspace's
	if err := a.DeleteSelected(context.Background(), part(0, 1).Workspace, exact.Condition{}); err == nil {
		s.Error("an empty condition was not refused")
	}
}

func (s *indexSuite) concurrent() {
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			r := rand.New(rand.NewPCG(uint64(g), 9))
			for n := range 40 {
				v := Vector(r)
				_ = s.x.Add(context.Background(), s.point(part(g, 1), n, v))
				_, _ = s.x.Search(context.Background(), part(g, 1), v, 4, .9)
				if n%10 == 9 {
					_ = s.x.Delete(context.Background(), cache.Selection{Partition: part(g, 1), IDs: []key.Digest{ID(n - 1)}})
				}
			}
		}()
	}
	wg.Wait()
	for g := range 4 {
		if got := s.search(part(g, 1), Vector(s.rand), 100, -1); len(got) == 0 {
			s.Error("nothing was kept")
		}
	}
}
