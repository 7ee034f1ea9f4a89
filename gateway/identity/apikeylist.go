package identity

import (
	"context"
	"encoding/hex"
	"sort"

	"github.com/sluicegate/sluice/gateway"
)

// APIKeyInfo is an API key as the admin API shows it.
type APIKeyInfo struct {
	APIKey
	WorkspaceName string
	MemberName    string
	TeamName      string // "" without a team
	Service       bool   // the member is a service account
	Role          gateway.Role
	Spent         int64 // nano-USD; 0 without a budget
	Reserved      int64 // nano-USD of Budget that calls in flight have reserved
	Closed        bool  // until Budget is raised; see Budgets
}

// APIKeys lists the keys that the principal sees: an owner those of all workspaces or of
// the one given by id or name, an admin those of its own workspace, a member its own keys
// there.
func (s *Service) APIKeys(_ context.Context, by *gateway.Principal, workspace string) ([]APIKeyInfo, error) {
	const op = "identity.APIKeys"
	x, err := s.loaded(op)
	if err != nil {
		return nil, err
	}
	only := ""
	if workspace != "" {
		w := x.workspace(workspace)
		if w == nil || !by.Sees(w.ID) {
			return nil, absent(op, "workspace", "There is no workspace '"+workspace+"'.")
		}
		only = w.ID
	}
	out := []APIKeyInfo{}
	for _, k := range x.allAPIKeys() {
		if seesAPIKey(by, k) && (only == "" || k.Workspace == only) {
			out = append(out, s.info(x, k))
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

// APIKey finds a key by id or name.
func (s *Service) APIKey(_ context.Context, by *gateway.Principal, ref string) (APIKeyInfo, error) {
	const op = "identity.APIKey"
	x, err := s.loaded(op)
	if err != nil {
		return APIKeyInfo{}, err
	}
	k, err := visibleAPIKey(op, x, by, ref)
	if err != nil {
		return APIKeyInfo{}, err
	}
	return s.info(x, k), nil
}

// APIKeyOf finds the key that somebody presents, or whose hash it is: both in the way in which
// LiteLLM's clients name a key. A hash is no key, and calls nothing.
func (s *Service) APIKeyOf(_ context.Context, by *gateway.Principal, presented gateway.Secret) (APIKeyInfo, error) {
	const op = "identity.APIKeyOf"
	x, err := s.loaded(op)
	if err != nil {
		return APIKeyInfo{}, err
	}
	hashes := []Hash{generatedHash(presented), s.cipher.Hash(presented)}
	if raw, err := hex.DecodeString(presented.Reveal()); err == nil && len(raw) == len(Hash{}) {
		hashes = []Hash{Hash(raw)}
	}
	if k := x.apiKeyHashed(hashes...); k != nil && seesAPIKey(by, k) {
		return s.info(x, k), nil
	}
	return APIKeyInfo{}, absent(op, "key", "There is no such API key.")
}

func seesAPIKey(by *gateway.Principal, k *APIKey) bool {
	return by.Sees(k.Workspace) && (by.Member == k.Member || by.May(gateway.APIKeysReadAll))
}

// visibleAPIKey resolves an id, a name in the principal's own workspace, or a name that
// only one of the keys it sees has.
func visibleAPIKey(op string, x *index, by *gateway.Principal, ref string) (*APIKey, error) {
	if k := x.apiKey(ref); k != nil && seesAPIKey(by, k) {
		return k, nil
	}
	var found []*APIKey
	for _, k := range x.allAPIKeys() {
		if k.Name != ref || !seesAPIKey(by, k) {
			continue
		}
		if k.Workspace == by.Workspace {
			return k, nil
		}
		found = append(found, k)
	}
	switch len(found) {
	case 0:
		return nil, absent(op, "id", "There is no API key '"+ref+"'.")
	case 1:
		return found[0], nil
	}
	return nil, conflict(op, "id", "Several workspaces have an API key '"+ref+"'. Name it by its id.")
}

func (s *Service) info(x *index, k *APIKey) APIKeyInfo {
	i := APIKeyInfo{APIKey: *k}
	if w := x.workspace(k.Workspace); w != nil {
		i.WorkspaceName = w.Name
	}
	if m := x.member(k.Member); m != nil {
		i.MemberName, i.Role, i.Service = m.Name, m.role(k.Workspace), m.Service
	}
	if t := x.team(k.Team); t != nil {
		i.TeamName = t.Name
	}
	if k.Budget != nil {
		i.Spent, i.Reserved = s.cfg.Budgets.Spending(k.ID)
		i.Closed = s.cfg.Budgets.Closed(k.ID)
	}
	return i
}
