package gatewaytest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

func TestHandlerPlaysItsScripts(t *testing.T) {
	broken := errors.New("broken")
	h := NewHandler(Script{Fail: broken}, Streamed("Hel", "lo"), Answer("Hi"))
	if _, err := h.Handle(context.Background(), Exchange(t, "")); err != broken {
		t.Fatalf("first call: %v, want the scripted failure", err)
	}
	for _, want := range []string{"Hello", "Hi", "Hi"} {
		s, err := h.Handle(context.Background(), Exchange(t, ""))
		if err != nil {
			t.Fatal(err)
		}
		if h.Open() != 1 {
			t.Errorf("open streams: %d, want 1", h.Open())
		}
		r, err := Fold(s)
		if err != nil || r.Choices[0].Text() != want || r.Choices[0].Finish != "stop" || r.Usage.Input != 9 {
			t.Errorf("answer %q, %v, want %q", r.Body(), err, want)
		}
	}
	h.NoneOpen(t)
	if len(h.Calls()) != 4 {
		t.Errorf("calls: %d, want 4", len(h.Calls()))
	}
}

func TestStreamSpoilsWhatWasHandedOut(t *testing.T) {
	s := NewStream(nil, Event(`{"choices":[{"delta":{"content":"a"}}]}`), Event(`{"choices":[]}`))
	c, _ := s.Next()
	raw := c.Raw
	if _, err := s.Next(); err != nil {
		t.Fatal(err)
	}
	if raw[0] != '#' || c.Deltas[0].Text == "a" {
		t.Errorf("chunk is still readable after Next: %s", raw)
	}
}

func TestStallEndsWithClose(t *testing.T) {
	s, err := NewHandler(Script{Chunks: []gateway.Chunk{Event(`{}`)}, Stall: true}).Handle(context.Background(), Exchange(t, ""))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Next(); err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(10*time.Millisecond, func() { s.Close() })
	if _, err := s.Next(); err == nil {
		t.Error("Next after Close: want an error")
	}
}
