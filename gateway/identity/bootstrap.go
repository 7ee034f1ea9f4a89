package identity

import (
	"context"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/sluicegate/sluice/gateway"
)

const (
	tableOrganisations = "organisations"
	columnCanary       = "canary"
	canaryText         = "sluice"
	ownerName          = "owner"
)

// Bootstrap loads the service and creates what is missing of the first start's data: the
// organisation, the workspace "default", an owner and one API key. The key is fixed if
// that is given, else it is generated, unless an owner has a key already. A fixed key that
// differs from the one of the last start replaces it. A start that was interrupted is
// completed by the next one.
//
// created reports that key is new. It cannot be shown again later.
func (s *Service) Bootstrap(ctx context.Context, fixed gateway.Secret) (created bool, key gateway.Secret, err error) {
	const op = "identity.Bootstrap"
	s.write.Lock()
	defer s.write.Unlock()
	if !fixed.Empty() {
		if e := checkKey(op, "SLUICE_API_KEY", fixed); e != nil && !(s.cfg.WeakOwnerKey && printable(fixed)) {
			return false, key, e
		}
	}
	if err = s.ensureOrganisation(ctx); err != nil {
		return false, key, err
	}
	if err = s.load(ctx); err != nil {
		return false, key, err
	}
	w, m, err := s.ensureOwner(ctx)
	if err != nil {
		return false, key, err
	}
	return s.ensureOwnerKey(ctx, w, m, fixed)
}

// ensureOrganisation creates the organisation with its canary.
func (s *Service) ensureOrganisation(ctx context.Context) error {
	_, err := s.store.Organisation(ctx)
	if !isKind(err, gateway.NotFound) {
		return err
	}
	o := Organisation{ID: ulid.Make().String(), Name: "default", CreatedAt: s.cfg.Now().UTC()}
	o.Canary = s.cipher.Seal(tableOrganisations, o.ID, columnCanary, gateway.NewSecret(canaryText))
	return s.store.PutOrganisation(ctx, o)
}

// checkCanary detects a master key other than the one of the first start.
func (s *Service) checkCanary(o Organisation) error {
	if _, err := s.cipher.Open(tableOrganisations, o.ID, columnCanary, o.Canary); err != nil {
		return &gateway.Error{Op: "identity.Load", Kind: gateway.Internal, Param: "SLUICE_MASTER_KEY", Err: err,
			Public: "The master key is not the one that this database is sealed with. Set SLUICE_MASTER_KEY, or bring the key file in the data directory back, to the key of the first start."}
	}
	return nil
}

// ensureOwner returns the default workspace and an owner, creating them if they are missing.
func (s *Service) ensureOwner(ctx context.Context) (*Workspace, *Member, error) {
	x := s.index.Load()
	w, err := s.ensureWorkspace(ctx, gateway.DefaultWorkspace)
	if err != nil {
		return nil, nil, err
	}
	var first *Member
	for _, m := range x.allMembers() {
		if m.Owner && (first == nil || m.Name < first.Name) {
			first = m
		}
	}
	if first != nil {
		return w, first, nil
	}
	m := Member{ID: ulid.Make().String(), Organisation: x.organisation.ID, Name: ownerName, CreatedAt: s.cfg.Now().UTC()}
	if known := x.memberNamed(ownerName); known != nil {
		m = *known
	}
	m.Owner = true
	return w, &m, s.putMember(ctx, m)
}

// ensureOwnerKey keeps the key named "owner" in the default workspace.
func (s *Service) ensureOwnerKey(ctx context.Context, w *Workspace, m *Member, fixed gateway.Secret) (created bool, key gateway.Secret, err error) {
	x, now := s.index.Load(), s.cfg.Now().UTC()
	anyOwnerKey := false
	var first *APIKey
	for _, k := range x.allAPIKeys() {
		if owner := x.member(k.Member); owner != nil && owner.Owner {
			anyOwnerKey = true
			if k.Workspace == w.ID && k.Name == ownerName {
				first = k
			}
		}
	}
	switch {
	case fixed.Empty() && anyOwnerKey:
		return false, gateway.Secret{}, nil
	case fixed.Empty():
		key = newKey()
	default:
		key = fixed
		if known := x.apiKeyHashed(s.cipher.Hash(fixed), generatedHash(fixed)); known != nil {
			if first == nil || known.ID != first.ID {
				return false, gateway.Secret{}, conflict("identity.Bootstrap", "SLUICE_API_KEY", "The key in SLUICE_API_KEY is already the API key '"+known.Name+"'.")
			}
			return false, fixed, nil
		}
	}
	k := APIKey{ID: ulid.Make().String(), Workspace: w.ID, Member: m.ID, Name: ownerName, CreatedAt: now}
	if first != nil {
		k = *first
		k.Disabled, k.ExpiresAt = false, time.Time{}
	}
	k.Hash, k.Masked, k.UpdatedAt = s.cipher.Hash(key), mask(key), now
	if fixed.Empty() {
		k.Hash = generatedHash(key)
	}
	return true, key, s.putAPIKey(ctx, k)
}
