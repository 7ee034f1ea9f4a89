package sessiontest

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity/session"
)

// Memory is a session.Store in memory. It passes the suite.
type Memory struct {
	mu                  sync.Mutex
	members, workspaces []string
	sessions            map[string]session.Session
}

// NewMemory makes an empty store that knows these members and workspaces.
func NewMemory(members, workspaces []string) *Memory {
	return &Memory{members: members, workspaces: workspaces, sessions: map[string]session.Session{}}
}

func refusal(kind gateway.Kind) error {
	return &gateway.Error{Op: "sessiontest", Kind: kind, Public: "The session is refused."}
}

// Sessions implements session.Store, as do the methods below.
func (m *Memory) Sessions(context.Context) ([]session.Session, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.SortedFunc(maps.Values(m.sessions), func(a, b session.Session) int { return cmp.Compare(a.ID, b.ID) }), nil
}

func (m *Memory) PutSession(_ context.Context, s session.Session) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case strings.Contains(s.Client, "\x00"):
		return refusal(gateway.Invalid)
	case !slices.Contains(m.members, s.Member), !slices.Contains(m.workspaces, s.Workspace):
		return refusal(gateway.NotFound)
	}
	for _, other := range m.sessions {
		if other.Hash == s.Hash && other.ID != s.ID {
			return refusal(gateway.Conflict)
		}
	}
	m.sessions[s.ID] = s
	return nil
}

func (m *Memory) RenewSession(_ context.Context, s session.Session, was session.Hash) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if known, ok := m.sessions[s.ID]; !ok || known.Refresh.Hash != was {
		return refusal(gateway.Conflict)
	}
	m.sessions[s.ID] = s
	return nil
}

func (m *Memory) DeleteSession(_ context.Context, id string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.sessions[id]; !ok {
		return refusal(gateway.NotFound)
	}
	delete(m.sessions, id)
	return nil
}
