package identity

import (
	"context"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity/access"
)

// SetAPIKeyDisabled disables a key, or enables it again.
func (s *Service) SetAPIKeyDisabled(ctx context.Context, by *gateway.Principal, ref string, disabled bool) (APIKeyInfo, error) {
	return s.editAPIKey(ctx, "identity.SetAPIKeyDisabled", by, ref, func(_ *index, k *APIKey) error {
		k.Disabled = disabled
		return nil
	})
}

// APIKeyChange lists what changes of an API key; nil leaves it as it is.
type APIKeyChange struct {
	BudgetUSD *string             // for the key's whole life; "" takes it away. What was spent stays spent
	Compat    *gateway.Compat     // "" = the workspace's
	Team      *string             // id or name of a team of the key's workspace, which the member joins; "" = none
	Config    *string             // slug; "" = the workspace's
	ExpiresAt *time.Time          // zero = never
	Access    func(*access.Rules) // replaces lists, does not change them
}

// UpdateAPIKey changes the settings of a key.
func (s *Service) UpdateAPIKey(ctx context.Context, by *gateway.Principal, ref string, to APIKeyChange) (APIKeyInfo, error) {
	const op = "identity.UpdateAPIKey"
	var budget *int64
	if to.BudgetUSD != nil {
		var err error
		if budget, err = parseBudget("budget_usd", *to.BudgetUSD); err != nil {
			return APIKeyInfo{}, err
		}
	}
	if to.Compat != nil {
		if e := gateway.CheckCompat(op, "compat", *to.Compat); e != nil {
			return APIKeyInfo{}, e
		}
	}
	if to.Config != nil {
		if e := checkSlug(op, "config", *to.Config); e != nil {
			return APIKeyInfo{}, e
		}
	}
	return s.editAPIKey(ctx, op, by, ref, func(x *index, k *APIKey) error {
		if to.Config != nil {
			k.Config = *to.Config
		}
		if to.ExpiresAt != nil {
			k.ExpiresAt = to.ExpiresAt.UTC()
		}
		if to.Access != nil {
			to.Access(&k.Access)
			if e := k.Access.Check(op, ""); e != nil {
				return e
			}
			if err := access.CheckScopes(op, by, k.Access.Scopes); err != nil {
				return err
			}
		}
		if to.BudgetUSD != nil {
			k.Budget = budget
		}
		if to.Compat != nil {
			k.Compat = *to.Compat
		}
		if to.Team == nil {
			return nil
		}
		t, err := teamOfKey(op, x, by, x.workspace(k.Workspace), x.member(k.Member), *to.Team)
		if err != nil {
			return err
		}
		k.Team, err = s.join(ctx, t, k.Member)
		return err
	})
}

func (s *Service) editAPIKey(ctx context.Context, op string, by *gateway.Principal, ref string, edit func(*index, *APIKey) error) (APIKeyInfo, error) {
	if err := gateway.Require(op, by, gateway.APIKeysUpdate); err != nil {
		return APIKeyInfo{}, err
	}
	s.write.Lock()
	defer s.write.Unlock()
	x, err := s.beginChange(ctx, op)
	if err != nil {
		return APIKeyInfo{}, err
	}
	known, err := changeableAPIKey(op, x, by, ref)
	if err != nil {
		return APIKeyInfo{}, err
	}
	k := *known
	if err := edit(x, &k); err != nil {
		return APIKeyInfo{}, err
	}
	k.UpdatedAt = s.cfg.Now().UTC()
	if err := s.putAPIKey(ctx, k); err != nil {
		return APIKeyInfo{}, err
	}
	return s.info(x, &k), nil
}

// MaxOverlap is the longest time that a rotated key's old value stays good.
const MaxOverlap = 90 * 24 * time.Hour

// RotateAPIKey gives a key a new value, which is returned here and never again. The old value
// stays good for the overlap; a value that an earlier rotation left ends now.
func (s *Service) RotateAPIKey(ctx context.Context, by *gateway.Principal, ref string, overlap time.Duration) (APIKeyInfo, gateway.Secret, error) {
	const op = "identity.RotateAPIKey"
	if overlap < 0 || overlap > MaxOverlap {
		return APIKeyInfo{}, gateway.Secret{}, gateway.InvalidField(op, "overlap", "The field 'overlap' must be a time from 0s to "+MaxOverlap.String()+".")
	}
	key := newKey()
	info, err := s.editAPIKey(ctx, op, by, ref, func(_ *index, k *APIKey) error {
		k.Previous = PreviousKey{}
		if overlap > 0 {
			k.Previous = PreviousKey{Hash: k.Hash, Until: s.cfg.Now().UTC().Add(overlap)}
		}
		k.Hash, k.Masked = generatedHash(key), mask(key)
		return nil
	})
	return info, key, err
}

// DeleteAPIKey removes a key for good. What it returns is the key as it was.
func (s *Service) DeleteAPIKey(ctx context.Context, by *gateway.Principal, ref string) (APIKeyInfo, error) {
	const op = "identity.DeleteAPIKey"
	if err := gateway.Require(op, by, gateway.APIKeysDelete); err != nil {
		return APIKeyInfo{}, err
	}
	s.write.Lock()
	defer s.write.Unlock()
	x, err := s.beginChange(ctx, op)
	if err != nil {
		return APIKeyInfo{}, err
	}
	k, err := changeableAPIKey(op, x, by, ref)
	if err != nil {
		return APIKeyInfo{}, err
	}
	deleted := s.info(x, k)
	return deleted, s.deleteAPIKey(ctx, k.ID)
}

// changeableAPIKey finds a key that the principal may change.
func changeableAPIKey(op string, x *index, by *gateway.Principal, ref string) (*APIKey, error) {
	k, err := visibleAPIKey(op, x, by, ref)
	if err != nil {
		return nil, err
	}
	m := x.member(k.Member)
	switch {
	case k.FromFile:
		return nil, conflict(op, "name", "The API key '"+k.Name+"' is declared in the server's file. Change it there.")
	case k.ID == by.APIKey:
		return nil, conflict(op, "id", "A key cannot change or delete itself. Use another one.")
	case m != nil && !by.Role.Covers(m.role(k.Workspace)):
		return nil, &gateway.Error{Op: op, Kind: gateway.Forbidden, Code: gateway.CodeRole,
			Public: "The key belongs to a member whose role, " + string(m.role(k.Workspace)) + ", may do what yours, " + string(by.Role) + ", may not."}
	}
	return k, nil
}
