package cache

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sluicegate/sluice/cache/breaker"
	"github.com/sluicegate/sluice/cache/decide"
	"github.com/sluicegate/sluice/cache/exact"
	"github.com/sluicegate/sluice/cache/key"
	"github.com/sluicegate/sluice/cache/learnt"
	"github.com/sluicegate/sluice/cache/quota"
	"github.com/sluicegate/sluice/cache/seal"
	"github.com/sluicegate/sluice/cache/snapshot"
	"github.com/sluicegate/sluice/gateway"
)

// Service keeps answers and decides about hits. It is safe for concurrent use. It owns a
// goroutine (see run) and those that make Checks, for which Close waits.
type Service struct {
	cfg     Config
	model   string  // of the embedder; "" without one
	lexical bool    // the embedder implements Lexical and is
	archive Archive // nil: the index is in this process

	// Limits of calls that leave the process; 0 for what is in it and answers at once.
	embedLimit, indexLimit, writeLimit time.Duration

	hasher  key.Hasher
	seal    seal.Seal
	store   exact.Store
	memory  *exact.Memory // store if it is in this process, else nil
	purges  *purges
	file    *snapshot.File // nil: nothing outlives the process
	flights flights

	calibration atomic.Pointer[calibration]
	measureAt   time.Time // the goroutine's: when calibrate may try again
	known       *learnt.Store
	recent      *recentHits
	quota       *quota.Inserts
	broadcaster *broadcaster // nil: there are no other processes
	began       time.Time
	checks      *checker // nil: no calls are made to check answers

	embedding, searching, writing, reading breaker.Breaker

	queue       chan pendingPoint
	comparisons chan comparison
	indexing    sync.Mutex // held while points are added and while a workspace is purged
	stop, ended chan struct{}
	closing     sync.Once

	warning     error         // why the snapshot was not used
	snapshotErr error         // of the last snapshot; Close reads it after ended
	changes     atomic.Uint64 // since the last snapshot
	counters
}

// New starts a cache with what the snapshot holds. If the snapshot cannot be read, the cache
// starts empty and Warning returns the reason.
func New(cfg Config) (*Service, error) {
	if err := cfg.complete(); err != nil {
		return nil, err
	}
	secret := []byte(cfg.Key.Reveal())
	cfg.Key = gateway.Secret{} // only derived keys are kept
	s := &Service{cfg: cfg, began: cfg.Now(), hasher: key.NewHasher(secret), seal: seal.New(secret), store: cfg.Store, purges: newPurges(),
		known: learnt.New(), recent: newRecentHits(cfg.Now), quota: quota.New(cfg.InsertsPerHour, cfg.Now),
		queue: make(chan pendingPoint, cfg.Queue), comparisons: make(chan comparison, cfg.Queue), stop: make(chan struct{}), ended: make(chan struct{})}
	if s.store == nil {
		s.useMemory()
	}
	s.file = snapshot.New(cfg.File, s.seal)
	if cfg.Embedder != nil {
		s.model = cfg.Embedder.Model()
		m, shipped := decide.For(s.model)
		s.calibration.Store(&calibration{m, shipped, shipped})
		l, ok := cfg.Embedder.(Lexical)
		s.lexical = ok && l.Lexical()
		s.archive, _ = cfg.Index.(Archive)
		if !s.lexical {
			s.embedLimit, s.writeLimit = cfg.EmbedTimeout, writeTimeout
		}
		if _, local := cfg.Index.(Local); !local {
			s.indexLimit, s.writeLimit = cfg.IndexTimeout, writeTimeout
		}
	}
	s.warning = s.readFiles()
	if cfg.Broadcast != nil {
		s.broadcaster = newBroadcaster(s)
	}
	if cfg.Checks != nil {
		s.checks = newChecker(s, cfg.Checks)
	}
	go s.run()
	return s, nil
}

// useMemory sets an empty store in this process.
func (s *Service) useMemory() {
	s.memory = exact.NewMemory(exact.MemoryConfig{MaxBytes: s.cfg.MaxBytes, Share: s.cfg.CallerShare, Now: s.cfg.Now, Removed: s.removed})
	s.store = s.memory
}

// within limits a call; a limit of 0 is none.
func within(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	if limit == 0 {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, limit)
}

// Warning returns why the snapshot was not used, nil if it was or there was none.
func (s *Service) Warning() error { return s.warning }

// Close writes what is queued, takes the last snapshot and waits for the goroutine, at most
// as long as ctx allows. It may be called again.
func (s *Service) Close(ctx context.Context) error {
	if s.checks != nil { // what they tell belongs into the last snapshot
		s.checks.close(ctx)
		_ = s.Learnt(ctx) // at most ctx has ended
	}
	if s.broadcaster != nil {
		s.broadcaster.close()
	}
	s.closing.Do(func() { close(s.stop) })
	select {
	case <-s.ended:
		return s.snapshotErr
	case <-ctx.Done():
		return ctx.Err()
	}
}
