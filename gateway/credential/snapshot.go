package credential

import (
	"cmp"
	"maps"
	"slices"

	"github.com/sluicegate/sluice/gateway"
)

// snapshot is all virtual keys at one moment, indexed for reading. Immutable.
type snapshot struct {
	generation  uint64            // counts from 1
	entries     map[string]*entry // by id
	byName      map[keyName]*entry
	usable      map[string][]gateway.VirtualKey // by workspace id, sorted by name: enabled, and the credential opens
	credentials []gateway.Secret                // all that open, those of disabled keys too
}

type keyName struct{ workspace, name string }

// entry is a virtual key with its opened credential.
type entry struct {
	stored VirtualKey
	key    gateway.VirtualKey // as route needs it
	opens  bool               // the credential could be decrypted
}

// open decrypts the credential of a stored key.
func (s *Service) open(k VirtualKey) *entry {
	credential, err := s.cipher.Open(tableVirtualKeys, k.ID, columnCredential, k.Credential)
	return &entry{stored: k, opens: err == nil, key: gateway.VirtualKey{Name: k.Name, Workspace: k.Workspace, Provider: k.Provider,
		BaseURL: k.BaseURL, Trusted: k.FromFile, Credential: credential, Models: k.Models, Prices: k.Prices, MaxOutput: k.MaxOutput, Formats: k.Formats}}
}

// newSnapshot indexes entries, which it keeps.
func newSnapshot(generation uint64, entries map[string]*entry) *snapshot {
	v := &snapshot{generation: generation, entries: entries, byName: make(map[keyName]*entry, len(entries)), usable: map[string][]gateway.VirtualKey{}}
	sorted := slices.SortedFunc(maps.Values(entries), func(a, b *entry) int {
		return cmp.Or(cmp.Compare(a.stored.Workspace, b.stored.Workspace), cmp.Compare(a.stored.Name, b.stored.Name))
	})
	for _, e := range sorted {
		v.byName[keyName{e.stored.Workspace, e.stored.Name}] = e
		if !e.opens {
			continue
		}
		v.credentials = append(v.credentials, e.key.Credential)
		if !e.stored.Disabled {
			v.usable[e.stored.Workspace] = append(v.usable[e.stored.Workspace], e.key)
		}
	}
	return v
}

func (v *snapshot) clonedEntries() map[string]*entry { return maps.Clone(v.entries) }

func (v *snapshot) named(workspace, name string) *entry { return v.byName[keyName{workspace, name}] }
