package billing

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"
)

// leases is what a process does for a shared ledger beside posting: it extends the leases of its
// own reservations, ends those of processes that died, and reads balances for calls that wait. A
// nil *leases does nothing. The goroutine starts with run; close ends it and waits for it.
type leases struct {
	ledger SharedLedger
	lease  time.Duration
	book   *accounts
	log    *slog.Logger
	stop   context.CancelFunc
	done   chan struct{}

	mu       sync.Mutex
	standing map[string]struct{} // ids of reservations that no call has settled
}

// extendAtOnce bounds the ids of one statement.
const extendAtOnce = 1_000

func startLeases(ledger SharedLedger, lease time.Duration, book *accounts, log *slog.Logger) *leases {
	ctx, stop := context.WithCancel(context.Background())
	l := &leases{ledger: ledger, lease: lease, book: book, log: log, stop: stop, done: make(chan struct{}), standing: map[string]struct{}{}}
	go l.run(ctx)
	return l
}

func (l *leases) add(id string) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.standing[id] = struct{}{}
}

func (l *leases) remove(id string) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.standing, id)
}

func (l *leases) close() {
	if l == nil {
		return
	}
	l.stop()
	<-l.done
}

func (l *leases) run(ctx context.Context) {
	defer close(l.done)
	poll, tend := time.NewTicker(pollEvery), time.NewTicker(l.lease/3)
	defer poll.Stop()
	defer tend.Stop()
	answering := time.Now() // since when the ledger has answered each time
	failing := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-poll.C:
			l.poll(ctx)
		case <-tend.C:
			// After an outage every process first gets the time to settle and extend.
			err := l.tend(ctx, time.Since(answering) >= l.lease)
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

// poll reads the balances of accounts with waiting calls, and wakes those. Without an answer
// they go on waiting.
func (l *leases) poll(ctx context.Context) {
	waiting := l.book.waiting()
	if len(waiting) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, postTimeout)
	defer cancel()
	balances, err := l.ledger.Balances(ctx, slices.Collect(maps.Keys(waiting))...)
	if err != nil {
		return // the call's own reservation reports it
	}
	for key, a := range waiting {
		a.tell(balances[key], time.Now())
		a.wake()
	}
}

// tend extends the leases of this process, then sweeps.
func (l *leases) tend(ctx context.Context, sweep bool) error {
	ctx, cancel := context.WithTimeout(ctx, postTimeout)
	defer cancel()
	l.mu.Lock()
	ids := slices.Collect(maps.Keys(l.standing))
	l.mu.Unlock()
	for part := range slices.Chunk(ids, extendAtOnce) {
		if err := l.ledger.Extend(ctx, part, l.lease); err != nil {
			return err
		}
	}
	if !sweep {
		return nil
	}
	n, err := l.ledger.Sweep(ctx)
	if n > 0 {
		l.log.Warn("reservations of a process that died count as spent", "reservations", n)
	}
	return err
}
