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
// organisation, the workspace "default" and an owner. A fixed key that is given is the API key
// named "owner": it replaces the one of the last start. A start that was interrupted is
// completed by the next one.
func (s *Service) Bootstrap(ctx context.Context, fixed gateway.Secret) error {
	const op = "identity.Bootstrap"
	s.write.Lock()
	defer s.write.Unlock()
	if !fixed.Empty() {
		if e := checkKey(op, "SLUICE_API_KEY", fixed); e != nil && !(s.cfg.WeakOwnerKey && printable(fixed)) {
			return e
		}
	}
	if err := s.ensureOrganisation(ctx); err != nil {
		return err
	}
	if err := s.load(ctx); err != nil {
		return err
	}
	w, m, err := s.ensureOwner(ctx)
	if err != nil || fixed.Empty() {
		return err
	}
	return s.fixOwnerKey(ctx, w, m, fixed)
}

// GenerateOwnerKey makes an API key named "owner" in the workspace "default" and returns it, unless
// an owner has a key already; then it is empty. It follows on Bootstrap as the last step of a start:
// the key can be shown only once, so nothing may fail between its making and its showing.
func (s *Service) GenerateOwnerKey(ctx context.Context) (key gateway.Secret, err error) {
	s.write.Lock()
	defer s.write.Unlock()
	if err := s.load(ctx); err != nil { // another replica may have made it
		return key, err
	}
	w, m, err := s.ensureOwner(ctx)
	if err != nil {
		return key, err
	}
	x := s.index.Load()
	for _, k := range x.allAPIKeys() {
		if by := x.member(k.Member); by != nil && by.Owner {
			return key, nil
		}
	}
	if x.apiKeyNamed(w.ID, ownerName) != nil {
		return key, conflict("identity.GenerateOwnerKey", "name", "The server's file declares an API key with the name 'owner', which the key of the first start has, and no key of an owner. Choose another name, or give it the role owner.")
	}
	key = newKey()
	k := s.ownerKey(w, m)
	k.Hash, k.Masked = generatedHash(key), mask(key)
	return key, s.putAPIKey(ctx, k)
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

// fixOwnerKey makes fixed the API key named "owner" of an owner.
func (s *Service) fixOwnerKey(ctx context.Context, w *Workspace, m *Member, fixed gateway.Secret) error {
	x := s.index.Load()
	k := s.ownerKey(w, m)
	first := x.apiKeyNamed(w.ID, ownerName)
	if first != nil {
		if by := x.member(first.Member); by == nil || !by.Owner {
			first = nil
		}
	}
	if known := x.apiKeyHashed(s.cipher.Hash(fixed), generatedHash(fixed)); known != nil {
		if first == nil || known.ID != first.ID {
			return conflict("identity.Bootstrap", "SLUICE_API_KEY", "The key in SLUICE_API_KEY is already the API key '"+known.Name+"'.")
		}
		return nil
	}
	if first != nil {
		now := k.UpdatedAt
		k = *first
		k.Disabled, k.ExpiresAt, k.UpdatedAt = false, time.Time{}, now
	}
	k.Hash, k.Masked = s.cipher.Hash(fixed), mask(fixed)
	return s.putAPIKey(ctx, k)
}

// ownerKey is the API key named "owner" without its secret.
func (s *Service) ownerKey(w *Workspace, m *Member) APIKey {
	now := s.cfg.Now().UTC()
	return APIKey{ID: ulid.Make().String(), Workspace: w.ID, Member: m.ID, Name: ownerName, CreatedAt: now, UpdatedAt: now}
}
