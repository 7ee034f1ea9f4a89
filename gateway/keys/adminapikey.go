package keys

import (
	"context"
	"sort"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/sluicegate/sluice/gateway"
)

// NewAPIKey is what an admin asks for.
type NewAPIKey struct {
	Name      string
	Workspace string       // id or name; "" = the admin's own. Owners may name one that is not there yet
	Member    string       // name; "" = a member with the key's name. Created if it is not there yet
	Role      gateway.Role // "" = the one the member has, else RoleMember
	Config    string
	ExpiresAt time.Time
	BudgetUSD string // "12.50"; "" = none
}

// APIKeyInfo is an API key as admins see it.
type APIKeyInfo struct {
	APIKey
	WorkspaceName string
	MemberName    string
	Role          gateway.Role
	Spent         int64 // nano-USD; of keys with a budget
	Held          int64 // of Budget, by calls in flight
}

// CreateAPIKey makes a key. The secret is given here and never again.
func (s *Service) CreateAPIKey(ctx context.Context, by *gateway.Principal, n NewAPIKey) (APIKeyInfo, gateway.Secret, error) {
	const op = "keys.CreateAPIKey"
	fail := func(err error) (APIKeyInfo, gateway.Secret, error) { return APIKeyInfo{}, gateway.Secret{}, err }
	if err := mayWrite(op, by); err != nil {
		return fail(err)
	}
	budget, err := s.checkNewKey(op, &n)
	if err != nil {
		return fail(err)
	}
	s.write.Lock()
	defer s.write.Unlock()
	b, err := s.opened(op)
	if err != nil {
		return fail(err)
	}
	w, m, err := s.placeKey(ctx, op, b, by, n)
	if err != nil {
		return fail(err)
	}
	now, key := s.cfg.Now().UTC(), newKey()
	k := APIKey{ID: ulid.Make().String(), Workspace: w.ID, Member: m.ID, Name: n.Name, Hash: s.cipher.Hash(key), Masked: mask(key),
		Config: n.Config, Budget: budget, ExpiresAt: n.ExpiresAt, CreatedAt: now, UpdatedAt: now}
	if err := s.store.PutAPIKey(ctx, k); err != nil {
		return fail(err)
	}
	if err := s.reload(ctx); err != nil {
		return fail(err)
	}
	return s.info(s.book.Load(), &k), key, nil
}

func (s *Service) checkNewKey(op string, n *NewAPIKey) (budget *int64, err error) {
	if e := gateway.CheckName(op, "name", n.Name); e != nil {
		return nil, e
	}
	if e := checkSlug(op, "config", n.Config); e != nil {
		return nil, e
	}
	if e := checkRole(op, n.Role); e != nil {
		return nil, e
	}
	if n.Member != "" {
		if e := checkMember(op, "member", n.Member); e != nil {
			return nil, e
		}
	}
	if !n.ExpiresAt.IsZero() && !n.ExpiresAt.After(s.cfg.Now()) {
		return nil, gateway.InvalidField(op, "expires_at", "The field 'expires_at' must lie in the future.")
	}
	if n.BudgetUSD == "" {
		return nil, nil
	}
	v, err := gateway.ParseUSD("budget_usd", n.BudgetUSD)
	return &v, err
}

// placeKey finds or makes workspace and member of a new key, after everything that could
// refuse it was asked.
func (s *Service) placeKey(ctx context.Context, op string, b *book, by *gateway.Principal, n NewAPIKey) (*Workspace, *Member, error) {
	w, err := s.reach(op, b, by, n.Workspace)
	switch {
	case err == nil:
		for i := range b.keys {
			if b.keys[i].Workspace == w.ID && b.keys[i].Name == n.Name {
				return nil, nil, conflict(op, "name", "There is already an API key '"+n.Name+"' in this workspace.")
			}
		}
	case by.Role != gateway.RoleOwner:
		return nil, nil, err
	default:
		if e := gateway.CheckName(op, "workspace", n.Workspace); e != nil {
			return nil, nil, e
		}
	}
	if n.Member == "" {
		n.Member = n.Name
		if err := b.harmless(op, w, n); err != nil {
			return nil, nil, err
		}
	}
	if err := mayGrant(op, b, by, n.Member, n.Role); err != nil {
		return nil, nil, err
	}
	if w == nil {
		if w, err = s.workspaceNamed(ctx, b, n.Workspace); err != nil {
			return nil, nil, err
		}
	}
	m, err := s.memberIn(ctx, b, w.ID, n.Member, n.Role)
	return w, m, err
}

// harmless refuses a key for the member of its own name, whom nobody named, when that one
// may do more than was asked for.
func (b *book) harmless(op string, w *Workspace, n NewAPIKey) error {
	m := b.memberNamed(n.Name)
	if m == nil {
		return nil
	}
	has := gateway.RoleMember
	if m.Owner {
		has = gateway.RoleOwner
	} else if w != nil && m.role(w.ID) != "" {
		has = m.role(w.ID)
	}
	if has == gateway.RoleMember || has == n.Role {
		return nil
	}
	return conflict(op, "member", "The key would belong to the member '"+n.Name+"', whose role is "+string(has)+
		". Name that one in the field 'member' if you mean it, else choose another name.")
}

// APIKeys lists the keys that by may see: an owner all, or those of one workspace (id or
// name); an admin those of its own; a member its own keys there.
func (s *Service) APIKeys(_ context.Context, by *gateway.Principal, workspace string) ([]APIKeyInfo, error) {
	const op = "keys.APIKeys"
	b, err := s.opened(op)
	if err != nil {
		return nil, err
	}
	only := ""
	if workspace != "" {
		if only, err = s.Workspace(context.Background(), b.organisation.ID, workspace); err != nil || !sees(by, only) {
			return nil, absent(op, "workspace", "There is no workspace '"+workspace+"'.")
		}
	}
	out := []APIKeyInfo{}
	for i := range b.keys {
		k := &b.keys[i]
		if visible(by, k) && (only == "" || k.Workspace == only) {
			out = append(out, s.info(b, k))
		}
	}
	sort.Slice(out, func(i, j int) bool {
		if out[i].WorkspaceName != out[j].WorkspaceName {
			return out[i].WorkspaceName < out[j].WorkspaceName
		}
		return out[i].Name < out[j].Name
	})
	return out, nil
}

func visible(by *gateway.Principal, k *APIKey) bool {
	return sees(by, k.Workspace) && (by.Role != gateway.RoleMember || by.Member == k.Member)
}

// APIKey finds a key by id or name.
func (s *Service) APIKey(_ context.Context, by *gateway.Principal, ref string) (APIKeyInfo, error) {
	const op = "keys.APIKey"
	b, err := s.opened(op)
	if err != nil {
		return APIKeyInfo{}, err
	}
	k, err := b.apiKey(op, by, ref)
	if err != nil {
		return APIKeyInfo{}, err
	}
	return s.info(b, k), nil
}

// apiKey resolves an id, a name in by's own workspace, or a name that is the only one
// of its kind among all that by sees.
func (b *book) apiKey(op string, by *gateway.Principal, ref string) (*APIKey, error) {
	var found []*APIKey
	for i := range b.keys {
		k := &b.keys[i]
		if !visible(by, k) {
			continue
		}
		if k.ID == ref || k.Name == ref && k.Workspace == by.Workspace {
			return k, nil
		}
		if k.Name == ref {
			found = append(found, k)
		}
	}
	switch len(found) {
	case 0:
		return nil, absent(op, "id", "There is no API key '"+ref+"'.")
	case 1:
		return found[0], nil
	}
	return nil, conflict(op, "id", "Several workspaces have an API key '"+ref+"'. Name it by its id.")
}

// SetAPIKeyDisabled switches a key off or on.
func (s *Service) SetAPIKeyDisabled(ctx context.Context, by *gateway.Principal, ref string, disabled bool) (APIKeyInfo, error) {
	k, err := s.changeAPIKey(ctx, "keys.SetAPIKeyDisabled", by, ref, func(k *APIKey) error {
		k.Disabled, k.UpdatedAt = disabled, s.cfg.Now().UTC()
		return s.store.PutAPIKey(ctx, *k)
	})
	if err != nil {
		return APIKeyInfo{}, err
	}
	return s.info(s.book.Load(), k), nil
}

// SetAPIKeyBudget changes the lifetime budget; "" takes it away. What was spent stays
// spent.
func (s *Service) SetAPIKeyBudget(ctx context.Context, by *gateway.Principal, ref, usd string) (APIKeyInfo, error) {
	var budget *int64
	if usd != "" {
		v, err := gateway.ParseUSD("budget_usd", usd)
		if err != nil {
			return APIKeyInfo{}, err
		}
		budget = &v
	}
	k, err := s.changeAPIKey(ctx, "keys.SetAPIKeyBudget", by, ref, func(k *APIKey) error {
		k.Budget, k.UpdatedAt = budget, s.cfg.Now().UTC()
		return s.store.PutAPIKey(ctx, *k)
	})
	if err != nil {
		return APIKeyInfo{}, err
	}
	return s.info(s.book.Load(), k), nil
}

// DeleteAPIKey removes a key for good.
func (s *Service) DeleteAPIKey(ctx context.Context, by *gateway.Principal, ref string) (APIKeyInfo, error) {
	b, err := s.opened("keys.DeleteAPIKey")
	if err != nil {
		return APIKeyInfo{}, err
	}
	k, err := s.changeAPIKey(ctx, "keys.DeleteAPIKey", by, ref, func(k *APIKey) error { return s.store.DeleteAPIKey(ctx, k.ID) })
	if err != nil {
		return APIKeyInfo{}, err
	}
	return s.info(b, k), nil
}

func (s *Service) changeAPIKey(ctx context.Context, op string, by *gateway.Principal, ref string, change func(*APIKey) error) (*APIKey, error) {
	if err := mayWrite(op, by); err != nil {
		return nil, err
	}
	s.write.Lock()
	defer s.write.Unlock()
	b, err := s.opened(op)
	if err != nil {
		return nil, err
	}
	known, err := b.apiKey(op, by, ref)
	if err != nil {
		return nil, err
	}
	k := *known
	m := b.member[k.Member]
	switch {
	case k.FromFile:
		return nil, fromFile(op, "API key", k.Name)
	case k.ID == by.APIKey:
		return nil, conflict(op, "id", "A key cannot change or delete itself. Use another one.")
	case m != nil && m.Owner && by.Role != gateway.RoleOwner:
		return nil, &gateway.Error{Op: op, Kind: gateway.Forbidden, Public: "Only an owner may change an owner's API key."}
	}
	if err := change(&k); err != nil {
		return nil, err
	}
	return &k, s.reload(ctx)
}

func (s *Service) info(b *book, k *APIKey) APIKeyInfo {
	i := APIKeyInfo{APIKey: *k}
	if w := b.workspace[k.Workspace]; w != nil {
		i.WorkspaceName = w.Name
	}
	if m := b.member[k.Member]; m != nil {
		i.MemberName, i.Role = m.Name, m.role(k.Workspace)
	}
	if e := b.byID[k.ID]; e != nil && e.account != nil {
		_, i.Spent, i.Held = e.account.state()
	}
	return i
}
