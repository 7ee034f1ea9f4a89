package gateway

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

// lateStream blocks in Next until Close, and still writes facts for a while after that.
type lateStream struct {
	ex     *Exchange
	closed chan struct{}
}

func (s *lateStream) Next() (Chunk, error) {
	<-s.closed
	time.Sleep(10 * time.Millisecond)
	s.ex.Facts.Attempts = append(s.ex.Facts.Attempts, Attempt{Target: "late"})
	s.ex.Facts.Usage = &Usage{Output: 7}
	return Chunk{}, errors.New("closed")
}

func (s *lateStream) Close() error { close(s.closed); return nil }

// TestAccountWaitsForNext: who closes while Next runs is accounted with everything that this
// Next still writes. The race detector sees a copy that is made too early.
func TestAccountWaitsForNext(t *testing.T) {
	var ends []error
	var facts Facts
	account := Stage{Name: "envelope", Wrap: func(next Handler) Handler {
		return Account(next, func(ex *Exchange, err error) {
			ends, facts = append(ends, err), *ex.Facts
			facts.Timing = slices.Clone(facts.Timing)
		})
	}}
	inner := Stage{Name: "inner", Wrap: func(next Handler) Handler { return next }}
	h := Chain("end", func(_ context.Context, ex *Exchange) (Stream, error) {
		return &lateStream{ex, make(chan struct{})}, nil
	}, account, inner)
	s, err := h(t.Context(), &Exchange{Start: time.Now(), Facts: &Facts{}})
	if err != nil {
		t.Fatal(err)
	}
	returned := make(chan struct{})
	go func() {
		defer close(returned)
		_, _ = s.Next() // its error is what Close made of it
	}()
	time.Sleep(10 * time.Millisecond)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if len(ends) != 1 || ends[0] != ErrClosed || len(facts.Attempts) != 1 || facts.Usage == nil || len(facts.Timing) != 3 || facts.Timing[2].Incl <= 0 {
		t.Errorf("ends %v, %+v", ends, facts)
	}
	<-returned
}

// openStream is a stream that counts how often it is closed.
type openStream struct{ closed int }

func (s *openStream) Next() (Chunk, error) { return Chunk{}, nil }
func (s *openStream) Close() error         { s.closed++; return nil }

// TestLostStreamsAreAccounted: a stage that panics or fails after its inner stream was returned
// leaves it to nobody. Its account ends nevertheless, before those around it.
func TestLostStreamsAreAccounted(t *testing.T) {
	broken := errors.New("broken")
	for name, fail := range map[string]func() error{"panic": func() error { panic("ouch") }, "error": func() error { return broken }} {
		for _, contained := range []bool{false, true} {
			var ends []string
			account := func(name string) Stage {
				return Stage{Name: name, Wrap: func(next Handler) Handler {
					return Account(next, func(_ *Exchange, err error) { ends = append(ends, name+" "+AsError(err).Error()) })
				}}
			}
			inner := &openStream{}
			loses := Stage{Name: "loses", Wrap: func(next Handler) Handler {
				return func(ctx context.Context, ex *Exchange) (Stream, error) {
					if _, err := next(ctx, ex); err != nil {
						t.Error(err)
					}
					return nil, fail()
				}
			}}
			again := &openStream{}
			retries := Stage{Name: "router", Wrap: func(next Handler) Handler {
				return func(ctx context.Context, ex *Exchange) (Stream, error) {
					if !contained {
						return next(ctx, ex)
					}
					if _, err := Contain(ctx, "test", ex, next); err == nil || len(ends) != 1 {
						t.Errorf("%s: %v, ended before the next attempt: %v", name, err, ends)
					}
					return again, nil
				}
			}}
			ex := &Exchange{Start: time.Now(), Facts: &Facts{}}
			s, err := Chain("end", func(context.Context, *Exchange) (Stream, error) { return inner, nil }, account("outer"), retries, loses, account("inner"))(t.Context(), ex)
			if contained != (err == nil) {
				t.Fatalf("%s: %v", name, err)
			}
			if err == nil {
				s.Close()
			}
			if len(ends) != 2 || !strings.HasPrefix(ends[0], "inner") || !strings.HasPrefix(ends[1], "outer") || inner.closed != 1 || again.closed != map[bool]int{true: 1}[contained] {
				t.Errorf("%s, contained %v: ends %v, inner stream closed %d times", name, contained, ends, inner.closed)
			}
		}
	}
}
