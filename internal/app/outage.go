package app

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/replica"
	"github.com/sluicegate/sluice/internal/config"
	sqlstore "github.com/sluicegate/sluice/internal/store/sql"
)

// How often the copy of the control data is compared with the store, how often it is made anew
// although nothing has changed, and how often a process that started from it asks whether PostgreSQL
// is back.
const (
	copyEvery   = 5 * time.Second
	copyRefresh = time.Minute
	returnEvery = time.Second
	copyTimeout = time.Minute // of one reading or writing
)

// copyFile is where the copy is opened as a database, while PostgreSQL is away.
func copyFile(cfg config.Config) string { return filepath.Join(cfg.DataDir, "control.copy.db") }

// openControlOrCopy opens the control store. Where PostgreSQL does not answer, it opens the copy that
// this data directory has, and returns when that was made; zero otherwise.
func openControlOrCopy(ctx context.Context, cfg config.Config, c *controlCopy, log *slog.Logger) (*sqlstore.Store, time.Time, error) {
	store, away := openControlStore(ctx, cfg)
	if away == nil || !sharedControl(cfg) || c.maxAge <= 0 || gateway.AsError(away).Kind != gateway.Unavailable {
		return store, time.Time{}, away
	}
	data, made, err := c.read(sqlstore.NewestSchema())
	if err != nil {
		return nil, time.Time{}, errors.Join(away, err)
	}
	store, err = sqlstore.OpenCopy(ctx, copyFile(cfg), bytes.NewReader(data))
	if err != nil {
		return nil, time.Time{}, errors.Join(away, err)
	}
	log.Warn("the control database does not answer: calls are served from the copy in the data directory", "error", away.Error(), "made", made)
	return store, made, nil
}

// outlast keeps a replica going while PostgreSQL is away. It follows what other replicas change and
// keeps the copy up to date; a process that started from the copy does so once PostgreSQL is back.
// position is from before the services read the store, made the time of the copy that they read.
func (a *app) outlast(cfg config.Config, env environment, s *services, c *controlCopy, position int64, made time.Time, log *slog.Logger) error {
	if !made.IsZero() {
		if err := s.control.Freeze(copyFile(cfg)); err != nil {
			return err
		}
	}
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if !made.IsZero() {
			var back bool
			if position, back = a.awaitReturn(ctx, cfg, env, s, log); !back {
				return
			}
		}
		f := replica.Follow(position, replica.Settings{Feed: s.control, Apply: s.apply, Reload: s.reload, Log: log})
		defer f.Close()
		c.keep(ctx, s.control, log)
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
		store, err := openControlStore(ctx, cfg)
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

// keep makes the copy anew when the store has changed, and so often that its age tells how long the
// store has been away.
func (c *controlCopy) keep(ctx context.Context, store *sqlstore.Store, log *slog.Logger) {
	var made time.Time
	position, failing := int64(-1), false
	for c.maxAge > 0 {
		err := func() error {
			ctx, cancel := context.WithTimeout(ctx, copyTimeout)
			defer cancel()
			now, err := store.Position(ctx)
			if err != nil || now == position && time.Since(made) < min(copyRefresh, c.maxAge/4) {
				return err
			}
			if err := c.write(ctx, store); err != nil {
				return err
			}
			position, made = now, time.Now()
			return nil
		}()
		if (err != nil) != failing && ctx.Err() == nil {
			if failing = err != nil; failing {
				log.Warn("the copy of the control data cannot be made", "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(copyEvery):
		}
	}
}
