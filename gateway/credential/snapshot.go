package credential

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// snapshot is all virtual keys at one moment, indexed for reading. Immutable.
type snapshot struct {
	generation  uint64            // counts from 1
	entries     map[string]*entry // by id
	byName      map[keyName]*entry
	usable      map[string][]gateway.VirtualKey // by workspace id, sorted by name, expired ones last: enabled, and a credential opens
	until       time.Time                       // when the next one of them expires; zero = none will
	credentials []gateway.Secret                // all that open, those of disabled keys too
}

type keyName struct{ workspace, name string }

// entry is a virtual key with its opened credentials.
type entry struct {
	stored VirtualKey
	key    gateway.VirtualKey // as route needs it
	pool   *pool
	opens  bool // at least one credential could be decrypted, or stands elsewhere
}

// open decrypts the credentials of a stored key, and takes those that stand elsewhere from what
// was read. The caller holds write.
func (s *Service) open(k VirtualKey) *entry {
	e := &entry{stored: k, pool: &pool{name: k.Name, expires: k.ExpiresAt, clock: s.cfg.Now, turns: make([]int, len(k.Credentials))}}
	for _, c := range k.Credentials {
		m := member{weight: c.Weight}
		m.Name = c.Name
		m.Value, m.err = s.valueOf(k.ID, c)
		e.opens = e.opens || m.err == nil || c.Reference != ""
		if m.err == nil {
			m.Fingerprint = s.cipher.Fingerprint(m.Value)
		}
		m.health = s.healthOf(k.ID, m.Name, m.Fingerprint)
		e.pool.members = append(e.pool.members, m)
	}
	e.key = gateway.VirtualKey{Name: k.Name, Workspace: k.Workspace, Provider: k.Provider, BaseURL: k.BaseURL, Trusted: k.FromFile,
		Models: k.Models, Prices: k.Prices, MaxOutput: k.MaxOutput, Formats: k.Formats, Settings: k.Settings}
	if len(e.pool.members) == 1 && e.pool.members[0].Value.Reveal() == none && k.ExpiresAt.IsZero() {
		e.key.Credential = e.pool.members[0].Value
	} else {
		e.key.Pool = e.pool
	}
	return e
}

// none stands for a credential where the provider wants none.
const none = "none"

func (s *Service) valueOf(virtualKey string, c StoredCredential) (gateway.Secret, error) {
	if c.Reference != "" {
		return s.references.value(c.Reference)
	}
	table, row, column := place(virtualKey, c.Name)
	v, err := s.cipher.Open(table, row, column, c.Sealed)
	if e := (*gateway.Error)(nil); errors.As(err, &e) {
		return v, e
	}
	if err != nil {
		return v, &gateway.Error{Op: "credential.Open", Kind: gateway.Internal, Public: "it cannot be decrypted. Store it again.", Err: err}
	}
	return v, nil
}

// healthOf returns the health of a credential, which stays the same while its value does. The
// caller holds write.
func (s *Service) healthOf(virtualKey, name, fingerprint string) *health {
	at := healthPlace{virtualKey, name, fingerprint}
	h := s.healths[at]
	if h == nil {
		h = &health{}
		s.healths[at] = h
	}
	return h
}

type healthPlace struct{ virtualKey, name, fingerprint string }

// newSnapshot indexes entries, which it keeps.
func newSnapshot(generation uint64, entries map[string]*entry, now time.Time) *snapshot {
	var expired []gateway.VirtualKey
	v := &snapshot{generation: generation, entries: entries, byName: make(map[keyName]*entry, len(entries)), usable: map[string][]gateway.VirtualKey{}}
	sorted := slices.SortedFunc(maps.Values(entries), func(a, b *entry) int {
		return cmp.Or(cmp.Compare(a.stored.Workspace, b.stored.Workspace), cmp.Compare(a.stored.Name, b.stored.Name))
	})
	for _, e := range sorted {
		v.byName[keyName{e.stored.Workspace, e.stored.Name}] = e
		if !e.opens {
			continue
		}
		for i := range e.pool.members {
			if m := &e.pool.members[i]; m.err == nil {
				v.credentials = append(v.credentials, m.Value)
			}
		}
		switch {
		case e.stored.Disabled:
		case e.pool.expired(now):
			expired = append(expired, e.key)
		default:
			v.usable[e.stored.Workspace] = append(v.usable[e.stored.Workspace], e.key)
			if at := e.stored.ExpiresAt; !at.IsZero() && (v.until.IsZero() || at.Before(v.until)) {
				v.until = at
			}
		}
	}
	for _, k := range expired {
		v.usable[k.Workspace] = append(v.usable[k.Workspace], k)
	}
	return v
}

func (v *snapshot) clonedEntries() map[string]*entry { return maps.Clone(v.entries) }

func (v *snapshot) named(workspace, name string) *entry { return v.byName[keyName{workspace, name}] }
