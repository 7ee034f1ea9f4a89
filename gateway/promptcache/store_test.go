package promptcache

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

// observed tells s of a chat in a session, and returns what it found.
func observed(t *testing.T, s *Service, session, body string) *gateway.PromptCacheFact {
	t.Helper()
	ex := gatewaytest.Exchange(t, body, gatewaytest.WithTarget(&gateway.Target{Provider: "openai"}))
	ex.Envelope.Header.Set("X-Sluice-Session-Id", session)
	ex.Facts.Received, ex.Facts.RedactedRequest = ex.Request, ex.Request
	s.Observe(ex, openai.Dialect{}, ex.Request.Raw)
	return ex.Facts.PromptCache
}

func chat(text string, turns int) string {
	return `{"model":"m","messages":[{"role":"user","content":"` + text + `"}` + strings.Repeat(`,{"role":"assistant","content":"yes"},{"role":"user","content":"go on"}`, turns) + `]}`
}

// TestSessionsAreBounded: the sessions that were not used for longest make room, and one that
// nobody used for MaxAge is forgotten.
func TestSessionsAreBounded(t *testing.T) {
	now := time.Unix(1e9, 0)
	s := New(Config{MaxBytes: 64 << 10, MaxAge: time.Minute, Now: func() time.Time { return now }})
	large := strings.Repeat("x", 8<<10)
	for i := range 20 {
		observed(t, s, fmt.Sprint(i), chat(large, 0))
		observed(t, s, "0", chat(large, 0))
		if s.sessions.size > 64<<10 {
			t.Fatalf("%d bytes are kept", s.sessions.size)
		}
	}
	for session, want := range map[string]gateway.PromptCacheState{"0": gateway.PromptKept, "19": gateway.PromptKept, "1": gateway.PromptUnknown} {
		if got := observed(t, s, session, chat(large, 1)); got.State != want {
			t.Errorf("session %s: %s, want %s", session, got.State, want)
		}
	}
	now = now.Add(time.Minute + 1)
	if got := observed(t, s, "0", chat(large, 2)); got.State != gateway.PromptUnknown {
		t.Errorf("after a minute: %s", got.State)
	}
	if n := s.sessions.order.Len(); n != 1 || len(s.sessions.byKey) != 1 {
		t.Errorf("%d sessions are kept", n)
	}
}

// TestConversationsAreBounded: one session keeps its newest conversations only.
func TestConversationsAreBounded(t *testing.T) {
	s := New(Config{})
	for i := range 3 * maxConversations {
		observed(t, s, "s", chat(fmt.Sprintf("What of number %d, please?", i), 0))
	}
	e := s.sessions.order.Front().Value.(*entry)
	if len(e.conversations) != maxConversations {
		t.Errorf("%d conversations", len(e.conversations))
	}
	if got := observed(t, s, "s", chat("What of number 0, please?", 1)); got.State != gateway.PromptUnknown {
		t.Errorf("the oldest: %s", got.State)
	}
}

// TestSessionsOfOthers: the same id from another API key is another session.
func TestSessionsOfOthers(t *testing.T) {
	s := New(Config{})
	observed(t, s, "s", chat("Hello there, who is it?", 0))
	ex := gatewaytest.Exchange(t, chat("Hello there, who is it?", 1), gatewaytest.WithTarget(&gateway.Target{Provider: "openai"}))
	ex.Envelope.Header.Set("X-Sluice-Session-Id", "s")
	ex.Principal.APIKey = "key_other"
	ex.Facts.Received, ex.Facts.RedactedRequest = ex.Request, ex.Request
	s.Observe(ex, openai.Dialect{}, ex.Request.Raw)
	if got := ex.Facts.PromptCache; got.State != gateway.PromptUnknown || got.Previous != "" {
		t.Errorf("%+v", got)
	}
}

// TestNothingInClear: what is kept of a prompt is not its text, and any range of it can be read.
func TestNothingInClear(t *testing.T) {
	text := newSealer().newText(0)
	var want []byte
	for i := range 40 {
		piece := []byte(strings.Repeat(fmt.Sprintf("ada%d@mail.example ", i), i))
		text.append(func(add func([]byte)) { add(piece) })
		want = append(want, piece...)
	}
	if bytes.Contains(text.text, []byte("@mail")) {
		t.Error("the text is kept in clear")
	}
	for from := 0; from < len(want); from += 37 {
		for _, to := range []int{from, from + 1, from + 50, len(want)} {
			if to = min(to, len(want)); string(text.read(from, to)) != string(want[from:to]) {
				t.Fatalf("from %d to %d: %q", from, to, text.read(from, to))
			}
		}
	}
}

// TestCallsAtOnce: calls of one session and of many are observed at the same time.
func TestCallsAtOnce(t *testing.T) {
	s := New(Config{MaxBytes: 128 << 10})
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for turn := range 20 {
				if got := observed(t, s, "shared", chat("Hello there, who is it?", turn)); got == nil || got.State == gateway.PromptDeparted {
					t.Errorf("worker %d, turn %d: %+v", i, turn, got)
				}
				observed(t, s, fmt.Sprint(i, turn), chat(strings.Repeat("long ", 1000), turn))
			}
		})
	}
	group.Wait()
}
