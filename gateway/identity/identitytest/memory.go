// Package identitytest holds the conformance suite of identity.Store, and a store in memory
// that counts calls and can fail.
package identitytest

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity"
)

// Memory is an identity.Store in memory. It passes the suite.
type Memory struct {
	mu           sync.Mutex
	organisation *identity.Organisation
	workspaces   map[string]identity.Workspace
	members      map[string]identity.Member
	teams        map[string]identity.Team
	apiKeys      map[string]identity.APIKey
	calls, lists int
	fail         error
}

// NewMemory makes an empty store.
func NewMemory() *Memory {
	return &Memory{workspaces: map[string]identity.Workspace{}, members: map[string]identity.Member{}, teams: map[string]identity.Team{}, apiKeys: map[string]identity.APIKey{}}
}

// Fail makes every later call return err; nil ends that.
func (m *Memory) Fail(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fail = err
}

// Calls returns the number of all calls so far, and of those that list a whole table.
func (m *Memory) Calls() (all, lists int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.calls, m.lists
}

func (m *Memory) enter() (leave func(), err error) {
	m.mu.Lock()
	m.calls++
	return m.mu.Unlock, m.fail
}

func notFound() error {
	return &gateway.Error{Op: "identitytest", Kind: gateway.NotFound, Public: "There is no such record."}
}

func conflict() error {
	return &gateway.Error{Op: "identitytest", Kind: gateway.Conflict, Public: "There is already such a record."}
}

// Organisation implements identity.Store, as do the methods below.
func (m *Memory) Organisation(context.Context) (identity.Organisation, error) {
	leave, err := m.enter()
	defer leave()
	if err != nil {
		return identity.Organisation{}, err
	}
	if m.organisation == nil {
		return identity.Organisation{}, notFound()
	}
	o := *m.organisation
	o.Canary = slices.Clone(o.Canary)
	return o, nil
}

func (m *Memory) PutOrganisation(_ context.Context, o identity.Organisation) error {
	leave, err := m.enter()
	defer leave()
	if err != nil {
		return err
	}
	o.Canary = slices.Clone(o.Canary)
	m.organisation = &o
	return nil
}

func (m *Memory) Workspaces(context.Context) ([]identity.Workspace, error) {
	leave, err := m.enter()
	defer leave()
	m.lists++
	return sorted(m.workspaces, func(w identity.Workspace) string { return w.Name }), err
}

func (m *Memory) PutWorkspace(_ context.Context, w identity.Workspace) error {
	leave, err := m.enter()
	defer leave()
	if err != nil {
		return err
	}
	if m.organisation == nil || m.organisation.ID != w.Organisation {
		return notFound()
	}
	for _, o := range m.workspaces {
		if o.Name == w.Name && o.ID != w.ID {
			return conflict()
		}
	}
	m.workspaces[w.ID] = w
	return nil
}

func (m *Memory) DeleteWorkspace(_ context.Context, id string) error {
	leave, err := m.enter()
	defer leave()
	if err != nil {
		return err
	}
	if _, ok := m.workspaces[id]; !ok {
		return notFound()
	}
	for _, k := range m.apiKeys {
		if k.Workspace == id {
			return &gateway.Error{Op: "identitytest", Kind: gateway.Conflict, Public: "The workspace still holds API keys."}
		}
	}
	for _, t := range m.teams {
		if t.Workspace == id {
			return &gateway.Error{Op: "identitytest", Kind: gateway.Conflict, Public: "The workspace still holds teams."}
		}
	}
	delete(m.workspaces, id)
	for _, x := range m.members {
		delete(x.Roles, id)
	}
	return nil
}

func (m *Memory) Members(context.Context) ([]identity.Member, error) {
	leave, err := m.enter()
	defer leave()
	m.lists++
	out := sorted(m.members, func(x identity.Member) string { return x.Name })
	for i := range out {
		out[i].Roles = maps.Clone(out[i].Roles)
	}
	return out, err
}

func (m *Memory) PutMember(_ context.Context, x identity.Member) error {
	leave, err := m.enter()
	defer leave()
	if err != nil {
		return err
	}
	if m.organisation == nil || m.organisation.ID != x.Organisation {
		return notFound()
	}
	for _, o := range m.members {
		if o.Name == x.Name && o.ID != x.ID {
			return conflict()
		}
	}
	for w := range x.Roles {
		if _, ok := m.workspaces[w]; !ok {
			return notFound()
		}
	}
	x.Roles = maps.Clone(x.Roles)
	if x.Roles == nil {
		x.Roles = map[string]gateway.Role{}
	}
	m.members[x.ID] = x
	return nil
}

func (m *Memory) Teams(context.Context) ([]identity.Team, error) {
	leave, err := m.enter()
	defer leave()
	m.lists++
	out := sorted(m.teams, func(t identity.Team) string { return t.Workspace + "\x00" + t.Name })
	for i := range out {
		out[i].Members = slices.Clone(out[i].Members)
	}
	return out, err
}

func (m *Memory) PutTeam(_ context.Context, t identity.Team) error {
	leave, err := m.enter()
	defer leave()
	if err != nil {
		return err
	}
	if _, w := m.workspaces[t.Workspace]; !w {
		return notFound()
	}
	for _, member := range t.Members {
		if _, ok := m.members[member]; !ok {
			return notFound()
		}
	}
	for _, o := range m.teams {
		if o.ID != t.ID && o.Workspace == t.Workspace && o.Name == t.Name {
			return conflict()
		}
	}
	t.Members = slices.Clone(t.Members)
	m.teams[t.ID] = t
	return nil
}

func (m *Memory) DeleteTeam(_ context.Context, id string) error {
	leave, err := m.enter()
	defer leave()
	if err != nil {
		return err
	}
	for _, k := range m.apiKeys {
		if k.Team == id {
			return notFound()
		}
	}
	if _, ok := m.teams[id]; !ok {
		return notFound()
	}
	delete(m.teams, id)
	return nil
}

func (m *Memory) APIKeys(context.Context) ([]identity.APIKey, error) {
	leave, err := m.enter()
	defer leave()
	m.lists++
	out := sorted(m.apiKeys, func(k identity.APIKey) string { return k.Workspace + "\x00" + k.Name })
	for i := range out {
		out[i].Budget = copied(out[i].Budget)
	}
	return out, err
}

func (m *Memory) PutAPIKey(_ context.Context, k identity.APIKey) error {
	leave, err := m.enter()
	defer leave()
	if err != nil {
		return err
	}
	_, w := m.workspaces[k.Workspace]
	if _, x := m.members[k.Member]; !w || !x {
		return notFound()
	}
	if _, t := m.teams[k.Team]; k.Team != "" && !t {
		return notFound()
	}
	for _, o := range m.apiKeys {
		if o.ID != k.ID && (o.Hash == k.Hash || o.Workspace == k.Workspace && o.Name == k.Name) {
			return conflict()
		}
	}
	k.Budget = copied(k.Budget)
	m.apiKeys[k.ID] = k
	return nil
}

func (m *Memory) DeleteAPIKey(_ context.Context, id string) error {
	leave, err := m.enter()
	defer leave()
	if err != nil {
		return err
	}
	if _, ok := m.apiKeys[id]; !ok {
		return notFound()
	}
	delete(m.apiKeys, id)
	return nil
}

func sorted[T any](rows map[string]T, by func(T) string) []T {
	out := slices.Collect(maps.Values(rows))
	slices.SortFunc(out, func(a, b T) int { return strings.Compare(by(a), by(b)) })
	return out
}

func copied(p *int64) *int64 {
	if p == nil {
		return nil
	}
	n := *p
	return &n
}
