package gateway

import (
	"net/http"
	"strings"

	"github.com/sluicegate/sluice/internal/jsonx"
)

// SessionSource tells where the session of a call was read.
type SessionSource string

// The sources, in order of precedence.
const (
	SessionHeader     SessionSource = "header"      // x-sluice-session-id
	SessionClaudeCode SessionSource = "claude-code" // x-claude-code-session-id, else metadata.user_id of the body
	SessionCodex      SessionSource = "codex"       // session-id
	SessionClient     SessionSource = "client"      // x-session-id, as opencode sends it
	SessionMetadata   SessionSource = "metadata"    // session_id, or OpenTelemetry's session.id
	SessionTrace      SessionSource = "trace"       // x-sluice-trace-id
	SessionOpening    SessionSource = "opening"     // a hash of the system prompt and the first message
)

// sessionHeaders are the headers that name a session, in order of precedence.
var sessionHeaders = []struct {
	name   string // canonical
	source SessionSource
}{
	{"X-Sluice-Session-Id", SessionHeader},
	{"X-Claude-Code-Session-Id", SessionClaudeCode},
	{"Session-Id", SessionCodex},
	{"Session_id", SessionCodex}, // earlier versions
	{"X-Session-Id", SessionClient},
}

// MaxSessionID bounds the id that a caller names, in bytes. A longer one names no session.
const MaxSessionID = 256

// Session returns the session that the caller says the call belongs to, "" if it names none.
func (ex *Exchange) Session() (id string, source SessionSource) {
	env := ex.Envelope
	if env == nil {
		return "", ""
	}
	for _, h := range sessionHeaders {
		if id := sessionID(first(env.Header, h.name)); id != "" {
			return id, h.source
		}
	}
	for _, key := range []string{"session_id", "session.id"} {
		if id := sessionID(env.Metadata[key]); id != "" {
			return id, SessionMetadata
		}
	}
	if id := sessionID(claudeCodeSession(env.User)); id != "" {
		return id, SessionClaudeCode
	}
	if env.TraceNamed {
		return ex.Trace.Ref, SessionTrace
	}
	return "", ""
}

func first(h http.Header, name string) string {
	if v := h[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// sessionID returns s where it can be an id, else "".
func sessionID(s string) string {
	if len(s) > MaxSessionID {
		return ""
	}
	return strings.ToValidUTF8(strings.TrimSpace(s), "\uFFFD")
}

// claudeCodeSession reads the session in the user id that Claude Code sends in the body: a member
// session_id of a JSON object, in earlier versions the text behind "_session_".
func claudeCodeSession(user string) string {
	const longest = 2048 // bytes
	if len(user) > longest {
		return ""
	}
	if strings.HasPrefix(user, "{") {
		return jsonx.String(jsonx.Get([]byte(user), "session_id"))
	}
	if strings.HasPrefix(user, "user_") {
		_, id, _ := strings.Cut(user, "_session_")
		return id
	}
	return ""
}
