package app

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/sluicegate/sluice/gateway/replica"
	"github.com/sluicegate/sluice/internal/app/control"
	"github.com/sluicegate/sluice/internal/config"
)

// returnEvery is how often a process that started from a copy asks whether PostgreSQL is back.
const returnEvery = time.Second

// outlast keeps a replica going while PostgreSQL is away. It follows what other replicas change and
// keeps the copy up to date; a process that started from the copy does so once PostgreSQL is back.
// position is from before the services read the store.
func (a *app) outlast(cfg config.Config, env environment, s *services, position int64, log *slog.Logger) error {
	if !s.copyMade.IsZero() {
		if err := s.control.Freeze(control.CopyFile(cfg)); err != nil {
			return err
		}
	}
	s.following = replica.Reading(log)
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if !s.copyMade.IsZero() {
			var back bool
			if position, back = a.awaitReturn(ctx, cfg, env, s, log); !back {
				return
			}
		}
		f := replica.Follow(position, replica.Settings{Feed: s.control, Apply: s.apply, Reload: s.reload, Log: log, Work: s.following})
		defer f.Close()
		s.copy.Keep(ctx, s.control, log)
	})
	a.onClose(func(context.Context) error {
		stop()
		running.Wait()
		return nil
	})
	return nil
}

// awaitReturn waits until PostgreSQL answers again, and lets the services read it. It is false when
// ctx has ended.
func (a *app) awaitReturn(ctx context.Context, cfg config.Config, env environment, s *services, log *slog.Logger) (position int64, back bool) {
	again := time.NewTicker(returnEvery)
	defer again.Stop()
	for reason := ""; ; {
		select {
		case <-ctx.Done():
			return 0, false
		case <-again.C:
		}
		position, err := returned(ctx, cfg, env, s)
		if err == nil {
			log.Info("the control database answers again: the copy is left")
			return position, true
		}
		if now := err.Error(); now != reason && ctx.Err() == nil {
			reason = now
			log.Warn("the control database cannot be used yet", "error", now)
		}
	}
}

// returned opens PostgreSQL, if the services do not use it yet, and lets them read everything.
func returned(ctx context.Context, cfg config.Config, env environment, s *services) (position int64, err error) {
	if s.control.Copied() {
		store, err := control.Open(ctx, cfg)
		if err != nil {
			return 0, err
		}
		s.control.Become(store)
	}
	if position, err = s.control.Position(ctx); err != nil {
		return 0, err
	}
	if err := s.control.Exclusively(ctx, func(ctx context.Context) error { return populate(ctx, cfg, env, s) }); err != nil {
		return 0, err
	}
	return position, s.reload(ctx)
}
