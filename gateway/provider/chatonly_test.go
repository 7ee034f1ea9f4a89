package provider

import (
	"testing"
	"time"
)

// TestChatOnlyIsForgotten: after ten minutes the server is asked again, and the memory is bounded.
func TestChatOnlyIsForgotten(t *testing.T) {
	now := time.Date(2026, 11, 29, 16, 0, 0, 0, time.UTC)
	s := chatOnly{now: func() time.Time { return now }}
	s.add("a")
	now = now.Add(10 * time.Minute)
	if !s.has("a") || s.has("b") || s.has("") {
		t.Error("it is forgotten too early")
	}
	if now = now.Add(time.Second); s.has("a") {
		t.Error("it is not forgotten")
	}
	for i := range 3 * maxChatOnly {
		s.add(time.Duration(i).String())
	}
	if len(s.until) > maxChatOnly {
		t.Errorf("%d are remembered", len(s.until))
	}
}
