package promptcache

import (
	"fmt"
	"hash/maphash"
	"net/http"

	"github.com/sluicegate/sluice/gateway"
)

// session identifies the session of a call.
type session struct {
	key    uint64 // of the caller and the session
	id     string // as it is shown
	source gateway.SessionSource
}

// named reports whether the caller says which calls belong together.
func (s *session) named() bool { return s.source != gateway.SessionOpening }

// sessionHeaders are the headers that name a session, in order of precedence.
var sessionHeaders = []struct {
	name   string // canonical
	source gateway.SessionSource
}{
	{"X-Sluice-Session-Id", gateway.SessionHeader},
	{"X-Claude-Code-Session-Id", gateway.SessionClaudeCode},
	{"Session-Id", gateway.SessionCodex},
	{"Session_id", gateway.SessionCodex}, // earlier versions
	{"X-Session-Id", gateway.SessionClient},
}

// maxSessionID bounds the id that a caller names, in bytes. A longer one names no session.
const maxSessionID = 256

// sessionOf returns the session of a call. opening is the hash of the beginning of the caller's
// prompt.
func (s *Service) sessionOf(ex *gateway.Exchange, opening uint64) session {
	out := session{source: gateway.SessionOpening, id: fmt.Sprintf("%016x", opening)}
	if id, source := namedSession(ex); id != "" {
		out.id, out.source = id, source
	}
	var h maphash.Hash
	h.SetSeed(s.seed)
	for _, part := range []string{ex.Principal.Workspace, ex.Principal.APIKey, string(out.source), out.id} {
		_, _ = h.WriteString(part) // does not fail
		_ = h.WriteByte(0)
	}
	out.key = h.Sum64()
	return out
}

func namedSession(ex *gateway.Exchange) (string, gateway.SessionSource) {
	if ex.Envelope == nil {
		return "", ""
	}
	for _, h := range sessionHeaders {
		if id := only(ex.Envelope.Header, h.name); id != "" {
			return id, h.source
		}
	}
	if ex.Envelope.TraceNamed {
		return ex.Trace.Ref, gateway.SessionTrace
	}
	return "", ""
}

// only returns the value of a header, "" if it is too long to be an id.
func only(h http.Header, name string) string {
	if v := h[name]; len(v) > 0 && len(v[0]) <= maxSessionID {
		return v[0]
	}
	return ""
}
