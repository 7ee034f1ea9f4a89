package identity

import (
	"context"

	"github.com/sluicegate/sluice/gateway"
)

// These functions change the store, then the budgets and the index. The caller holds write.

func (s *Service) putWorkspace(ctx context.Context, w Workspace) error {
	if err := s.store.PutWorkspace(ctx, w); err != nil {
		return s.failedWrite(err)
	}
	s.index.Load().putWorkspace(w)
	return nil
}

func (s *Service) deleteWorkspace(ctx context.Context, id string) error {
	if err := s.store.DeleteWorkspace(ctx, id); err != nil {
		return s.failedWrite(err)
	}
	s.index.Load().deleteWorkspace(id)
	return nil
}

func (s *Service) putMember(ctx context.Context, m Member) error {
	if err := s.store.PutMember(ctx, m); err != nil {
		return s.failedWrite(err)
	}
	s.index.Load().putMember(m)
	return nil
}

func (s *Service) putTeam(ctx context.Context, t Team) error {
	if err := s.store.PutTeam(ctx, t); err != nil {
		return s.failedWrite(err)
	}
	s.index.Load().putTeam(t)
	return nil
}

func (s *Service) deleteTeam(ctx context.Context, id string) error {
	if err := s.store.DeleteTeam(ctx, id); err != nil {
		return s.failedWrite(err)
	}
	s.index.Load().deleteTeam(id)
	return nil
}

func (s *Service) putAPIKey(ctx context.Context, k APIKey) error {
	if err := s.store.PutAPIKey(ctx, k); err != nil {
		return s.failedWrite(err)
	}
	// The limit comes first: a caller whose principal says Budgeted must find its account.
	s.cfg.Budgets.SetLimit(k.ID, k.Budget)
	s.index.Load().putAPIKey(k)
	return nil
}

func (s *Service) deleteAPIKey(ctx context.Context, id string) error {
	if err := s.store.DeleteAPIKey(ctx, id); err != nil {
		return s.failedWrite(err)
	}
	s.index.Load().deleteAPIKey(id)
	s.cfg.Budgets.Remove(id)
	return nil
}

// failedWrite marks the index as stale unless the store has refused the write: after any
// other failure, such as a lost connection, the write may have happened all the same.
func (s *Service) failedWrite(err error) error {
	if !isKind(err, gateway.NotFound) && !isKind(err, gateway.Conflict) {
		s.stale = true
	}
	return err
}
