package keys

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/sluicegate/sluice/gateway"
)

// Declared is what the server's file says. It owns these keys: the admin API shows them
// read-only, and what is no longer declared vanishes.
type Declared struct {
	Workspaces  []DeclaredWorkspace
	VirtualKeys []NewVirtualKey
	APIKeys     []DeclaredAPIKey
}

// DeclaredAPIKey is an API key with a value given by the operator.
type DeclaredAPIKey struct {
	Name      string
	Key       gateway.Secret
	Member    string // "" = a member with the key's name
	Role      gateway.Role
	Workspace string // name; "" = "default"
	Config    string
	ExpiresAt time.Time
	BudgetUSD string
}

// Declare makes the store say what the file says. Everything is checked before the first
// write, and all problems are reported at once, each with its path in the file.
func (s *Service) Declare(ctx context.Context, d Declared) error {
	const op = "keys.Declare"
	s.write.Lock()
	defer s.write.Unlock()
	b, err := s.opened(op)
	if err != nil {
		return err
	}
	vs, err1 := s.checkDeclaredVirtual(op, b, d.VirtualKeys)
	ks, err2 := s.checkDeclaredKeys(op, b, d.APIKeys)
	if err := errors.Join(checkDeclaredWorkspaces(op, d.Workspaces), err1, err2); err != nil {
		return err
	}
	if err := s.declareWorkspaces(ctx, b, d.Workspaces); err != nil {
		return err
	}
	if err := s.reload(ctx); err != nil {
		return err
	}
	b = s.book.Load()
	if err := s.dropUndeclared(ctx, b, d); err != nil {
		return err
	}
	for i, n := range d.VirtualKeys {
		if err := s.declareVirtual(ctx, b, vs[i], n); err != nil {
			return err
		}
		if err := s.reload(ctx); err != nil {
			return err
		}
		b = s.book.Load()
	}
	for i, n := range d.APIKeys {
		if err := s.declareKey(ctx, b, ks[i], n); err != nil {
			return err
		}
		if err := s.reload(ctx); err != nil {
			return err
		}
		b = s.book.Load()
	}
	return s.reload(ctx)
}

func orDefault(workspace string) string {
	if workspace == "" {
		return DefaultWorkspace
	}
	return workspace
}

func (s *Service) checkDeclaredVirtual(op string, b *book, list []NewVirtualKey) ([]VirtualKey, error) {
	var problems []error
	out := make([]VirtualKey, len(list))
	seen := map[string]bool{}
	for i, n := range list {
		at := fmt.Sprintf("virtual_keys[%d].", i)
		k, err := s.checkVirtual(op, at, n)
		if err == nil {
			err = s.declarable(op, at, "virtual key", n.Name, n.Workspace, seen, func(w *Workspace) bool {
				known := b.virtualNamed(w.ID, n.Name)
				return known == nil || known.FromFile
			}, b)
		}
		problems = append(problems, err)
		k.FromFile = true
		out[i] = k
	}
	return out, errors.Join(problems...)
}

// declarable checks name and workspace of one entry of the file.
func (s *Service) declarable(op, at, what, name, workspace string, seen map[string]bool, free func(*Workspace) bool, b *book) error {
	workspace = orDefault(workspace)
	if e := gateway.CheckName(op, at+"workspace", workspace); e != nil {
		return e
	}
	if id := workspace + "/" + name; seen[id] {
		return gateway.InvalidField(op, at+"name", "The field '"+at+"name' declares the "+what+" '"+name+"' a second time.")
	} else {
		seen[id] = true
	}
	if w := b.workspaceNamed(workspace); w != nil && !free(w) {
		return conflict(op, at+"name", "The field '"+at+"name': there is already a "+what+" '"+name+"' that was made through the admin API. Delete that one, or choose another name.")
	}
	return nil
}

func (s *Service) checkDeclaredKeys(op string, b *book, list []DeclaredAPIKey) ([]APIKey, error) {
	var problems []error
	out := make([]APIKey, len(list))
	seen, hashes := map[string]bool{}, map[Hash]bool{}
	now := s.cfg.Now().UTC()
	for i := range list {
		n := &list[i]
		at := fmt.Sprintf("api_keys[%d].", i)
		k, err := s.checkDeclaredKey(op, at, n)
		if err == nil {
			err = s.declarable(op, at, "API key", n.Name, n.Workspace, seen, func(w *Workspace) bool {
				known := b.keyNamed(w.ID, n.Name)
				return known == nil || known.FromFile
			}, b)
		}
		if err == nil {
			other := b.byHash[k.Hash]
			if hashes[k.Hash] || other != nil && !other.key.FromFile {
				err = conflict(op, at+"key", "The field '"+at+"key' is already the value of another API key.")
			}
			hashes[k.Hash] = true
		}
		problems = append(problems, err)
		k.CreatedAt, k.UpdatedAt, k.FromFile = now, now, true
		out[i] = k
	}
	return out, errors.Join(problems...)
}

func (s *Service) checkDeclaredKey(op, at string, n *DeclaredAPIKey) (APIKey, error) {
	if n.Member == "" {
		n.Member = n.Name
	}
	for _, e := range []*gateway.Error{gateway.CheckName(op, at+"name", n.Name), checkKey(op, at+"key", n.Key), checkMember(op, at+"member", n.Member),
		checkSlug(op, at+"config", n.Config), checkRole(op, n.Role)} {
		if e != nil {
			return APIKey{}, e
		}
	}
	k := APIKey{ID: ulid.Make().String(), Name: n.Name, Hash: s.cipher.Hash(n.Key), Masked: mask(n.Key), Config: n.Config, ExpiresAt: n.ExpiresAt}
	if n.BudgetUSD != "" {
		v, err := gateway.ParseUSD(at+"budget", n.BudgetUSD)
		if err != nil {
			return APIKey{}, err
		}
		k.Budget = &v
	}
	return k, nil
}

func (s *Service) dropUndeclared(ctx context.Context, b *book, d Declared) error {
	stays := map[string]bool{}
	for _, n := range d.VirtualKeys {
		stays["v/"+orDefault(n.Workspace)+"/"+n.Name] = true
	}
	for _, n := range d.APIKeys {
		stays["k/"+orDefault(n.Workspace)+"/"+n.Name] = true
	}
	for i := range b.virtual {
		if k := &b.virtual[i]; k.FromFile && !stays["v/"+b.nameOf(k.Workspace)+"/"+k.Name] {
			if err := s.store.DeleteVirtualKey(ctx, k.ID); err != nil {
				return err
			}
		}
	}
	for i := range b.keys {
		if k := &b.keys[i]; k.FromFile && !stays["k/"+b.nameOf(k.Workspace)+"/"+k.Name] {
			if err := s.store.DeleteAPIKey(ctx, k.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Service) declareVirtual(ctx context.Context, b *book, k VirtualKey, n NewVirtualKey) error {
	w, err := s.workspaceNamed(ctx, b, n.Workspace)
	if err != nil {
		return err
	}
	k.Workspace = w.ID
	if known := b.virtualNamed(w.ID, k.Name); known != nil {
		k.ID, k.CreatedAt = known.ID, known.CreatedAt
		same := k
		same.Credential, same.UpdatedAt = known.Credential, known.UpdatedAt
		if h := b.held[w.ID][k.Name]; h.open && h.key.Credential.Equal(n.Credential) && reflect.DeepEqual(same, *known) {
			return nil
		}
	}
	s.sealVirtual(&k, n.Credential)
	return s.store.PutVirtualKey(ctx, k)
}

func (s *Service) declareKey(ctx context.Context, b *book, k APIKey, n DeclaredAPIKey) error {
	w, err := s.workspaceNamed(ctx, b, n.Workspace)
	if err != nil {
		return err
	}
	m, err := s.memberIn(ctx, b, w.ID, n.Member, n.Role)
	if err != nil {
		return err
	}
	k.Workspace, k.Member = w.ID, m.ID
	if known := b.keyNamed(w.ID, k.Name); known != nil {
		k.ID, k.CreatedAt = known.ID, known.CreatedAt
		same := k
		same.UpdatedAt = known.UpdatedAt
		if reflect.DeepEqual(same, *known) {
			return nil
		}
	}
	return s.store.PutAPIKey(ctx, k)
}

func (b *book) nameOf(workspace string) string {
	if w := b.workspace[workspace]; w != nil {
		return w.Name
	}
	return ""
}

func (b *book) keyNamed(workspace, name string) *APIKey {
	for i := range b.keys {
		if b.keys[i].Workspace == workspace && b.keys[i].Name == name {
			return &b.keys[i]
		}
	}
	return nil
}

func (b *book) virtualNamed(workspace, name string) *VirtualKey {
	for i := range b.virtual {
		if b.virtual[i].Workspace == workspace && b.virtual[i].Name == name {
			return &b.virtual[i]
		}
	}
	return nil
}
