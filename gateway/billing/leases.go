package billing

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/sluicegate/sluice/gateway/billing/ledger"
)

// leases is what a process does for a ledger beside posting: it reads balances for calls that wait,
// extends the leases of its own reservations, and ends those of processes that died. The goroutine
// starts with run; close ends it and waits for it.
type leases struct {
	ledger  ledger.Ledger
	shared  ledger.Shared // nil: this process owns the ledger, and reservations have no leases
	lease   time.Duration
	book    *accounts
	onMoved func(map[string]ledger.Move)
	log     *slog.Logger
	stop    context.CancelFunc
	done    chan struct{}

	mu       sync.Mutex
	standing map[string]struct{} // ids of reservations that no call has settled
}

// extendAtOnce bounds the ids of one statement.
const extendAtOnce = 1_000

// pollEvery is how often the balances of accounts with waiting calls are read: calls of another
// process may have settled.
const pollEvery = 100 * time.Millisecond

func startLeases(s *Service) *leases {
	ctx, stop := context.WithCancel(context.Background())
	l := &leases{ledger: s.ledger, shared: s.shared, lease: s.cfg.Lease, book: &s.book, onMoved: s.recordMoves, log: s.cfg.Log, stop: stop, done: make(chan struct{}), standing: map[string]struct{}{}}
	go l.run(ctx)
	return l
}

func (l *leases) add(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.standing[id] = struct{}{}
}

func (l *leases) remove(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.standing, id)
}

func (l *leases) close() {
	l.stop()
	<-l.done
}

func (l *leases) run(ctx context.Context) {
	defer close(l.done)
	poll, extend := time.NewTicker(pollEvery), time.NewTicker(l.lease/3)
	defer poll.Stop()
	defer extend.Stop()
	answering := time.Now() // since when the ledger has answered each time
	failing := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-poll.C:
			l.poll(ctx)
		case <-extend.C:
			// After an outage every process first gets the time to settle and extend.
			err := l.extend(ctx, time.Since(answering) >= l.lease)
			if err != nil {
				answering = time.Now()
			}
			if (err != nil) != failing && ctx.Err() == nil {
				failing = err != nil
				l.report(err)
			}
		}
	}
}

func (l *leases) report(err error) {
	if err != nil {
		l.log.Warn("leases of reservations cannot be extended", "error", err)
		return
	}
	l.log.Info("leases of reservations are extended again")
}

// leasesTimeout bounds one question to the ledger.
const leasesTimeout = 5 * time.Second

// poll reads the balances of accounts with waiting calls, and wakes those. Without an answer
// they go on waiting.
func (l *leases) poll(ctx context.Context) {
	waiting := l.book.awaited()
	if len(waiting) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, leasesTimeout)
	defer cancel()
	balances, err := l.ledger.Balances(ctx, waiting...)
	if err != nil {
		return // the call's own reservation reports it
	}
	l.book.setBalances(waiting, balances, time.Now())
}

// extend extends the leases of this process, then sweeps.
func (l *leases) extend(ctx context.Context, sweep bool) error {
	ctx, cancel := context.WithTimeout(ctx, leasesTimeout)
	defer cancel()
	l.mu.Lock()
	ids := slices.Collect(maps.Keys(l.standing))
	l.mu.Unlock()
	for part := range slices.Chunk(ids, extendAtOnce) {
		if l.shared == nil {
			break // they have no leases
		}
		if err := l.shared.Extend(ctx, part, l.lease); err != nil {
			return err
		}
	}
	if !sweep {
		return nil
	}
	n, moved, err := l.ledger.Sweep(ctx)
	l.onMoved(moved)
	if n > 0 {
		l.log.Warn("reservations that nobody settled count as spent", "reservations", n)
	}
	return err
}
