package pace_test

import (
	"slices"
	"testing"
	"time"

	"github.com/sluicegate/sluice/cache/pace"
	"github.com/sluicegate/sluice/gateway"
)

func event(choice int, text string) *gateway.Chunk {
	return &gateway.Chunk{Form: gateway.FormEvent, Deltas: []gateway.Delta{{Choice: choice, Text: text}}}
}

// TestPieces: pieces are read as they were written, and their number is bounded; text of another choice, and
// no text, is none. What is damaged is not read.
func TestPieces(t *testing.T) {
	var p pace.Pieces
	for i, c := range []*gateway.Chunk{event(0, "ab"), event(1, "other"), event(0, ""), event(0, "蓝")} {
		if added := p.Add(c, time.Duration(i)*1500*time.Microsecond); added != (i%3 == 0) {
			t.Errorf("event %d: %v", i, added)
		}
	}
	if len(p) != 2 {
		t.Fatalf("%v", p)
	}
	for range 10_000 {
		p.Add(event(0, "x"), -time.Second)
	}
	if len(p) != 4096 {
		t.Errorf("%d pieces", len(p))
	}
	raw := p.Append([]byte("before"))[len("before"):]
	if got, ok := pace.Read(raw); !ok || !slices.Equal(got, p) {
		t.Errorf("%v %v", ok, got)
	}
	if got, ok := pace.Read(nil); !ok || got != nil {
		t.Errorf("an answer that came whole: %v %v", ok, got)
	}
	for what, damaged := range map[string][]byte{"cut": raw[:len(raw)-1], "too many": append(slices.Clone(raw), 1, 1), "no number": slices.Repeat([]byte{255}, 11),
		"too long": {1, 255, 255, 255, 255, 255, 1}, "too late": {255, 255, 255, 255, 1, 1}} {
		if got, ok := pace.Read(damaged); ok || got != nil {
			t.Errorf("%s: %v %v", what, ok, got)
		}
	}
}
