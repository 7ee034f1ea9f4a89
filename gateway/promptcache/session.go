package promptcache

import (
	"fmt"
	"hash/maphash"

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

// sessionOf returns the session of a call. opening is the hash of the beginning of the caller's
// prompt.
func (s *Service) sessionOf(ex *gateway.Exchange, opening uint64) session {
	out := session{source: gateway.SessionOpening, id: fmt.Sprintf("%016x", opening)}
	if id, source := ex.Session(); id != "" {
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
