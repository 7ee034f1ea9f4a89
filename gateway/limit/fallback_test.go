package limit_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway/limit"
	"github.com/sluicegate/sluice/gateway/limit/limittest"
)

// shared are counters that can be made to hang or to fail.
type shared struct {
	limit.Counters
	hangs, fails bool
	asked        int
}

func (s *shared) Take(ctx context.Context, claims []limit.Claim) ([]limit.State, error) {
	s.asked++
	if s.hangs {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	if s.fails {
		return nil, errors.New("connection refused")
	}
	return s.Counters.Take(ctx, claims)
}

func TestFallbackCounts(t *testing.T) {
	limittest.Counters(t, func(*testing.T) (limit.Counters, func(time.Duration)) {
		now := time.Unix(1_800_000_000, 0)
		clock := func() time.Time { return now }
		f := limit.NewFallback(limit.NewMemory(clock), limit.NewMemory(clock), limit.FallbackConfig{Timeout: time.Minute, Pause: time.Minute})
		return f, func(d time.Duration) { now = now.Add(d) }
	})
}

// TestFallback: counters that hang or fail let no call wait and none go unlimited. They are asked
// again after the pause, and a lease that began before ends everywhere.
func TestFallback(t *testing.T) {
	for name, s := range map[string]*shared{"hang": {hangs: true}, "fail": {fails: true}} {
		t.Run(name, func(t *testing.T) {
			s.Counters = limit.NewMemory(nil)
			f := limit.NewFallback(s, limit.NewMemory(nil), limit.FallbackConfig{Timeout: 10 * time.Millisecond, Pause: 300 * time.Millisecond})
			take := func(lease string) bool {
				states, err := f.Take(t.Context(), []limit.Claim{{Counter: "a", Amount: 1, Limit: 5, Period: time.Hour}, {Counter: "b", Amount: 1, Limit: 100, Lease: lease}})
				if err != nil {
					t.Fatal(err)
				}
				return !states[0].Refused
			}
			passed := 0
			for i := range 10 {
				if take(string(rune('a' + i))) {
					passed++
				}
			}
			if passed != 5 || s.asked != 3 || !f.Local() {
				t.Errorf("%d of 10 passed a limit of 5; the shared counters were asked %d times", passed, s.asked)
			}
			s.hangs, s.fails = false, false
			time.Sleep(400 * time.Millisecond)
			if !take("z") || s.asked != 4 || f.Local() {
				t.Errorf("the shared counters are not asked again: %d", s.asked)
			}
			if err := f.Settle(t.Context(), []limit.Settlement{{Counter: "b", Lease: "a"}, {Counter: "b", Lease: "z"}}); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// TestCallerLeaves: a caller who leaves says nothing about the shared counters.
func TestCallerLeaves(t *testing.T) {
	s := &shared{Counters: limit.NewMemory(nil), hangs: true}
	f := limit.NewFallback(s, limit.NewMemory(nil), limit.FallbackConfig{Timeout: time.Minute, Pause: time.Minute})
	for range 5 {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, _ = f.Take(ctx, []limit.Claim{{Counter: "a", Amount: 1, Limit: 5, Period: time.Hour}})
	}
	if f.Local() || s.asked != 5 {
		t.Errorf("asked %d times", s.asked)
	}
}

// TestCallerLeavesProbe: nor does a caller who leaves while the shared counters are asked again. They are
// asked once more after another pause.
func TestCallerLeavesProbe(t *testing.T) {
	s := &shared{Counters: limit.NewMemory(nil), fails: true}
	var log bytes.Buffer
	f := limit.NewFallback(s, limit.NewMemory(nil), limit.FallbackConfig{Timeout: time.Minute, Pause: 20 * time.Millisecond, Log: slog.New(slog.NewTextHandler(&log, nil))})
	take := func(ctx context.Context) {
		_, _ = f.Take(ctx, []limit.Claim{{Counter: "a", Amount: 1, Limit: 100, Period: time.Hour}})
	}
	for !f.Local() {
		take(t.Context())
	}
	s.fails, s.hangs = false, true
	for left := s.asked; s.asked == left; time.Sleep(time.Millisecond) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		take(ctx)
	}
	if !f.Local() {
		t.Error("a caller who left is an answer")
	}
	s.hangs = false
	for end := time.Now().Add(10 * time.Second); f.Local(); time.Sleep(time.Millisecond) {
		if take(t.Context()); time.Now().After(end) {
			t.Fatal("they are not asked again")
		}
	}
	if told := strings.Count(log.String(), "\n"); told != 2 {
		t.Errorf("the log has %d lines:\n%s", told, log.String())
	}
}
