package billing

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// Config holds the settings of a Service.
type Config struct {
	// Patience is how long a call waits for money that calls in flight have reserved.
	// Default: 5 s.
	Patience time.Duration
	// Lease is how long the reservations of a process that died stand in a shared ledger.
	// Default: 60 s.
	Lease time.Duration
	// CountCost lets budgets count what vendors bill, not what callers pay.
	CountCost bool
	Log       *slog.Logger // of a shared ledger; nil: no log
	// Alerts is told when spending crosses a share of a limit; nil: nobody is.
	Alerts Alerts
	Now    func() time.Time
}

// Service meters exchanges and enforces the budgets of API keys. Safe for concurrent use.
// It owns the goroutines that write to the ledger and keep leases; Close ends them.
type Service struct {
	cfg    Config
	writer *ledgerWriter
	shared SharedLedger // nil: this process owns the ledger
	leases *leases      // nil without a shared ledger
	book   accounts

	started      time.Time
	process      string        // part of the ids of reservations: no other process has it
	reservations atomic.Uint64 // made since the start; part of their ids
	unfinished   unfinished

	recovered map[string]Balance // by API key id, at the start; read when an account is made
}

// Open makes a service that owns the ledger: reservations that stand are of a process that died,
// and count as spent.
func Open(ctx context.Context, ledger Ledger, cfg Config) (*Service, error) {
	s := newService(ledger, cfg)
	var err error
	if s.recovered, err = ledger.Recover(ctx); err != nil {
		var e *gateway.Error
		if errors.As(err, &e) {
			return nil, e
		}
		return nil, &gateway.Error{Op: "billing.Open", Kind: gateway.Internal, Public: "The spending of API keys cannot be read.", Err: err}
	}
	return s, nil
}

// OpenShared makes a service on a ledger that other processes use, too. It does not need the
// ledger to answer yet.
func OpenShared(ledger SharedLedger, cfg Config) *Service {
	s := newService(ledger, cfg)
	s.shared = ledger
	s.leases = startLeases(ledger, s.cfg.Lease, &s.book, s.cfg.Log)
	return s
}

func newService(ledger Ledger, cfg Config) *Service {
	if cfg.Patience == 0 {
		cfg.Patience = 5 * time.Second
	}
	if cfg.Lease == 0 {
		cfg.Lease = time.Minute
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Service{cfg: cfg, started: cfg.Now(), writer: newLedgerWriter(ledger), book: accounts{byKey: map[string]*account{}}, process: rand.Text()[:8]}
}

// lease is that of a reservation.
func (s *Service) lease() time.Duration {
	if s.shared == nil {
		return 0
	}
	return s.cfg.Lease
}

// settle ends a reservation in its account and, without waiting, in the ledger. overBound says
// that the vendor billed more than was reserved.
func (s *Service) settle(r *reservation, with Settlement, overBound bool) {
	with.Reservation, with.APIKey = r.id, r.account.key
	with.ClosedAt = r.account.settle(r.grant.amount, with.Amount, overBound)
	s.leases.remove(r.id)
	s.writer.settle(with)
	s.alert(r.account, with.Amount)
}

// alert tells that the last amount crossed a share of an API key's budget.
func (s *Service) alert(a *account, amount int64) {
	if s.cfg.Alerts == nil {
		return
	}
	a.mu.Lock()
	limit, spent, limited := a.limit, a.spent, !a.noLimit
	a.mu.Unlock()
	if percent := crossed(spent-amount, spent, limit); limited && percent > 0 {
		s.cfg.Alerts.Reached(Crossing{Account: a.key, Kind: OfAPIKey, ID: a.key, APIKey: a.key, Percent: percent, Limit: limit, Spent: spent, At: s.cfg.Now()})
	}
}

// SetLimit sets the lifetime budget of an API key, in nano-USD; nil takes it away. What the
// key has spent and reserved stays.
func (s *Service) SetLimit(apiKey string, limit *int64) {
	s.book.mu.Lock()
	defer s.book.mu.Unlock()
	a := s.book.byKey[apiKey]
	switch {
	case a != nil:
		a.setLimit(limit)
	case limit != nil:
		s.book.byKey[apiKey] = newAccount(apiKey, *limit, s.recovered[apiKey], s.shared != nil)
	}
}

// Remove forgets a deleted API key. Its calls in flight still settle in the ledger.
func (s *Service) Remove(apiKey string) {
	s.book.mu.Lock()
	defer s.book.mu.Unlock()
	delete(s.book.byKey, apiKey)
}

// Spending returns, in nano-USD, what an API key with a budget has spent, and what its
// calls in flight have reserved. Of a shared ledger that does not answer, it is what was told
// last.
func (s *Service) Spending(apiKey string) (spent, reserved int64) {
	s.refresh()
	if a := s.book.get(apiKey); a != nil {
		return a.spending()
	}
	return 0, 0
}

// Closed reports whether no call of an API key passes until its budget is raised, because a
// vendor has billed more than the limits that it was sent allow.
func (s *Service) Closed(apiKey string) bool {
	s.refresh()
	a := s.book.get(apiKey)
	return a != nil && a.closed()
}

// How old balances of a shared ledger may be that somebody looks at, and how long that reader
// waits for newer ones.
const (
	balanceAge     = 200 * time.Millisecond
	balanceTimeout = 2 * time.Second
)

// refresh reads all balances of a shared ledger, unless that was done just now.
func (s *Service) refresh() {
	if s.shared == nil {
		return
	}
	s.book.asking.Lock()
	defer s.book.asking.Unlock()
	if time.Since(s.book.asked) < balanceAge {
		return
	}
	defer func() { s.book.asked = time.Now() }()
	ctx, cancel := context.WithTimeout(context.Background(), balanceTimeout)
	defer cancel()
	if balances, err := s.shared.Balances(ctx); err == nil { // else what was told last is shown; readyz tells of the failure
		s.book.tell(balances, time.Now())
	}
}

// Close posts what is still queued for the ledger, and waits for that. Calls that need a
// reservation are refused from then on.
func (s *Service) Close(ctx context.Context) error {
	err := s.writer.close(ctx)
	s.leases.close()
	return err
}
