package gateway

import (
	"net/http"
	"strings"
	"testing"
)

// TestSession: where the session of a call is read, and in which order.
func TestSession(t *testing.T) {
	long := strings.Repeat("x", MaxSessionID+1)
	for _, c := range []struct {
		name   string
		header http.Header
		env    Envelope
		id     string
		source SessionSource
	}{
		{name: "nothing names one"},
		{name: "our header first", header: http.Header{"X-Sluice-Session-Id": {" a "}, "X-Claude-Code-Session-Id": {"b"}}, id: "a", source: SessionHeader},
		{name: "Claude Code's", header: http.Header{"X-Claude-Code-Session-Id": {"b"}, "Session-Id": {"c"}}, id: "b", source: SessionClaudeCode},
		{name: "Codex's", header: http.Header{"Session-Id": {"c"}, "X-Session-Id": {"d"}}, id: "c", source: SessionCodex},
		{name: "earlier Codex's", header: http.Header{"Session_id": {"c"}}, id: "c", source: SessionCodex},
		{name: "opencode's", header: http.Header{"X-Session-Id": {"d"}}, id: "d", source: SessionClient},
		{name: "metadata", env: Envelope{Metadata: map[string]string{"session.id": "e"}, User: `{"session_id":"f"}`}, id: "e", source: SessionMetadata},
		{name: "Claude Code's body", env: Envelope{User: `{"device_id":"x","session_id":"f"}`, TraceNamed: true}, id: "f", source: SessionClaudeCode},
		{name: "earlier Claude Code's body", env: Envelope{User: "user_0a_account_0b_session_g"}, id: "g", source: SessionClaudeCode},
		{name: "another user", env: Envelope{User: "a_session_g"}},
		{name: "no JSON", env: Envelope{User: `{"session_id":`}},
		{name: "no text", env: Envelope{User: `{"session_id":7}`}},
		{name: "a named trace", env: Envelope{TraceNamed: true}, id: "order-7", source: SessionTrace},
		{name: "too long", header: http.Header{"X-Sluice-Session-Id": {long}}, env: Envelope{TraceNamed: true}, id: "order-7", source: SessionTrace},
		{name: "not UTF-8", header: http.Header{"X-Sluice-Session-Id": {"a\xff"}}, id: "a\uFFFD", source: SessionHeader},
	} {
		env := c.env
		env.Header = c.header
		ex := &Exchange{Trace: Trace{Ref: "order-7"}, Envelope: &env}
		if id, source := ex.Session(); id != c.id || source != c.source {
			t.Errorf("%s: %q from %q, want %q from %q", c.name, id, source, c.id, c.source)
		}
	}
}
