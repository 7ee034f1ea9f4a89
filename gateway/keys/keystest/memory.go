// Package keystest holds the conformance suite of keys.Store and a store in memory that
// counts, for tests.
package keystest

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/keys"
)

// Memory is a keys.Store in memory. It passes the suite.
type Memory struct {
	mu           sync.Mutex
	organisation *keys.Organisation
	workspaces   map[string]keys.Workspace
	members      map[string]keys.Member
	apiKeys      map[string]keys.APIKey
	virtualKeys  map[string]keys.VirtualKey
	reservations map[string]keys.Reservation
	spent        map[string]int64
	posts        int
	calls        int
	fail         error
}

// NewMemory makes an empty one.
func NewMemory() *Memory {
	return &Memory{workspaces: map[string]keys.Workspace{}, members: map[string]keys.Member{}, apiKeys: map[string]keys.APIKey{},
		virtualKeys: map[string]keys.VirtualKey{}, reservations: map[string]keys.Reservation{}, spent: map[string]int64{}}
}

// Fail makes every call answer err from now on; nil heals.
func (m *Memory) Fail(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fail = err
}

// Calls counts all calls so far; Posts those of Post that did something.
func (m *Memory) Calls() (calls, posts int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.calls, m.posts
}

// Ledger gives what a key spent and has reserved, as it is stored.
func (m *Memory) Ledger(apiKey string) (spent int64, reserved int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range m.reservations {
		if r.APIKey == apiKey {
			reserved++
		}
	}
	return m.spent[apiKey], reserved
}

func (m *Memory) enter() (leave func(), err error) {
	m.mu.Lock()
	m.calls++
	return m.mu.Unlock, m.fail
}

func notFound() error {
	return &gateway.Error{Op: "keystest", Kind: gateway.NotFound, Public: "There is no such thing."}
}

func conflict() error {
	return &gateway.Error{Op: "keystest", Kind: gateway.Conflict, Public: "There is already such a thing."}
}

// Organisation implements keys.Store, as do the methods below.
func (m *Memory) Organisation(context.Context) (keys.Organisation, error) {
	leave, err := m.enter()
	defer leave()
	if err != nil {
		return keys.Organisation{}, err
	}
	if m.organisation == nil {
		return keys.Organisation{}, notFound()
	}
	o := *m.organisation
	o.Canary = slices.Clone(o.Canary)
	return o, nil
}

func (m *Memory) PutOrganisation(_ context.Context, o keys.Organisation) error {
	leave, err := m.enter()
	defer leave()
	if err != nil {
		return err
	}
	o.Canary = slices.Clone(o.Canary)
	m.organisation = &o
	return nil
}

func (m *Memory) Workspaces(context.Context) ([]keys.Workspace, error) {
	leave, err := m.enter()
	defer leave()
	return sorted(m.workspaces, func(w keys.Workspace) string { return w.Name }), err
}

func (m *Memory) PutWorkspace(_ context.Context, w keys.Workspace) error {
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

func (m *Memory) Members(context.Context) ([]keys.Member, error) {
	leave, err := m.enter()
	defer leave()
	out := sorted(m.members, func(x keys.Member) string { return x.Name })
	for i := range out {
		out[i].Roles = maps.Clone(out[i].Roles)
	}
	return out, err
}

func (m *Memory) PutMember(_ context.Context, x keys.Member) error {
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

func (m *Memory) APIKeys(context.Context) ([]keys.APIKey, error) {
	leave, err := m.enter()
	defer leave()
	out := sorted(m.apiKeys, func(k keys.APIKey) string { return k.Workspace + "\x00" + k.Name })
	for i := range out {
		out[i].Budget = copied(out[i].Budget)
	}
	return out, err
}

func (m *Memory) PutAPIKey(_ context.Context, k keys.APIKey) error {
	leave, err := m.enter()
	defer leave()
	if err != nil {
		return err
	}
	_, w := m.workspaces[k.Workspace]
	if _, x := m.members[k.Member]; !w || !x {
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

func (m *Memory) VirtualKeys(context.Context) ([]keys.VirtualKey, error) {
	leave, err := m.enter()
	defer leave()
	out := sorted(m.virtualKeys, func(k keys.VirtualKey) string { return k.Workspace + "\x00" + k.Name })
	for i := range out {
		out[i] = copiedVirtual(out[i])
	}
	return out, err
}

func (m *Memory) PutVirtualKey(_ context.Context, k keys.VirtualKey) error {
	leave, err := m.enter()
	defer leave()
	if err != nil {
		return err
	}
	if _, ok := m.workspaces[k.Workspace]; !ok {
		return notFound()
	}
	for _, o := range m.virtualKeys {
		if o.ID != k.ID && o.Workspace == k.Workspace && o.Name == k.Name {
			return conflict()
		}
	}
	m.virtualKeys[k.ID] = copiedVirtual(k)
	return nil
}

func (m *Memory) DeleteVirtualKey(_ context.Context, id string) error {
	leave, err := m.enter()
	defer leave()
	if err != nil {
		return err
	}
	if _, ok := m.virtualKeys[id]; !ok {
		return notFound()
	}
	delete(m.virtualKeys, id)
	return nil
}

func (m *Memory) Post(_ context.Context, rs []keys.Reservation, ss []keys.Settlement) error {
	leave, err := m.enter()
	defer leave()
	if err != nil {
		return err
	}
	fresh := map[string]bool{}
	for _, r := range rs {
		if _, ok := m.reservations[r.ID]; ok || fresh[r.ID] {
			return conflict()
		}
		fresh[r.ID] = true
	}
	m.posts++
	for _, r := range rs {
		m.reservations[r.ID] = r
	}
	for _, s := range ss {
		if _, ok := m.reservations[s.Reservation]; ok {
			delete(m.reservations, s.Reservation)
			m.spent[s.APIKey] += s.Amount
		}
	}
	return nil
}

func (m *Memory) Recover(context.Context) (map[string]int64, error) {
	leave, err := m.enter()
	defer leave()
	if err != nil {
		return nil, err
	}
	for id, r := range m.reservations {
		m.spent[r.APIKey] += r.Amount
		delete(m.reservations, id)
	}
	return maps.Clone(m.spent), nil
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

func copiedVirtual(k keys.VirtualKey) keys.VirtualKey {
	k.Credential, k.Models, k.Prices = slices.Clone(k.Credential), slices.Clone(k.Models), maps.Clone(k.Prices)
	return k
}
