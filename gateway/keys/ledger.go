package keys

import (
	"context"
	"sync"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// ledger writes reservations and settlements behind the accounts, all that is due at
// one moment in one transaction. reserve returns when its row is durable; settle does not
// wait, since a settlement that is lost in a crash leaves the reservation standing, which
// counts as spent.
//
// Bound: a settlement needs a reservation that was written, so while the store is down
// nothing is added to the queue but what is in flight.
type ledger struct {
	store Ledger
	wake  chan struct{}
	stop  chan struct{}
	done  chan struct{}

	mu      sync.Mutex
	started bool
	closed  bool
	rs      []waiting
	ss      []Settlement
}

type waiting struct {
	Reservation
	result chan error
}

func newLedger(store Ledger) *ledger {
	return &ledger{store: store, wake: make(chan struct{}, 1), stop: make(chan struct{}), done: make(chan struct{})}
}

// reserve makes r durable.
func (l *ledger) reserve(ctx context.Context, r Reservation) error {
	w := waiting{r, make(chan error, 1)}
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return &gateway.Error{Op: "keys.ledger", Kind: gateway.Unavailable, Public: "Sluice is shutting down."}
	}
	if !l.started {
		l.started = true
		go l.run()
	}
	l.rs = append(l.rs, w)
	l.mu.Unlock()
	l.nudge()
	select {
	case err := <-w.result:
		return err
	case <-ctx.Done():
		// the row may be written all the same: take it back once it is
		l.settle(Settlement{Reservation: r.ID, APIKey: r.APIKey})
		return gaveUp(ctx.Err())
	}
}

func (l *ledger) settle(s Settlement) {
	l.mu.Lock()
	l.ss = append(l.ss, s)
	l.mu.Unlock()
	l.nudge()
}

func (l *ledger) nudge() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

func (l *ledger) run() {
	defer close(l.done)
	retry := time.NewTimer(time.Hour)
	defer retry.Stop()
	for {
		select {
		case <-l.wake:
		case <-retry.C:
		case <-l.stop:
			return
		}
		if l.flush(context.Background()) != nil {
			retry.Reset(time.Second)
		}
	}
}

// flush posts what is queued. Reservations learn of a failure; settlements stay queued.
func (l *ledger) flush(ctx context.Context) error {
	l.mu.Lock()
	rs, ss := l.rs, l.ss
	l.rs, l.ss = nil, nil
	l.mu.Unlock()
	if len(rs)+len(ss) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	plain := make([]Reservation, len(rs))
	for i, w := range rs {
		plain[i] = w.Reservation
	}
	err := l.store.Post(ctx, plain, ss)
	if err != nil {
		l.mu.Lock()
		for _, w := range rs {
			// the failure may be doubtful: take back what may have been written
			ss = append(ss, Settlement{Reservation: w.ID, APIKey: w.APIKey})
		}
		l.ss = append(ss, l.ss...)
		l.mu.Unlock()
	}
	for _, w := range rs {
		if err != nil {
			w.result <- &gateway.Error{Op: "keys.ledger", Kind: gateway.Unavailable, Public: "The budget of this API key cannot be kept just now. Try again.", Err: err}
			continue
		}
		w.result <- nil
	}
	return err
}

// close stops the writer and posts what is left.
func (l *ledger) close(ctx context.Context) error {
	l.mu.Lock()
	started, closed := l.started, l.closed
	l.closed = true
	l.mu.Unlock()
	if !closed {
		close(l.stop)
	}
	if started {
		select {
		case <-l.done:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return l.flush(ctx)
}
