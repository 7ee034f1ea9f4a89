package gateway

import (
	"context"
	"errors"
	"slices"
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
