// Package apikey administers API keys together with their own rate limits, which packages
// identity and limit keep apart. The admin API and those of other gateways share it.
package apikey

import (
	"context"
	"errors"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/gateway/limit"
)

// Keys are the API keys without their limits. ref is an id or a name. It has the methods of
// identity.Service.
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

// Limits keeps the limits of each key. It has the methods of limit.Service.
type Limits interface {
	Own(owner limit.Owner) []limit.Rule
	SetOwn(ctx context.Context, workspace string, owner limit.Owner, rules []limit.Rule) error
}

// Service administers both.
type Service struct {
	Keys
	Limits Limits // nil = keys have no limits
}

func ownerOf(id string) limit.Owner { return limit.Owner{Attribute: "api_key", ID: id} }

// LimitsOf lists the limits of a key.
func (s Service) LimitsOf(id string) []limit.Rule {
	if s.Limits == nil {
		return nil
	}
	return s.Limits.Own(ownerOf(id))
}

// Create creates a key with its limits, or neither.
func (s Service) Create(ctx context.Context, by *gateway.Principal, n identity.NewAPIKey, limits []limit.Rule) (identity.APIKeyInfo, gateway.Secret, error) {
	if err := limit.CheckOwn("rate_limits", limits); err != nil {
		return identity.APIKeyInfo{}, gateway.Secret{}, err
	}
	k, secret, err := s.CreateAPIKey(ctx, by, n)
	if err != nil || len(limits) == 0 {
		return k, secret, err
	}
	// Nobody calls with the key before its limits hold: its value is not told yet.
	if err := s.setLimits(ctx, k.ID, limits); err != nil {
		_, undone := s.DeleteAPIKey(ctx, by, k.ID)
		return identity.APIKeyInfo{}, gateway.Secret{}, errors.Join(err, undone)
	}
	return k, secret, nil
}

// Change lists what changes of a key.
type Change struct {
	identity.APIKeyChange
	Limits   *[]limit.Rule
	Disabled *bool
}

// Change changes a key that ref names by its id.
func (s Service) Change(ctx context.Context, by *gateway.Principal, id string, to Change) (identity.APIKeyInfo, error) {
	if to.Limits != nil {
		if err := limit.CheckOwn("rate_limits", *to.Limits); err != nil {
			return identity.APIKeyInfo{}, err
		}
	}
	k, err := s.UpdateAPIKey(ctx, by, id, to.APIKeyChange)
	if err == nil && to.Limits != nil {
		err = s.setLimits(ctx, k.ID, *to.Limits)
	}
	if err == nil && to.Disabled != nil && *to.Disabled != k.Disabled {
		k, err = s.SetAPIKeyDisabled(ctx, by, k.ID, *to.Disabled)
	}
	return k, err
}

// Delete removes a key and its limits.
func (s Service) Delete(ctx context.Context, by *gateway.Principal, ref string) (identity.APIKeyInfo, error) {
	k, err := s.DeleteAPIKey(ctx, by, ref)
	if err == nil {
		err = s.setLimits(ctx, k.ID, nil)
	}
	return k, err
}

func (s Service) setLimits(ctx context.Context, id string, rules []limit.Rule) error {
	if s.Limits == nil {
		if len(rules) == 0 {
			return nil
		}
		return gateway.InvalidField("apikey.setLimits", "rate_limits", "This server keeps no rate limits.")
	}
	return s.Limits.SetOwn(ctx, "", ownerOf(id), rules)
}
