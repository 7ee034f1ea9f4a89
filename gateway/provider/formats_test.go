package provider

import (
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/gateway/dialect/responses"
)

// TestCodecOfTarget: the caller's own format where the target offers it.
func TestCodecOfTarget(t *testing.T) {
	c := New(Config{})
	own, err := responses.NewRequest(gateway.OpChat, []byte(`{"model":"m","input":"Hi"}`))
	if err != nil {
		t.Fatal(err)
	}
	chat, err := openai.NewRequest(gateway.OpChat, []byte(`{"model":"m","messages":[{"role":"user","content":"Hi"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	c.chatOnly.add("https://chat.example/v1")
	for _, tc := range []struct {
		name, vendor string
		target       gateway.Target
		req          *gateway.Request
		want         string
	}{
		{"OpenAI", "openai", gateway.Target{}, own, "responses"},
		{"OpenAI's chat", "openai", gateway.Target{}, chat, "openai"},
		{"a server of one's own", "openai", gateway.Target{BaseURL: "http://127.0.0.1:8000/v1"}, own, "responses"},
		{"a server that is known to have none", "openai", gateway.Target{BaseURL: "https://chat.example/v1"}, own, "openai"},
		{"a vendor without it", "groq", gateway.Target{}, own, "openai"},
		{"a key that says so", "groq", gateway.Target{Formats: []string{"chat", "responses"}}, own, "responses"},
		{"a key that denies it", "openai", gateway.Target{Formats: []string{"chat"}}, own, "openai"},
		{"a server with nothing else", "openai", gateway.Target{Formats: []string{"responses"}}, chat, "responses"},
		{"Anthropic", "anthropic", gateway.Target{}, own, "anthropic"},
	} {
		if got := c.codec(vendorByID(tc.vendor), &tc.target, tc.req).Format().Name(); got != tc.want {
			t.Errorf("%s: %s, want %s", tc.name, got, tc.want)
		}
	}
}

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
