package app

import (
	"context"

	"github.com/sluicegate/sluice/gateway/replica"
)

// apply reads again what has changed. Members, keys and workspaces refer to each other, and are
// read together: however many of them changed, once.
func (s *services) apply(ctx context.Context, changes []replica.Change) error {
	var callers, keys bool
	for _, c := range changes {
		switch c.Kind {
		case replica.Config:
			if err := s.routing.Reread(ctx, c.Workspace, c.ID); err != nil {
				return err
			}
		case replica.Prompt:
			if err := s.templates.Reread(ctx, c.Workspace); err != nil {
				return err
			}
		case replica.RateLimits:
			if err := s.limits.Load(ctx); err != nil {
				return err
			}
		case replica.Prices:
			if err := s.pricing.Load(ctx); err != nil {
				return err
			}
		case replica.Budgets:
			if err := s.budgets.Load(ctx); err != nil {
				return err
			}
		case replica.AlertTargets:
			if err := s.alerts.Load(ctx); err != nil {
				return err
			}
		case replica.CacheRemoval:
			if err := s.applyCacheRemovals(ctx, c.ID); err != nil {
				return err
			}
		case replica.VirtualKey:
			keys = true
		default:
			callers = true
		}
	}
	if callers {
		if err := s.master.follow(ctx, s.control); err != nil {
			return err
		}
		if err := s.callers.Load(ctx); err != nil {
			return err
		}
	}
	if keys {
		return s.keyring.Load(ctx)
	}
	return nil
}

// reload reads everything again.
func (s *services) reload(ctx context.Context) error {
	if err := s.master.follow(ctx, s.control); err != nil {
		return err
	}
	if err := s.callers.Load(ctx); err != nil {
		return err
	}
	if err := s.keyring.Load(ctx); err != nil {
		return err
	}
	if err := s.routing.RereadAll(ctx); err != nil {
		return err
	}
	if err := s.limits.Load(ctx); err != nil {
		return err
	}
	if err := s.pricing.Load(ctx); err != nil {
		return err
	}
	if err := s.budgets.Load(ctx); err != nil {
		return err
	}
	if err := s.alerts.Load(ctx); err != nil {
		return err
	}
	if err := s.applyCacheRemovals(ctx); err != nil {
		return err
	}
	return s.templates.Reread(ctx, "")
}

// applyCacheRemovals removes from the cache what other replicas have removed: by these ids, or all
// that the store keeps.
func (s *services) applyCacheRemovals(ctx context.Context, ids ...string) error {
	messages, err := s.control.CacheRemovals(ctx, ids...)
	for _, message := range messages {
		if err == nil {
			err = s.answers.ApplyRemoval(ctx, message)
		}
	}
	return err
}
