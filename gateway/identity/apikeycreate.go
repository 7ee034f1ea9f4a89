package identity

import (
	"context"
	"encoding/hex"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity/access"
)

// NewAPIKey describes the API key that an admin wants to create.
type NewAPIKey struct {
	Name      string
	Workspace string         // id or name; "" = the admin's own. One that does not exist is created, for owners
	Member    string         // id or name; "" = a member with the key's name. A name that does not exist is created
	Team      string         // id or name of a team of the workspace, which the member joins; "" = none
	Role      gateway.Role   // "" = the one the member has, else RoleMember
	Config    string         // slug, ""
	Compat    gateway.Compat // "" = the workspace's
	ExpiresAt time.Time      // zero = never
	Access    access.Rules
	Service   bool           // Member is a service account; "" = one with the key's name
	Hash      string         // SHA-256 in hex of a key that another gateway generated; "" = a new key
	BudgetUSD string         // "12.50"; "" = no budget
	Key       gateway.Secret // chosen by the admin; empty = a new one
	Disabled  bool
}

// CreateAPIKey creates a key. The secret is returned here and never again; it is empty for a key
// whose hash was given.
func (s *Service) CreateAPIKey(ctx context.Context, by *gateway.Principal, n NewAPIKey) (APIKeyInfo, gateway.Secret, error) {
	const op = "identity.CreateAPIKey"
	fail := func(err error) (APIKeyInfo, gateway.Secret, error) { return APIKeyInfo{}, gateway.Secret{}, err }
	if err := gateway.Require(op, by, gateway.APIKeysCreate); err != nil {
		return fail(err)
	}
	budget, err := s.checkNewAPIKey(op, &n)
	if err != nil {
		return fail(err)
	}
	if err := access.CheckScopes(op, by, n.Access.Scopes); err != nil {
		return fail(err)
	}
	key, hash, masked, err := s.newKeyOrHash(op, n.Key, n.Hash)
	if err != nil {
		return fail(err)
	}
	s.write.Lock()
	defer s.write.Unlock()
	x, err := s.beginChange(ctx, op)
	if err != nil {
		return fail(err)
	}
	w, m, team, err := s.ownersOfNewKey(ctx, op, x, by, n)
	if err != nil {
		return fail(err)
	}
	if x.apiKeyHashed(hash) != nil {
		param := "key_hash"
		if !n.Key.Empty() {
			param = "key"
		}
		return fail(conflict(op, param, "There is already an API key with this value."))
	}
	now := s.cfg.Now().UTC()
	k := APIKey{ID: ulid.Make().String(), Workspace: w.ID, Member: m.ID, Team: team, Name: n.Name, Hash: hash, Masked: masked, Access: n.Access,
		Config: n.Config, Compat: n.Compat, Budget: budget, ExpiresAt: n.ExpiresAt.UTC(), CreatedAt: now, UpdatedAt: now, Disabled: n.Disabled}
	if err := s.putAPIKey(ctx, k); err != nil {
		return fail(err)
	}
	return s.info(x, &k), key, nil
}

func (s *Service) checkNewAPIKey(op string, n *NewAPIKey) (budget *int64, err error) {
	if e := gateway.CheckName(op, "name", n.Name); e != nil {
		return nil, e
	}
	if e := checkSlug(op, "config", n.Config); e != nil {
		return nil, e
	}
	if e := gateway.CheckCompat(op, "compat", n.Compat); e != nil {
		return nil, e
	}
	if e := checkRole(op, n.Role); e != nil {
		return nil, e
	}
	if e := n.Access.Check(op, ""); e != nil {
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
	return parseBudget("budget_usd", n.BudgetUSD)
}

// newKeyOrHash generates a key, or takes the one that was chosen, or the hash of one that another
// gateway generated.
func (s *Service) newKeyOrHash(op string, chosen gateway.Secret, hexHash string) (key gateway.Secret, hash Hash, masked string, err error) {
	if !chosen.Empty() {
		if e := checkKey(op, "key", chosen); e != nil {
			return key, hash, "", e
		}
		if x := s.index.Load(); x != nil && x.apiKeyHashed(generatedHash(chosen)) != nil {
			return key, hash, "", conflict(op, "key", "There is already an API key with this value.")
		}
		return chosen, s.cipher.Hash(chosen), mask(chosen), nil
	}
	if hexHash == "" {
		key = newKey()
		return key, generatedHash(key), mask(key), nil
	}
	raw, bad := hex.DecodeString(hexHash)
	if bad != nil || len(raw) != len(hash) {
		return key, hash, "", gateway.InvalidField(op, "key_hash", "The field 'key_hash' must be a SHA-256 in 64 hexadecimal digits.")
	}
	return key, Hash(raw), "…", nil
}

// parseBudget reads an amount in USD; "" is no budget.
func parseBudget(param, usd string) (*int64, error) {
	if usd == "" {
		return nil, nil
	}
	nano, err := gateway.ParseUSD(param, usd)
	if err != nil {
		return nil, err
	}
	return &nano, nil
}

// ownersOfNewKey finds or creates the workspace and the member of a new key, who joins its team.
// Everything that could refuse the key is checked before anything is created.
func (s *Service) ownersOfNewKey(ctx context.Context, op string, x *index, by *gateway.Principal, n NewAPIKey) (*Workspace, *Member, string, error) {
	w, err := visibleWorkspace(op, x, by, n.Workspace)
	switch {
	case err == nil:
		if x.apiKeyNamed(w.ID, n.Name) != nil {
			return nil, nil, "", conflict(op, "name", "There is already an API key '"+n.Name+"' in this workspace.")
		}
	case !by.May(gateway.WorkspacesCreate) || isID(n.Workspace):
		return nil, nil, "", err
	default:
		if e := gateway.CheckName(op, "workspace", n.Workspace); e != nil {
			return nil, nil, "", e
		}
	}
	if n.Member == "" {
		n.Member = n.Name
		if err := checkImplicitMember(op, x, w, n); err != nil {
			return nil, nil, "", err
		}
	} else if n.Member, err = memberName(op, x, by, w, n.Member); err != nil {
		return nil, nil, "", err
	}
	if known := x.memberNamed(n.Member); known != nil && known.Service != n.Service {
		return nil, nil, "", conflict(op, "member", "There is already a member '"+n.Member+"', who is "+kindOf(known)+".")
	}
	if err := checkGrant(op, x, by, w, n.Member, n.Role); err != nil {
		return nil, nil, "", err
	}
	if err := checkMembership(op, x, by, w, n.Member); err != nil {
		return nil, nil, "", err
	}
	team, err := teamOfKey(op, x, by, w, x.memberNamed(n.Member), n.Team)
	if err != nil {
		return nil, nil, "", err
	}
	if w == nil {
		if w, err = s.ensureWorkspace(ctx, n.Workspace); err != nil {
			return nil, nil, "", err
		}
	}
	m, err := s.ensureMember(ctx, w.ID, n.Member, n.Role)
	if err == nil && n.Service && !m.Service {
		account := *m
		account.Service = true
		m, err = &account, s.putMember(ctx, account)
	}
	if err != nil {
		return nil, nil, "", err
	}
	joined, err := s.join(ctx, team, m.ID)
	return w, m, joined, err
}

// memberName returns the name of the member that ref names by id or name. An id that is not
// one of a member whom the principal sees in w is absent, never the name of a new member. w
// is nil for a new workspace.
func memberName(op string, x *index, by *gateway.Principal, w *Workspace, ref string) (string, error) {
	m := x.member(ref)
	switch {
	case m != nil && (by.May(gateway.AnyWorkspace) || w != nil && m.role(w.ID) != ""):
		return m.Name, nil
	case m != nil, isID(ref) && x.memberNamed(ref) == nil:
		return "", absent(op, "member", "There is no member '"+ref+"' in this workspace.")
	}
	return ref, nil
}

// checkMembership refuses a member of another workspace, who is absent for everybody but an
// owner. A name that is not known yet is a new member of w. w is nil for a new workspace.
func checkMembership(op string, x *index, by *gateway.Principal, w *Workspace, member string) error {
	m := x.memberNamed(member)
	if m == nil || by.May(gateway.AnyWorkspace) || w != nil && m.role(w.ID) != "" {
		return nil
	}
	return absent(op, "member", "There is no member '"+member+"' in this workspace, and the name is taken elsewhere.")
}

// checkImplicitMember refuses a key whose member was inferred from its name, if that
// member already has a higher role than requested. w is nil for a new workspace.
func checkImplicitMember(op string, x *index, w *Workspace, n NewAPIKey) error {
	m := x.memberNamed(n.Name)
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

func kindOf(m *Member) string {
	if m.Service {
		return "a service account"
	}
	return "a person"
}
