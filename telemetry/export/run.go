package export

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

const (
	storeTime = 10 * time.Second // of one question to the store of jobs
	sweepEach = 10 * time.Minute // between two looks for files that nobody needs
)

// look lets the runner look for jobs.
func (s *Service) look() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// runAll claims jobs and runs up to atOnce of them at a time.
func (s *Service) runAll(ctx context.Context) {
	s.discard()
	if err := s.inStore(ctx, func(ctx context.Context) error { return s.cfg.Store.ReleaseExports(ctx, s.cfg.Node) }); err != nil && ctx.Err() == nil {
		s.cfg.Log.Warn("exports that ran when this server stopped wait until their lease ends", "error", err)
	}
	poll, sweep := time.NewTicker(s.cfg.Poll), time.NewTicker(sweepEach)
	defer poll.Stop()
	defer sweep.Stop()
	s.sweep(ctx)
	places := make(chan struct{}, atOnce)
	for {
		s.claimAll(ctx, places)
		select {
		case <-ctx.Done():
			return
		case <-s.wake:
		case <-poll.C:
		case <-sweep.C:
			s.sweep(ctx)
		}
	}
}

// claimAll begins jobs while there are both jobs and places.
func (s *Service) claimAll(ctx context.Context, places chan struct{}) {
	for ctx.Err() == nil {
		select {
		case places <- struct{}{}:
		default:
			return
		}
		var j Job
		var ok bool
		err := s.inStore(ctx, func(ctx context.Context) (err error) {
			j, ok, err = s.cfg.Store.ClaimExport(ctx, s.cfg.Node, s.cfg.Limits.PerWorkspace, s.cfg.Lease)
			return err
		})
		if err != nil && ctx.Err() == nil && gateway.AsError(err).Kind != gateway.Unavailable {
			s.cfg.Log.Warn("exports that wait cannot be read", "error", err)
		}
		if err != nil || !ok {
			<-places
			return
		}
		s.running.Go(func() {
			defer s.look()
			defer func() { <-places }()
			s.run(ctx, j)
		})
	}
}

// inStore bounds the time of a question to the store of jobs.
func (s *Service) inStore(ctx context.Context, ask func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	return ask(ctx)
}

// errLost ends a run whose job somebody cancelled, or another runner has.
var errLost = errors.New("export: the job was cancelled, or another runner has it")

// progress is how far a run is.
type progress struct{ rows, bytes atomic.Int64 }

// run runs a job that this server has claimed, and notes how that ended.
func (s *Service) run(ctx context.Context, j Job) {
	if j.Tries > maxTries {
		s.note(j, &gateway.Error{Op: "export.run", Kind: gateway.Unavailable, Public: fmt.Sprintf("The export's server stopped %d times while it ran.", maxTries)})
		return
	}
	running, lose := context.WithCancelCause(ctx)
	defer lose(nil)
	var done progress
	kept := make(chan struct{})
	go func() { // ends with running
		defer close(kept)
		s.keep(running, &j, &done, lose)
	}()
	cut, err := s.write(running, &j, &done)
	lost := errors.Is(context.Cause(running), errLost)
	lose(nil)
	<-kept
	switch {
	case lost:
		_ = os.Remove(s.path(&j))
	case ctx.Err() != nil && err != nil: // the server stops
		if err := s.inStore(context.WithoutCancel(ctx), func(ctx context.Context) error { return s.requeue(ctx, j) }); err != nil {
			s.cfg.Log.Warn("an export goes on once its lease has ended", "export", j.ID, "error", err)
		}
	default:
		j.Rows, j.Bytes, j.Cut = done.rows.Load(), done.bytes.Load(), cut
		s.note(j, err)
	}
}

// keep extends the lease until the run ends. A run that is not its runner's any more is lost.
func (s *Service) keep(ctx context.Context, j *Job, done *progress, lose context.CancelCauseFunc) {
	each := time.NewTicker(min(s.cfg.Lease/10, 2*time.Second))
	defer each.Stop()
	extended := time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-each.C:
		}
		var has bool
		err := s.inStore(ctx, func(ctx context.Context) (err error) {
			has, err = s.cfg.Store.ExtendExport(ctx, j.ID, s.cfg.Node, done.rows.Load(), done.bytes.Load(), s.cfg.Lease)
			return err
		})
		switch {
		case err == nil && has:
			extended = time.Now()
		case err == nil, time.Since(extended) > s.cfg.Lease:
			lose(errLost)
			return
		}
	}
}

// requeue gives a job back that did not end because the server stops. That is no try.
func (s *Service) requeue(ctx context.Context, j Job) error {
	j.Status, j.Tries, j.Rows, j.Bytes, j.StartedAt = Queued, j.Tries-1, 0, 0, time.Time{}
	_, err := s.cfg.Store.EndExport(ctx, j)
	return err
}

// note notes how a job ended.
func (s *Service) note(j Job, err error) {
	j.EndedAt = s.cfg.Now().UTC()
	j.UpdatedAt = j.EndedAt
	j.Status = Success
	if err != nil {
		j.Status, j.Reason = Failed, reasonOf(err)
		s.cfg.Log.Warn("an export failed", "export", j.ID, "error", err)
	} else if j.Destination == ToFile {
		j.ExpiresAt = j.EndedAt.Add(s.cfg.Limits.Retention)
	}
	var had bool
	err = s.inStore(context.WithoutCancel(s.life), func(ctx context.Context) (err error) {
		had, err = s.cfg.Store.EndExport(ctx, j)
		return err
	})
	if err != nil {
		s.cfg.Log.Warn("the end of an export cannot be noted; it begins anew", "export", j.ID, "error", err)
	} else if !had {
		_ = os.Remove(s.path(&j)) // cancelled at the last moment
	}
}

// reasonOf tells a caller why a job failed, without inner causes.
func reasonOf(err error) string {
	var known *gateway.Error
	if errors.As(err, &known) {
		return known.Public
	}
	return "The export failed on the server, whose log tells why."
}
