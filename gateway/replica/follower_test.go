package replica_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/sluicegate/sluice/gateway/replica"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// scripted is a feed whose pages the test sets.
type scripted struct {
	mu    sync.Mutex
	pages map[int64]replica.Page
	fail  error
	wake  func()
}

func (s *scripted) Position(context.Context) (int64, error) { return 0, nil }

func (s *scripted) Changes(_ context.Context, after int64) (replica.Page, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p, ok := s.pages[after]; ok || s.fail != nil {
		return p, s.fail
	}
	return replica.Page{Next: after}, nil
}

func (s *scripted) Listen(ctx context.Context, wake func()) error {
	s.mu.Lock()
	s.wake = wake
	s.mu.Unlock()
	<-ctx.Done()
	return nil
}

func (s *scripted) set(after int64, p replica.Page, fail error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pages[after], s.fail = p, fail
}

// services note what they are told.
type services struct {
	mu       sync.Mutex
	applied  []replica.Change
	reloads  int
	refusals int // how often Apply still fails
}

func (s *services) apply(_ context.Context, changes []replica.Change) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refusals > 0 {
		s.refusals--
		return errors.New("not now")
	}
	s.applied = append(s.applied, changes...)
	return nil
}

func (s *services) reload(context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reloads++
	return nil
}

func (s *services) until(t *testing.T, what string, holds func(*services) bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		s.mu.Lock()
		ok := holds(s)
		s.mu.Unlock()
		if ok {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%s did not happen: applied %v, %d reloads", what, s.applied, s.reloads)
		}
	}
}

// Changes are applied in order, each until it has worked once, also after a failure of the feed;
// a gap has everything read again.
func TestFollower(t *testing.T) {
	a, b, c := replica.Change{Kind: replica.APIKey, ID: "a"}, replica.Change{Kind: replica.Config, ID: "b"}, replica.Change{Kind: replica.Prompt, ID: "c"}
	feed, s := &scripted{pages: map[int64]replica.Page{}}, &services{refusals: 1}
	f := replica.Follow(7, replica.Settings{Feed: feed, Apply: s.apply, Reload: s.reload, Log: slog.New(slog.DiscardHandler)})
	defer f.Close()
	feed.set(7, replica.Page{Changes: []replica.Change{a, b}, Next: 9}, errors.New("down"))
	feed.set(7, replica.Page{Changes: []replica.Change{a, b}, Next: 9}, nil)
	s.until(t, "applying", func(s *services) bool { return slices.Equal(s.applied, []replica.Change{a, b}) && s.refusals == 0 })
	feed.set(9, replica.Page{Gap: true, Next: 20}, nil)
	s.until(t, "reloading", func(s *services) bool { return s.reloads == 1 })
	feed.set(20, replica.Page{Changes: []replica.Change{c}, Next: 21}, nil)
	s.until(t, "applying after a gap", func(s *services) bool { return slices.Equal(s.applied, []replica.Change{a, b, c}) })
}
