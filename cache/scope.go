package cache

import (
	"slices"
	"strconv"
	"sync"

	"github.com/sluicegate/sluice/gateway"
)

// scope is everything around a body that must be equal.
type scope struct {
	workspace Digest
	digest    Digest
	namespace string // as facts show it
}

// scopes remembers those made lately: an installation has few, and every question needs
// one.
type scopes struct {
	mu   sync.RWMutex
	made map[surroundings]scope
}

// surroundings are what a scope is made of.
type surroundings struct{ workspace, namespace, rest string }

// Bounds of what is remembered.
const (
	maxScopes       = 1024
	maxSurroundings = 1024
)

// of gives the scope of ex.
func (s *scopes) of(ex *gateway.Exchange, m *scratch) scope {
	b := m.buf[:0]
	if env := ex.Envelope; env != nil && env.CacheScoped {
		b = field(append(b, 'n'), env.CacheNamespace)
	} else if env != nil {
		b = appendMetadata(append(b, 'm'), env)
	}
	n := len(b)
	b = appendRest(b, ex)
	m.buf = b
	s.mu.RLock()
	sc, ok := s.made[surroundings{ex.Principal.Workspace, string(b[:n]), string(b[n:])}]
	s.mu.RUnlock()
	if ok {
		return sc
	}
	at := surroundings{ex.Principal.Workspace, string(b[:n]), string(b[n:])}
	sc = m.scope(at)
	if n := len(at.workspace) + len(b); n <= maxSurroundings {
		s.keep(at, sc)
	}
	return sc
}

func (s *scopes) keep(at surroundings, sc scope) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.made) >= maxScopes {
		clear(s.made)
	}
	s.made[at] = sc
}

func (m *scratch) scope(at surroundings) (sc scope) {
	sc.workspace = m.digest(labelWorkspace, []byte(at.workspace))
	namespace := m.digest(labelNamespace, append(sc.workspace[:], at.namespace...))
	sc.namespace = namespace.String()
	sc.digest = m.digest(labelScope, append(namespace[:], at.rest...))
	return sc
}

// appendMetadata writes the caller's metadata, sorted. The body's "user" is no part of
// the key, so neither is the "_user" that was made of it.
func appendMetadata(b []byte, env *gateway.Envelope) []byte {
	if len(env.Metadata) == 0 {
		return b
	}
	var room [16]string
	keys := room[:0]
	for k, v := range env.Metadata {
		if k == "_user" && v == env.User {
			continue
		}
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		b = field(field(b, k), env.Metadata[k])
	}
	return b
}

// appendRest writes what else changes an answer and is no part of the body.
func appendRest(b []byte, ex *gateway.Exchange) []byte {
	b = field(b, string(ex.Request.Op))
	if p := ex.Facts.Prompt; p != nil {
		b = field(b, p.ID)
		b = strconv.AppendInt(b, int64(p.Version), 10)
	}
	b = appendGuards(append(b, 'i'), ex.Plan.Input)
	b = appendGuards(append(b, 'o'), ex.Plan.Output)
	b = append(b, 'r')
	for _, entity := range ex.Plan.Redact.Input {
		b = field(b, entity)
	}
	return b
}

func appendGuards(b []byte, specs []gateway.GuardrailSpec) []byte {
	for i := range specs {
		b = field(field(b, specs[i].ID), specs[i].Version)
	}
	return b
}
