package ledger

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

const (
	postTimeout      = 5 * time.Second // how long the writer waits for one Post,
	retryDelay       = time.Second     // and before it tries again after a failure
	unavailableRetry = 5 * time.Second // when a caller may try again
)

// Writer posts reservations and settlements to the ledger, all that are due at one
// moment in one transaction. Reserve returns when its reservation is durable. Settle does
// not wait: if a settlement is lost in a crash, its reservation stands and counts as spent. SettleFirst
// waits, and tells whether the reservation stood. What the ledger tells is passed on in its order, before
// the callers go on.
//
// Bound: a settlement needs a reservation that was posted, so while the ledger is down the
// queue holds no more than the calls in flight.
//
// The goroutine starts with the first of them. Close ends it and waits for it.
type Writer struct {
	ledger   Ledger
	onPosted func(map[string]Move)
	wake     chan struct{}
	stop     chan struct{}
	done     chan struct{}

	mu           sync.Mutex
	started      bool
	closed       bool
	reservations []queuedReservation
	settlements  []queuedSettlement
	flushing     bool
	waiting      []chan struct{} // for what was queued before them
}

type queuedReservation struct {
	Reservation
	result chan reserved // of capacity 1
}

type queuedSettlement struct {
	Settlement
	result chan reserved // of capacity 1; nil: nobody waits
}

// reserved is what became of a queued reservation, or whether a queued settlement has ended one.
type reserved struct {
	granted bool
	err     error
}

// NewWriter makes a writer. told is called with the accounts that each transaction moved.
func NewWriter(ledger Ledger, onPosted func(map[string]Move)) *Writer {
	return &Writer{ledger: ledger, onPosted: onPosted, wake: make(chan struct{}, 1), stop: make(chan struct{}), done: make(chan struct{})}
}

// Reserve makes r durable, if it fits.
func (w *Writer) Reserve(ctx context.Context, r Reservation) (granted bool, err error) {
	q := queuedReservation{r, make(chan reserved, 1)}
	w.mu.Lock()
	if w.closed {
		w.mu.Unlock()
		return false, &gateway.Error{Op: "ledger.Writer", Kind: gateway.Unavailable, Public: "Sluice is shutting down."}
	}
	w.start()
	w.reservations = append(w.reservations, q)
	w.mu.Unlock()
	w.signal()
	select {
	case r := <-q.result:
		return r.granted, r.err
	case <-ctx.Done():
		w.withdraw(q)
		return false, ctx.Err()
	}
}

// withdraw takes a reservation back that nobody waits for any more. One that is being posted is settled
// by the transaction after it; in the same one, the settlement would come first and be ignored.
func (w *Writer) withdraw(q queuedReservation) {
	w.mu.Lock()
	queued := len(w.reservations)
	w.reservations = slices.DeleteFunc(w.reservations, func(other queuedReservation) bool { return other.result == q.result })
	posting := len(w.reservations) == queued
	w.mu.Unlock()
	if posting {
		w.Settle(Settlement{Reservation: q.ID, APIKey: q.APIKey})
	}
}

// start needs mu.
func (w *Writer) start() {
	if !w.started && !w.closed {
		w.started = true
		go w.run()
	}
}

// Settle queues a settlement.
func (w *Writer) Settle(s Settlement) { w.settle(queuedSettlement{Settlement: s}) }

func (w *Writer) settle(s queuedSettlement) {
	w.mu.Lock()
	w.start()
	w.settlements = append(w.settlements, s)
	w.mu.Unlock()
	w.signal()
}

// SettleFirst settles, and reports whether the reservation stood until then. After an error nobody knows;
// the settlement is posted again until the ledger answers.
func (w *Writer) SettleFirst(ctx context.Context, s Settlement) (first bool, err error) {
	q := queuedSettlement{s, make(chan reserved, 1)}
	w.settle(q)
	select {
	case r := <-q.result:
		return r.granted, r.err
	case <-ctx.Done():
		return false, ctx.Err()
	}
}

// Settled waits until everything that was queued before was posted, or has failed.
func (w *Writer) Settled(ctx context.Context) {
	w.mu.Lock()
	if len(w.reservations)+len(w.settlements) == 0 && !w.flushing || !w.started || w.closed {
		w.mu.Unlock()
		return
	}
	posted := make(chan struct{})
	w.waiting = append(w.waiting, posted)
	w.mu.Unlock()
	w.signal()
	select {
	case <-posted:
	case <-w.done:
	case <-ctx.Done():
	}
}

// signal tells run that something is queued.
func (w *Writer) signal() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

func (w *Writer) run() {
	defer close(w.done)
	retry := time.NewTimer(time.Hour)
	defer retry.Stop()
	for {
		select {
		case <-w.wake:
		case <-retry.C:
		case <-w.stop:
			return
		}
		if w.flush(context.Background()) != nil {
			retry.Reset(retryDelay)
		}
	}
}

// flush posts what is queued. If that fails, callers that wait for a reservation get the
// error; settlements are queued again.
func (w *Writer) flush(ctx context.Context) error {
	w.mu.Lock()
	queued, settlements, waiting := w.reservations, w.settlements, w.waiting
	w.reservations, w.settlements, w.waiting, w.flushing = nil, nil, nil, true
	w.mu.Unlock()
	defer func() {
		w.mu.Lock()
		w.flushing = false
		w.mu.Unlock()
		for _, posted := range waiting {
			close(posted)
		}
	}()
	if len(queued)+len(settlements) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, postTimeout)
	defer cancel()
	reservations := make([]Reservation, len(queued))
	for i, q := range queued {
		reservations[i] = q.Reservation
	}
	due := make([]Settlement, len(settlements))
	for i, q := range settlements {
		due[i] = q.Settlement
	}
	posted, err := w.ledger.Post(ctx, reservations, due)
	if err != nil {
		// The outcome may be unknown: settle the reservations that may have been posted.
		again := make([]queuedSettlement, 0, len(due)+len(reservations))
		for _, s := range due {
			again = append(again, queuedSettlement{Settlement: s})
		}
		for _, r := range reservations {
			again = append(again, queuedSettlement{Settlement: Settlement{Reservation: r.ID, APIKey: r.APIKey}})
		}
		w.mu.Lock()
		w.settlements = append(again, w.settlements...)
		w.mu.Unlock()
		err = &gateway.Error{Op: "ledger.Writer", Kind: gateway.Unavailable, Public: "The budget of this API key cannot be kept just now. Try again.",
			RetryAfter: unavailableRetry, Err: err}
		posted.Granted, posted.Settled = make([]bool, len(queued)), make([]bool, len(due))
	} else {
		w.onPosted(posted.Accounts)
	}
	for i, q := range queued {
		q.result <- reserved{posted.Granted[i], err}
	}
	for i, q := range settlements {
		if q.result != nil {
			q.result <- reserved{posted.Settled[i], err}
		}
	}
	return err
}

// Close ends the goroutine and posts what is left in the queue.
func (w *Writer) Close(ctx context.Context) error {
	w.mu.Lock()
	started, closed := w.started, w.closed
	w.closed = true
	w.mu.Unlock()
	if !closed {
		close(w.stop)
	}
	if started {
		select {
		case <-w.done:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return w.flush(ctx)
}
