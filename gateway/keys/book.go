package keys

import (
	"context"
	"sort"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// book is everything in the store, indexed for reading. Immutable.
type book struct {
	generation   uint64 // counts from 1
	organisation Organisation
	workspaces   []Workspace
	members      []Member
	workspace    map[string]*Workspace // by id
	member       map[string]*Member    // by id
	keys         []APIKey
	byHash       map[Hash]*entry
	byID         map[string]*entry
	virtual      []VirtualKey
	held         map[string]map[string]*held     // by workspace id and name
	lists        map[string][]gateway.VirtualKey // enabled, by workspace id
	credentials  []gateway.Secret                // all that open, disabled ones too
}

// entry is an API key as Authenticate and Meter need it.
type entry struct {
	key       *APIKey
	principal *gateway.Principal
	expires   time.Time
	account   *account // nil: no budget
}

// held is a virtual key as route needs it. open is false when its credential does not
// open: the key is then refused by name, and everything else goes on.
type held struct {
	key      gateway.VirtualKey
	disabled bool
	open     bool
}

// read makes a book of the store.
func (s *Service) read(ctx context.Context) (*book, error) {
	const op = "keys.Load"
	b := &book{workspace: map[string]*Workspace{}, member: map[string]*Member{}, byHash: map[Hash]*entry{}, byID: map[string]*entry{},
		held: map[string]map[string]*held{}, lists: map[string][]gateway.VirtualKey{}}
	var err error
	if b.organisation, err = s.store.Organisation(ctx); err != nil {
		return nil, internal(op, "The organisation cannot be read.", err)
	}
	if err = s.checkCanary(b.organisation); err != nil {
		return nil, err
	}
	if b.workspaces, err = s.store.Workspaces(ctx); err != nil {
		return nil, internal(op, "The workspaces cannot be read.", err)
	}
	if b.members, err = s.store.Members(ctx); err != nil {
		return nil, internal(op, "The members cannot be read.", err)
	}
	if b.keys, err = s.store.APIKeys(ctx); err != nil {
		return nil, internal(op, "The API keys cannot be read.", err)
	}
	if b.virtual, err = s.store.VirtualKeys(ctx); err != nil {
		return nil, internal(op, "The virtual keys cannot be read.", err)
	}
	for i := range b.workspaces {
		b.workspace[b.workspaces[i].ID] = &b.workspaces[i]
	}
	for i := range b.members {
		b.member[b.members[i].ID] = &b.members[i]
	}
	s.indexKeys(b)
	s.indexVirtual(b)
	return b, nil
}

func (s *Service) indexKeys(b *book) {
	known := make(map[string]bool, len(b.keys))
	for i := range b.keys {
		k := &b.keys[i]
		known[k.ID] = true
		w, m := b.workspace[k.Workspace], b.member[k.Member]
		if w == nil || m == nil || m.role(w.ID) == "" {
			continue // a key whose member left the workspace opens nothing
		}
		e := &entry{key: k, expires: k.ExpiresAt, account: s.account(k)}
		e.principal = &gateway.Principal{
			Organisation: b.organisation.ID, Workspace: w.ID, WorkspaceRef: w.Name, Member: m.ID, MemberRef: m.Name, Role: m.role(w.ID),
			APIKey: k.ID, APIKeyName: k.Name, KeyConfig: k.Config, Config: w.Config, Redact: s.cfg.Redact, Budgeted: e.account != nil,
		}
		b.byHash[k.Hash], b.byID[k.ID] = e, e
	}
	for id := range s.accounts {
		if !known[id] {
			delete(s.accounts, id)
		}
	}
}

// account gives the running account of a key, so that a reload never forgets what calls
// in flight hold.
func (s *Service) account(k *APIKey) *account {
	a := s.accounts[k.ID]
	switch {
	case k.Budget == nil:
		return nil
	case a == nil:
		a = newAccount(*k.Budget, s.spent[k.ID])
		s.accounts[k.ID] = a
	default:
		if limit, _, _ := a.state(); limit != *k.Budget {
			a.setLimit(*k.Budget)
		}
	}
	return a
}

func (s *Service) indexVirtual(b *book) {
	for i := range b.virtual {
		v := &b.virtual[i]
		h := &held{disabled: v.Disabled}
		credential, err := s.cipher.Open(tableVirtualKeys, v.ID, columnCredential, v.Credential)
		if h.open = err == nil; h.open {
			b.credentials = append(b.credentials, credential)
		}
		h.key = gateway.VirtualKey{Name: v.Name, Workspace: v.Workspace, Provider: v.Provider, BaseURL: v.BaseURL,
			Trusted: v.FromFile, Credential: credential, Models: v.Models, Prices: v.Prices}
		if b.held[v.Workspace] == nil {
			b.held[v.Workspace] = map[string]*held{}
		}
		b.held[v.Workspace][v.Name] = h
		if h.open && !h.disabled {
			b.lists[v.Workspace] = append(b.lists[v.Workspace], h.key)
		}
	}
	for _, list := range b.lists {
		sort.Slice(list, func(i, j int) bool { return list[i].Name < list[j].Name })
	}
}

func (b *book) workspaceNamed(name string) *Workspace {
	for i := range b.workspaces {
		if b.workspaces[i].Name == name {
			return &b.workspaces[i]
		}
	}
	return nil
}

func (b *book) memberNamed(name string) *Member {
	for i := range b.members {
		if b.members[i].Name == name {
			return &b.members[i]
		}
	}
	return nil
}
