// Package apikey administers API keys together with their own rate limits and budgets, which packages
// identity, limit and billing keep apart. The admin API and those of other gateways share it.
package apikey

import (
	"context"
	"errors"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing"
	"github.com/sluicegate/sluice/gateway/billing/budget"
	"github.com/sluicegate/sluice/gateway/billing/ledger"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/gateway/limit"
	"github.com/sluicegate/sluice/gateway/policy"
	"github.com/sluicegate/sluice/internal/httpapi/admin/own"
)

// Keys are the API keys without their limits and budgets. ref is an id or a name. It has the methods
// of identity.Service.
type Keys interface {
	Reader
	CreateAPIKey(ctx context.Context, by *gateway.Principal, n identity.NewAPIKey) (identity.APIKeyInfo, gateway.Secret, error)
	Writer
}

// Finder finds a key by its value or by its hash.
type Finder interface {
	APIKeyOf(ctx context.Context, by *gateway.Principal, presented gateway.Secret) (identity.APIKeyInfo, error)
}

// Reader lists keys and finds one.
type Reader interface {
	APIKeys(ctx context.Context, by *gateway.Principal, workspace string) ([]identity.APIKeyInfo, error)
	APIKey(ctx context.Context, by *gateway.Principal, ref string) (identity.APIKeyInfo, error)
}

// Writer changes a key.
type Writer interface {
	RotateAPIKey(ctx context.Context, by *gateway.Principal, ref string, overlap time.Duration) (identity.APIKeyInfo, gateway.Secret, error)
	UpdateAPIKey(ctx context.Context, by *gateway.Principal, ref string, to identity.APIKeyChange) (identity.APIKeyInfo, error)
	SetAPIKeyDisabled(ctx context.Context, by *gateway.Principal, ref string, disabled bool) (identity.APIKeyInfo, error)
	DeleteAPIKey(ctx context.Context, by *gateway.Principal, ref string) (identity.APIKeyInfo, error)
}

// Service administers all of it.
type Service struct {
	Keys
	Own own.Keys
	Now func() time.Time // nil = time.Now
}

func (s Service) now() time.Time {
	if s.Now == nil {
		return time.Now()
	}
	return s.Now()
}

func ownerOf(k identity.APIKeyInfo) own.Key {
	return own.Key{Owner: policy.Owner{Attribute: "api_key", ID: k.ID}, Name: k.Name}
}

// LimitsOf lists the limits of a key.
func (s Service) LimitsOf(k identity.APIKeyInfo) []limit.Rule {
	if k.FromFile {
		return s.Own.LimitsOf(own.Key{Workspace: k.Workspace, Owner: policy.Owner{Attribute: "api_key", ID: k.Name}})
	}
	return s.Own.LimitsOf(ownerOf(k))
}

// Create creates a key with its limits and budgets, or nothing.
func (s Service) Create(ctx context.Context, by *gateway.Principal, n identity.NewAPIKey, has own.Change) (identity.APIKeyInfo, gateway.Secret, error) {
	if err := s.Own.Check(has, s.now()); err != nil {
		return identity.APIKeyInfo{}, gateway.Secret{}, err
	}
	k, secret, err := s.CreateAPIKey(ctx, by, n)
	if err != nil {
		return k, secret, err
	}
	// Nobody calls with the key before its limits hold: its value is not told yet.
	if err := s.Own.Set(ctx, ownerOf(k), has); err != nil {
		_, undone := s.Delete(ctx, by, k.ID)
		return identity.APIKeyInfo{}, gateway.Secret{}, errors.Join(err, undone)
	}
	return k, secret, nil
}

// Change lists what changes of a key.
type Change struct {
	identity.APIKeyChange
	own.Change
	Disabled *bool
}

// Change changes a key that ref names by its id.
func (s Service) Change(ctx context.Context, by *gateway.Principal, id string, to Change) (identity.APIKeyInfo, error) {
	if err := s.Own.Check(to.Change, s.now()); err != nil {
		return identity.APIKeyInfo{}, err
	}
	// A lifetime budget that gives way to others goes last, so that the key is never without one.
	taken := to.BudgetUSD
	if to.Budgets == nil || taken == nil || *taken != "" {
		taken = nil
	} else {
		to.BudgetUSD = nil
	}
	k, err := s.UpdateAPIKey(ctx, by, id, to.APIKeyChange)
	if err == nil {
		err = s.Own.Set(ctx, ownerOf(k), to.Change)
	}
	if err == nil && taken != nil && k.Budget != nil {
		k, err = s.UpdateAPIKey(ctx, by, k.ID, identity.APIKeyChange{BudgetUSD: taken})
	}
	if err == nil && to.Disabled != nil && *to.Disabled != k.Disabled {
		k, err = s.SetAPIKeyDisabled(ctx, by, k.ID, *to.Disabled)
	}
	return k, err
}

// Delete removes a key with its limits and budgets.
func (s Service) Delete(ctx context.Context, by *gateway.Principal, ref string) (identity.APIKeyInfo, error) {
	k, err := s.DeleteAPIKey(ctx, by, ref)
	if err == nil {
		err = s.Own.Remove(ctx, ownerOf(k))
	}
	return k, err
}

// Budgets lists the budgets of several keys, in the order of the keys: the lifetime budget first.
func (s Service) Budgets(ctx context.Context, keys ...identity.APIKeyInfo) ([][]own.Budget, error) {
	owners := make([]own.Key, len(keys))
	for i, k := range keys {
		owners[i] = ownerOf(k)
	}
	out, err := s.Own.BudgetsOf(ctx, owners...)
	if err != nil {
		return nil, err
	}
	for i, k := range keys {
		if k.Budget != nil {
			life := own.Budget{Budget: budget.Budget{Limit: *k.Budget, Period: budget.Life}, Use: billing.Use{Balance: ledger.Balance{Spent: k.Spent, Reserved: k.Reserved}}}
			out[i] = append([]own.Budget{life}, out[i]...)
		}
	}
	return out, nil
}
