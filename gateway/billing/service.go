package billing

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing/budget"
	"github.com/sluicegate/sluice/gateway/billing/ledger"
)

// Config holds the settings of a Service.
type Config struct {
	// Patience is how long a call waits for money that calls in flight have reserved.
	// Default: 5 s.
	Patience time.Duration
	// Lease is how long the reservations of a process that died stand in a shared ledger.
	// Default: 60 s.
	Lease time.Duration
	// StreamPause is the silence that ends a stream whose caller has left; what arrives before is
	// counted. Default: 10 ms.
	StreamPause time.Duration
	// CountCost lets budgets count what vendors bill, not what callers pay.
	CountCost bool
	Log       *slog.Logger // of a shared ledger; nil: no log
	// Alerts is told when spending crosses a share of a limit; nil: nobody is.
	Alerts Alerts
	// AlertShares are those shares, in percent. Default: 50, 80 and 100.
	AlertShares []int64
	// Limits are budgets and wallets, in addition to the budgets of API keys; nil: there are none.
	Limits *budget.Limits
	Now    func() time.Time
}

// Service meters exchanges and enforces the budgets of API keys. Safe for concurrent use.
// It owns the goroutines that write to the ledger and keep leases; Close ends them.
type Service struct {
	cfg    Config
	ledger ledger.Ledger
	writer *ledger.Writer
	shared ledger.Shared // nil: this process owns the ledger
	leases *leases
	book   accounts

	process      string        // part of the ids of reservations: no other process has it
	reservations atomic.Uint64 // made since the start; part of their ids
}

// Open makes a service that owns the ledger: reservations that stand are of a process that died,
// and count as spent.
func Open(ctx context.Context, kept ledger.Ledger, cfg Config) (*Service, error) {
	if err := kept.Recover(ctx); err != nil {
		var e *gateway.Error
		if errors.As(err, &e) {
			return nil, e
		}
		return nil, &gateway.Error{Op: "billing.Open", Kind: gateway.Internal, Public: "The spending of API keys cannot be read.", Err: err}
	}
	s := newService(kept, cfg)
	s.leases = startLeases(s)
	return s, nil
}

// OpenShared makes a service on a ledger that other processes use, too. It does not need the
// ledger to answer yet.
func OpenShared(shared ledger.Shared, cfg Config) *Service {
	s := newService(shared, cfg)
	s.shared = shared
	s.leases = startLeases(s)
	return s
}

func newService(kept ledger.Ledger, cfg Config) *Service {
	if cfg.Patience == 0 {
		cfg.Patience = 5 * time.Second
	}
	if cfg.StreamPause == 0 {
		cfg.StreamPause = 10 * time.Millisecond
	}
	if cfg.Lease == 0 {
		cfg.Lease = time.Minute
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.AlertShares == nil {
		cfg.AlertShares = defaultShares
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	s := &Service{cfg: cfg, ledger: kept, book: newAccounts(), process: rand.Text()[:8]}
	s.writer = ledger.NewWriter(kept, s.recordMoves)
	return s
}

// lease is that of a reservation.
func (s *Service) lease() time.Duration {
	if s.shared == nil {
		return 0
	}
	return s.cfg.Lease
}

// settle ends a reservation, without waiting for the ledger. overBound says that the vendor billed
// more than was reserved.
func (s *Service) settle(r *reservation, with ledger.Settlement, overBound bool) {
	with.Reservation, with.APIKey, with.Provider = r.id, r.apiKey, r.provider
	for _, a := range r.accounts {
		with.ClosedAt = max(with.ClosedAt, a.release(r.apiKey, overBound))
	}
	s.leases.remove(r.id)
	s.writer.Settle(with)
}

// recordMoves notes what the ledger has moved, and tells which shares of limits that crossed.
func (s *Service) recordMoves(moved map[string]ledger.Move) {
	for name, m := range moved {
		a := s.book.named(name)
		if a == nil {
			continue
		}
		a.setBalance(m.After, time.Now())
		if s.cfg.Alerts != nil {
			s.alert(a, m)
		}
	}
}

// alert tells that a move of an account crossed a share of its limit.
func (s *Service) alert(a *account, m ledger.Move) {
	a.mu.Lock()
	limit, limited, apiKey := a.limit, !a.noLimit, a.lastKey
	a.mu.Unlock()
	percent := crossed(m.Before.Spent, m.After.Spent, limit, s.cfg.AlertShares)
	if !limited || percent == 0 {
		return
	}
	c := crossing(&a.source, percent, limit, m.After.Spent, s.cfg.Now())
	c.APIKey = apiKey
	s.cfg.Alerts.Reached(c)
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
		s.book.byKey[apiKey] = newAccount(budget.Lifetime(apiKey), *limit)
	}
}

// Remove forgets a deleted API key. Its calls in flight still settle in the ledger.
func (s *Service) Remove(apiKey string) {
	s.book.mu.Lock()
	defer s.book.mu.Unlock()
	delete(s.book.byKey, apiKey)
}

// Spending returns, in nano-USD, what an API key with a budget has spent, and what its
// calls in flight have reserved. Of a ledger that does not answer, it is what was told last.
func (s *Service) Spending(apiKey string) (spent, reserved int64) {
	if a := s.fresh(apiKey); a != nil {
		return a.spending()
	}
	return 0, 0
}

// Closed reports whether no call of an API key passes until its budget is raised, because a
// vendor has billed more than the limits that it was sent allow.
func (s *Service) Closed(apiKey string) bool {
	a := s.fresh(apiKey)
	return a != nil && a.closed()
}

// How old balances may be that other processes move and somebody looks at, and how long that reader
// waits for newer ones.
const (
	balanceAge     = 200 * time.Millisecond
	balanceTimeout = 2 * time.Second
	balancesAtOnce = 1_000
)

// fresh is the account of an API key with the balance that the ledger has, nil if there is none.
func (s *Service) fresh(apiKey string) *account {
	a := s.book.ofKey(apiKey)
	if a == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), balanceTimeout)
	defer cancel()
	s.writer.Settled(ctx)
	if s.shared == nil && !a.balanceTime().IsZero() {
		return a // the ledger has told this process everything since
	}
	s.book.asking.Lock()
	defer s.book.asking.Unlock()
	if time.Since(s.book.asked) < balanceAge && !a.balanceTime().IsZero() {
		return a
	}
	defer func() { s.book.asked = time.Now() }()
	for keys := range slices.Chunk(s.book.keys(), balancesAtOnce) {
		balances, err := s.ledger.Balances(ctx, keys...)
		if err != nil {
			return a // what was told last is shown; readyz tells of the failure
		}
		s.book.setBalances(keys, balances, time.Now())
	}
	return a
}

// Close posts what is still queued for the ledger, and waits for that. Calls that need a
// reservation are refused from then on.
func (s *Service) Close(ctx context.Context) error {
	err := s.writer.Close(ctx)
	s.leases.close()
	return err
}
