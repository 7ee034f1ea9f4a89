package cachetest

import (
	"context"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/sluicegate/sluice/cache/exact"
	"github.com/sluicegate/sluice/cache/key"
)

// ExactStore runs the conformance suite. make returns an empty store with room for some
// hundred small answers, which takes its time from the clock.
func ExactStore(t *testing.T, make func(t *testing.T, clock *Clock) exact.Store) {
	for _, c := range []struct {
		name string
		run  func(s *storeSuite)
	}{
		{"by ID and alias", (*storeSuite).get}, {"replaced", (*storeSuite).replaced}, {"alias taken over", (*storeSuite).alias},
		{"expiry", (*storeSuite).expiry}, {"delete by ID", (*storeSuite).deleteIDs}, {"delete a workspace", (*storeSuite).deleteWorkspace}, {"delete by condition", (*storeSuite).deleteSelected},
		{"refused deletions", (*storeSuite).refusedDelete}, {"concurrent", (*storeSuite).concurrent},
	} {
		t.Run(c.name, func(t *testing.T) {
			clock := NewClock()
			c.run(&storeSuite{T: t, store: make(t, clock), clock: clock})
		})
	}
}

type storeSuite struct {
	*testing.T
	store exact.Store
	clock *Clock
}

// put stores an answer for an hour. An alias of 0 is none.
func (s *storeSuite) put(workspace, id, alias int, record string) {
	s.Helper()
	a := exact.Answer{ID: ID(id), Workspace: ID(workspace), Record: []byte(record), Expires: s.clock.Now().Add(time.Hour)}
	if alias != 0 {
		a.Alias = ID(alias)
	}
	if err := s.store.Put(context.Background(), a); err != nil {
		s.Fatal(err)
	}
}

// want checks the record under an ID or alias; "" is none.
func (s *storeSuite) want(id int, record string) {
	s.Helper()
	got, err := s.store.Get(context.Background(), ID(id))
	if err != nil || string(got) != record || (got == nil) != (record == "") {
		s.Errorf("%d: %q, %v, want %q", id, got, err, record)
	}
}

func (s *storeSuite) delete(sel exact.Selection, want int) {
	s.Helper()
	if n, err := s.store.Delete(context.Background(), sel); n != want || err != nil {
		s.Errorf("%d deleted, %v, want %d", n, err, want)
	}
}

func (s *storeSuite) get() {
	s.want(1, "")
	s.put(1, 1, 11, "one")
	s.put(1, 2, 0, "two")
	s.want(1, "one")
	s.want(11, "one")
	s.want(2, "two")
	s.want(3, "")
}

func (s *storeSuite) replaced() {
	s.put(1, 1, 11, "old")
	s.put(1, 1, 12, "new")
	s.want(1, "new")
	s.want(12, "new")
	s.want(11, "") // the old answer had it
}

func (s *storeSuite) alias() {
	s.put(1, 1, 11, "one")
	s.put(1, 2, 11, "two")
	s.want(1, "one")
	s.want(11, "two")
	s.delete(exact.Selection{IDs: []key.Digest{ID(1)}}, 1)
	s.want(11, "two")
	s.delete(exact.Selection{IDs: []key.Digest{ID(2)}}, 1)
	s.want(11, "")
}

func (s *storeSuite) expiry() {
	s.put(1, 1, 11, "one")
	s.clock.Add(time.Hour - time.Second)
	s.want(1, "one")
	s.clock.Add(time.Second)
	s.want(1, "")
	s.want(11, "")
}

func (s *storeSuite) deleteIDs() {
	s.put(1, 1, 11, "one")
	s.put(1, 2, 12, "two")
	s.delete(exact.Selection{IDs: []key.Digest{ID(1), ID(9)}}, 1)
	s.want(1, "")
	s.want(11, "")
	s.want(2, "two")
}

func (s *storeSuite) deleteWorkspace() {
	s.put(1, 1, 11, "one")
	s.put(1, 2, 0, "two")
	s.put(2, 3, 13, "three")
	s.delete(exact.Selection{Workspace: ID(1)}, 2)
	s.delete(exact.Selection{Workspace: ID(7)}, 0)
	for _, id := range []int{1, 2, 11} {
		s.want(id, "")
	}
	s.want(3, "three")
	s.want(13, "three")
}

func (s *storeSuite) deleteSelected() {
	for n := 1; n <= 3; n++ {
		err := s.store.Put(context.Background(), exact.Answer{ID: ID(n), Workspace: ID(1), Record: []byte("x"), Stored: s.clock.Now(),
			Expires: s.clock.Now().Add(time.Hour), Attributes: []key.Digest{ID(100), ID(100 + n)}})
		if err != nil {
			s.Fatal(err)
		}
		s.clock.Add(time.Minute)
	}
	first := s.clock.Now().Add(-3 * time.Minute)
	s.delete(exact.Selection{Workspace: ID(2), Condition: exact.Condition{Attributes: []key.Digest{ID(100)}}}, 0)
	s.delete(exact.Selection{Workspace: ID(1), Condition: exact.Condition{Attributes: []key.Digest{ID(100), ID(103)}, Before: first}}, 0)
	s.delete(exact.Selection{Workspace: ID(1), Condition: exact.Condition{Attributes: []key.Digest{ID(100), ID(103)}}}, 1)
	s.delete(exact.Selection{Workspace: ID(1), Condition: exact.Condition{Before: first}}, 1)
	s.want(1, "")
	s.want(2, "x")
	s.want(3, "")
}

func (s *storeSuite) refusedDelete() {
	s.put(1, 1, 0, "one")
	for name, sel := range map[string]exact.Selection{"empty": {}, "two at once": {Workspace: ID(1), IDs: []key.Digest{ID(1)}},
		"a condition alone": {Condition: exact.Condition{Attributes: []key.Digest{ID(1)}}}} {
		if _, err := s.store.Delete(context.Background(), sel); err == nil {
			s.Errorf("deletion was not refused: %s", name)
		}
	}
	s.want(1, "one")
}

func (s *storeSuite) concurrent() {
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range 50 {
				s.put(g+1, 100*(g+1)+i, 1000*(g+1)+i%5, "record "+strconv.Itoa(i))
				_, _ = s.store.Get(context.Background(), ID(1000*(g+1)+i%5))
				if i%10 == 9 {
					s.delete(exact.Selection{IDs: []key.Digest{ID(100*(g+1) + i)}}, 1)
				}
			}
		})
	}
	wg.Wait()
	for g := range 4 {
		s.want(100*(g+1)+48, "record 48")
		s.delete(exact.Selection{Workspace: ID(g + 1)}, 45)
	}
}
