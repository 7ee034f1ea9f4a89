// Package cachetest holds the suites that every index and every embedder of the cache
// must pass.
package cachetest

import (
	"context"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/sluicegate/sluice/cache"
	"github.com/sluicegate/sluice/cache/key"
)

// Dim is the length of the vectors that Index uses.
const Dim = 256

// Clock is a time that a test moves.
type Clock struct {
	mu sync.Mutex
	t  time.Time
}

// NewClock starts at a fixed time.
func NewClock() *Clock { return &Clock{t: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)} }

// Now is the time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

// Add moves it.
func (c *Clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// Index runs the suite. make gives an empty index for vectors of length Dim, which takes
// its time from the clock.
func Index(t *testing.T, make func(t *testing.T, clock *Clock) cache.VectorIndex) {
	for _, c := range []struct {
		name string
		run  func(s *suite)
	}{
		{"nearest first", (*suite).order}, {"threshold and limit", (*suite).bounds}, {"partitions", (*suite).partitions},
		{"refused vectors", (*suite).refused}, {"refused partition", (*suite).zeroPartition}, {"expiry", (*suite).expiry},
		{"replaced", (*suite).replaced}, {"delete by id", (*suite).deleteIDs}, {"delete a workspace", (*suite).deleteWorkspace},
		{"delete expired", (*suite).deleteExpired}, {"refused deletions", (*suite).refusedDelete}, {"length of vectors", (*suite).scaled},
		{"memory of the caller's", (*suite).copies},
		{"archive", (*suite).archive}, {"concurrent", (*suite).concurrent},
	} {
		t.Run(c.name, func(t *testing.T) {
			clock := NewClock()
			c.run(&suite{T: t, x: make(t, clock), clock: clock, rand: rand.New(rand.NewPCG(1, 2))})
		})
	}
}

type suite struct {
	*testing.T
	x     cache.VectorIndex
	clock *Clock
	rand  *rand.Rand
}

// ID makes the n-th digest.
func ID(n int) (d key.Digest) {
	binary.BigEndian.PutUint64(d[8:], uint64(n)+1)
	return d
}

func part(workspace, context int) key.Partition {
	return key.Partition{Workspace: ID(1000 + workspace), Context: ID(2000 + context)}
}

// Vector is a random direction.
func Vector(r *rand.Rand) []float32 {
	v := make([]float32, Dim)
	for i := range v {
		v[i] = float32(r.NormFloat64())
	}
	return v
}

// Near turns v away so that the cosine becomes c.
func Near(r *rand.Rand, v []float32, c float64) []float32 {
	w := Vector(r)
	var vv, vw float64
	for i := range v {
		vv += float64(v[i]) * float64(v[i])
		vw += float64(v[i]) * float64(w[i])
	}
	var ww float64
	for i := range w {
		w[i] -= float32(vw / vv * float64(v[i]))
		ww += float64(w[i]) * float64(w[i])
	}
	out := make([]float32, Dim)
	for i := range out {
		out[i] = float32(c*float64(v[i])/math.Sqrt(vv) + math.Sqrt(1-c*c)*float64(w[i])/math.Sqrt(ww))
	}
	return out
}

func (s *suite) add(p key.Partition, n int, v []float32) {
	s.Helper()
	if err := s.x.Add(context.Background(), s.point(p, n, v)); err != nil {
		s.Fatal(err)
	}
}

func (s *suite) point(p key.Partition, n int, v []float32) cache.Point {
	return cache.Point{Partition: p, ID: ID(n), Vector: v, Expires: s.clock.Now().Add(time.Hour), Sealed: []byte{1, byte(n)}}
}

func (s *suite) search(p key.Partition, v []float32, k int, min float32) []cache.Match {
	s.Helper()
	ms, err := s.x.Search(context.Background(), p, v, k, min)
	if err != nil {
		s.Fatal(err)
	}
	return ms
}

// want compares ids; an index that applies inserts late gets some time.
func (s *suite) want(p key.Partition, v []float32, ids ...int) []cache.Match {
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

func (s *suite) order() {
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

func (s *suite) bounds() {
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

func (s *suite) partitions() {
	v := Vector(s.rand)
	s.add(part(1, 1), 1, v)
	s.add(part(2, 1), 2, v)
	s.add(part(1, 2), 3, v)
	s.want(part(1, 1), v, 1)
	s.want(part(2, 1), v, 2)
	s.want(part(1, 2), v, 3)
	s.want(part(2, 2), v)
	s.add(part(2, 1), 1, Near(s.rand, v, .9)) // an id belongs to its partition
	s.want(part(1, 1), v, 1)
	s.want(part(2, 1), v, 2, 1)
}

func (s *suite) refused() {
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

func (s *suite) zeroPartition() {
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

func (s *suite) expiry() {
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

func (s *suite) replaced() {
	v, w := Vector(s.rand), Vector(s.rand)
	s.add(part(1, 1), 1, v)
	s.want(part(1, 1), v, 1)
	s.add(part(1, 1), 1, w)
	s.want(part(1, 1), w, 1)
	s.want(part(1, 1), v)
}

func (s *suite) deleteIDs() {
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

func (s *suite) deleteWorkspace() {
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

func (s *suite) deleteExpired() {
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
	s.clock.Add(-10 * time.Minute) // as if it had not expired: it is gone for good
	s.want(part(1, 1), v, 2)
}

func (s *suite) refusedDelete() {
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

func (s *suite) scaled() {
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

func (s *suite) copies() {
	v := Vector(s.rand)
	room := slices.Clone(v)
	s.add(part(1, 1), 1, room)
	clear(room)
	s.want(part(1, 1), v, 1)
	copy(room, v)
	s.search(part(1, 1), room, 1, .5)
	clear(room)
	s.want(part(1, 1), v, 1)
}

func (s *suite) archive() {
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

func (s *suite) concurrent() {
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
