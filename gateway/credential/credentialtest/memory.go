// Package credentialtest holds the conformance suite of credential.Store, and a store in
// memory that counts calls and can fail.
package credentialtest

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/credential"
)

// Memory is a credential.Store in memory. It passes the suite.
type Memory struct {
	mu           sync.Mutex
	workspaces   []string // ids
	virtualKeys  map[string]credential.VirtualKey
	calls, lists int
	fail         error
}

// NewMemory makes an empty store that knows the workspaces with these ids.
func NewMemory(workspaces ...string) *Memory {
	return &Memory{workspaces: workspaces, virtualKeys: map[string]credential.VirtualKey{}}
}

// Fail makes every later call return err; nil ends that.
func (m *Memory) Fail(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fail = err
}

// Calls returns the number of all calls so far, and of those that list the whole table.
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
	return &gateway.Error{Op: "credentialtest", Kind: gateway.NotFound, Public: "There is no such record."}
}

func conflict() error {
	return &gateway.Error{Op: "credentialtest", Kind: gateway.Conflict, Public: "There is already such a record."}
}

// VirtualKeys implements credential.Store, as do the methods below.
func (m *Memory) VirtualKeys(context.Context) ([]credential.VirtualKey, error) {
	leave, err := m.enter()
	defer leave()
	m.lists++
	out := make([]credential.VirtualKey, 0, len(m.virtualKeys))
	for _, k := range m.virtualKeys {
		out = append(out, cloned(k))
	}
	slices.SortFunc(out, func(a, b credential.VirtualKey) int {
		return strings.Compare(a.Workspace+"\x00"+a.Name, b.Workspace+"\x00"+b.Name)
	})
	return out, err
}

func (m *Memory) PutVirtualKey(_ context.Context, k credential.VirtualKey) error {
	leave, err := m.enter()
	defer leave()
	if err != nil {
		return err
	}
	if !slices.Contains(m.workspaces, k.Workspace) {
		return notFound()
	}
	for _, o := range m.virtualKeys {
		if o.ID != k.ID && o.Workspace == k.Workspace && o.Name == k.Name {
			return conflict()
		}
	}
	m.virtualKeys[k.ID] = cloned(k)
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

func cloned(k credential.VirtualKey) credential.VirtualKey {
	k.Credentials = slices.Clone(k.Credentials)
	for i := range k.Credentials {
		k.Credentials[i].Sealed = slices.Clone(k.Credentials[i].Sealed)
	}
	k.Models, k.Prices, k.MaxOutput, k.Formats = slices.Clone(k.Models), maps.Clone(k.Prices), maps.Clone(k.MaxOutput), maps.Clone(k.Formats)
	k.Settings = maps.Clone(k.Settings)
	return k
}
