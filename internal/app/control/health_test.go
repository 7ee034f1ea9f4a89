package control

import (
	"context"
	"errors"
	"testing"
	"time"
)

func TestHealth(t *testing.T) {
	down := errors.New("down")
	for name, c := range map[string]struct {
		maxOutage time.Duration
		ready     bool
	}{"a file": {0, false}, "a database that may be away": {time.Hour, true}, "for too long": {time.Nanosecond, false}} {
		var fail error
		h := NewHealth(func(context.Context) error { return fail }, c.maxOutage, time.Time{})
		if err := h.Ready(t.Context()); err != nil || len(h.Warnings()) > 0 {
			t.Errorf("%s answers: %v, %v", name, err, h.Warnings())
		}
		fail = down
		time.Sleep(time.Millisecond)
		if err := h.Ready(t.Context()); (err == nil) != c.ready || len(h.Warnings()) != 1 {
			t.Errorf("%s is away: %v, %v; ready should be %v", name, err, h.Warnings(), c.ready)
		}
		fail = nil
		if err := h.Ready(t.Context()); err != nil || len(h.Warnings()) > 0 {
			t.Errorf("%s answers again: %v, %v", name, err, h.Warnings())
		}
	}
}
