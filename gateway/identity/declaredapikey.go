package identity

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity/access"
)

// DeclaredAPIKey is an API key of the server's file, whose value the operator chose.
type DeclaredAPIKey struct {
	Name      string
	Key       gateway.Secret
	Weak      bool   // Key may be short, as the owner's under Config.WeakOwnerKey
	Member    string // "" = a member with the key's name
	Team      string // name of a team of the workspace, which Member joins; "" = none
	Role      gateway.Role
	Workspace string // name; "" = gateway.DefaultWorkspace
	Config    string
	Compat    gateway.Compat
	ExpiresAt time.Time
	BudgetUSD string
	Access    access.Rules
}

func (s *Service) checkDeclaredAPIKeys(op string, x *index, list []DeclaredAPIKey) ([]APIKey, error) {
	var problems []error
	out := make([]APIKey, len(list))
	names, hashes := map[nameIn]bool{}, map[Hash]bool{}
	for i, n := range list {
		at := fmt.Sprintf("api_keys[%d].", i)
		k, err := s.checkDeclaredAPIKey(op, at, n)
		if err == nil {
			name := nameIn{workspaceOrDefault(n.Workspace), n.Name}
			err = checkDeclaredName(op, at, x, name, names[name])
			names[name] = true
		}
		if err == nil {
			other := x.apiKeyHashed(k.Hash, generatedHash(n.Key))
			if hashes[k.Hash] || other != nil && !other.FromFile {
				err = refuseDeclared(op, at+"key", " is already the value of another API key.")
			}
			hashes[k.Hash] = true
		}
		problems = append(problems, err)
		out[i] = k
	}
	return out, errors.Join(problems...)
}

func (s *Service) checkDeclaredAPIKey(op, at string, n DeclaredAPIKey) (APIKey, error) {
	if e := checkKey(op, at+"key", n.Key); e != nil && !(n.Weak && printable(n.Key)) {
		return APIKey{}, e
	}
	for _, e := range []*gateway.Error{gateway.CheckName(op, at+"name", n.Name), checkMember(op, at+"member", n.memberName()),
		checkSlug(op, at+"config", n.Config), gateway.CheckCompat(op, at+"compat", n.Compat), checkRole(op, n.Role), gateway.CheckName(op, at+"workspace", workspaceOrDefault(n.Workspace))} {
		if e != nil {
			return APIKey{}, e
		}
	}
	if e := n.Access.Check(op, at); e != nil {
		return APIKey{}, e
	}
	budget, err := parseBudget(at+"budget", n.BudgetUSD)
	if err != nil {
		return APIKey{}, err
	}
	now := s.cfg.Now().UTC()
	return APIKey{ID: ulid.Make().String(), Name: n.Name, Hash: s.cipher.Hash(n.Key), Masked: mask(n.Key), Config: n.Config, Access: n.Access, Compat: n.Compat, Budget: budget,
		ExpiresAt: n.ExpiresAt.UTC(), FromFile: true, CreatedAt: now, UpdatedAt: now}, nil
}

func (n *DeclaredAPIKey) memberName() string {
	if n.Member == "" {
		return n.Name
	}
	return n.Member
}

// checkDeclaredName refuses a name that the file declares twice, or that a key made through
// the admin API has.
func checkDeclaredName(op, at string, x *index, name nameIn, twice bool) error {
	if twice {
		return gateway.InvalidField(op, at+"name", "The field '"+at+"name' declares the API key '"+name.name+"' a second time.")
	}
	if w := x.workspaceNamed(name.workspace); w != nil {
		if known := x.apiKeyNamed(w.ID, name.name); known != nil && !known.FromFile {
			return refuseDeclared(op, at+"name", ": there is already an API key '"+name.name+
				"' that was made through the admin API. Delete that one, or choose another name.")
		}
	}
	return nil
}

func (s *Service) dropUndeclaredAPIKeys(ctx context.Context, x *index, list []DeclaredAPIKey) error {
	declared := map[nameIn]bool{}
	for _, n := range list {
		if w := x.workspaceNamed(workspaceOrDefault(n.Workspace)); w != nil {
			declared[nameIn{w.ID, n.Name}] = true
		}
	}
	for _, k := range x.allAPIKeys() {
		if k.FromFile && !declared[nameIn{k.Workspace, k.Name}] {
			if err := s.deleteAPIKey(ctx, k.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// declareAPIKey writes one key, unless the stored one is the same already.
func (s *Service) declareAPIKey(ctx context.Context, x *index, k APIKey, n DeclaredAPIKey) error {
	w, err := s.ensureWorkspace(ctx, n.Workspace)
	if err != nil {
		return err
	}
	m, err := s.ensureMember(ctx, w.ID, n.memberName(), n.Role)
	if err != nil {
		return err
	}
	k.Workspace, k.Member = w.ID, m.ID
	if n.Team != "" {
		if k.Team, err = s.join(ctx, x.teamNamed(w.ID, n.Team), m.ID); err != nil {
			return err
		}
	}
	if known := x.apiKeyNamed(w.ID, k.Name); known != nil {
		k.ID, k.CreatedAt = known.ID, known.CreatedAt
		same := k
		same.UpdatedAt = known.UpdatedAt
		if reflect.DeepEqual(same, *known) {
			return nil
		}
	}
	return s.putAPIKey(ctx, k)
}
