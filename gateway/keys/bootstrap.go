package keys

import (
	"context"

	"github.com/oklog/ulid/v2"

	"github.com/sluicegate/sluice/gateway"
)

const (
	tableOrganisations = "organisations"
	columnCanary       = "canary"
	canaryText         = "sluice"

	// DefaultWorkspace is where the first owner and everything without a workspace lives.
	DefaultWorkspace = "default"
	ownerName        = "owner"
)

// Bootstrap makes what the first start needs: an organisation, the workspace "default",
// an owner and one API key, fixed if that is given. What exists stays, so a start that
// was cut short is completed by the next one; an owner without any API key gets a new
// one. A fixed key that changed since replaces the first owner's. created says that key
// is new and must be shown, since it cannot be shown again.
func (s *Service) Bootstrap(ctx context.Context, fixed gateway.Secret) (created bool, key gateway.Secret, err error) {
	const op = "keys.Bootstrap"
	s.write.Lock()
	defer s.write.Unlock()
	if !fixed.Empty() {
		if e := checkKey(op, "SLUICE_API_KEY", fixed); e != nil {
			return false, key, e
		}
	}
	if err = s.found(ctx); err != nil {
		return false, key, err
	}
	if err = s.reload(ctx); err != nil {
		return false, key, err
	}
	w, m, err := s.firstOwner(ctx)
	if err != nil {
		return false, key, err
	}
	created, key, err = s.ownerKey(ctx, w, m, fixed)
	if err == nil {
		err = s.reload(ctx)
	}
	return created, key, err
}

// found makes the organisation, with the canary that tells a wrong master key.
func (s *Service) found(ctx context.Context) error {
	_, err := s.store.Organisation(ctx)
	if !isKind(err, gateway.NotFound) {
		return err
	}
	o := Organisation{ID: ulid.Make().String(), Name: "default", CreatedAt: s.cfg.Now().UTC()}
	o.Canary = s.cipher.Seal(tableOrganisations, o.ID, columnCanary, gateway.NewSecret(canaryText))
	return s.store.PutOrganisation(ctx, o)
}

func (s *Service) checkCanary(o Organisation) error {
	if _, err := s.cipher.Open(tableOrganisations, o.ID, columnCanary, o.Canary); err != nil {
		return &gateway.Error{Op: "keys.Load", Kind: gateway.Internal, Param: "SLUICE_MASTER_KEY", Err: err,
			Public: "The master key is not the one that this database was made with. Set SLUICE_MASTER_KEY, or bring the key file in the data directory back, to the key of the first start."}
	}
	return nil
}

func (s *Service) firstOwner(ctx context.Context) (*Workspace, *Member, error) {
	b := s.book.Load()
	w, err := s.workspaceNamed(ctx, b, DefaultWorkspace)
	if err != nil {
		return nil, nil, err
	}
	for i := range b.members {
		if b.members[i].Owner {
			return w, &b.members[i], nil
		}
	}
	m := Member{ID: ulid.Make().String(), Organisation: b.organisation.ID, Name: ownerName, CreatedAt: s.cfg.Now().UTC()}
	if known := b.memberNamed(ownerName); known != nil {
		m = *known
	}
	m.Owner = true
	return w, &m, s.store.PutMember(ctx, m)
}

// ownerKey keeps the key named "owner" in the default workspace.
func (s *Service) ownerKey(ctx context.Context, w *Workspace, m *Member, fixed gateway.Secret) (created bool, key gateway.Secret, err error) {
	b, now := s.book.Load(), s.cfg.Now().UTC()
	var first *APIKey
	any := false
	for i := range b.keys {
		k := &b.keys[i]
		if owner := b.member[k.Member]; owner != nil && owner.Owner {
			any = true
			if k.Workspace == w.ID && k.Name == ownerName {
				first = k
			}
		}
	}
	switch {
	case fixed.Empty() && any:
		return false, gateway.Secret{}, nil
	case fixed.Empty():
		key = newKey()
	default:
		key = fixed
		if e := b.byHash[s.cipher.Hash(fixed)]; e != nil {
			if first == nil || e.key.ID != first.ID {
				return false, gateway.Secret{}, conflict("keys.Bootstrap", "SLUICE_API_KEY", "The key in SLUICE_API_KEY is already the API key '"+e.key.Name+"'.")
			}
			return false, fixed, nil
		}
	}
	k := APIKey{ID: ulid.Make().String(), Workspace: w.ID, Member: m.ID, Name: ownerName, CreatedAt: now}
	if first != nil {
		k = *first
		k.Disabled, k.ExpiresAt = false, noTime
	}
	k.Hash, k.Masked, k.UpdatedAt = s.cipher.Hash(key), mask(key), now
	return true, key, s.store.PutAPIKey(ctx, k)
}
