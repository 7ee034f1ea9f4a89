package billing

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// Config holds the settings of a Service.
type Config struct {
	// Patience is how long a call waits for money that calls in flight have reserved.
	// Default: 5 s.
	Patience time.Duration
	Now      func() time.Time
}

// Service meters exchanges and enforces the budgets of API keys. Safe for concurrent use.
// It owns the goroutine that writes to the ledger; Close ends it.
type Service struct {
	cfg    Config
	writer *ledgerWriter

	started time.Time

	reservations atomic.Uint64 // made since the start; part of their ids
	unfinished   unfinished

	mu       sync.Mutex
	spent    map[string]Spending // by API key id, as Recover found it; read when an account is made
	accounts map[string]*account // by API key id; of keys that have, or had, a budget
}

// Open recovers the spending that the ledger knows of, and makes a service of it.
func Open(ctx context.Context, ledger Ledger, cfg Config) (*Service, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Patience == 0 {
		cfg.Patience = 5 * time.Second
	}
	spent, err := ledger.Recover(ctx)
	if err != nil {
		var e *gateway.Error
		if errors.As(err, &e) {
			return nil, e
		}
		return nil, &gateway.Error{Op: "billing.Open", Kind: gateway.Internal, Public: "The spending of API keys cannot be read.", Err: err}
	}
	return &Service{cfg: cfg, started: cfg.Now(), writer: newLedgerWriter(ledger), spent: spent, accounts: map[string]*account{}}, nil
}

// SetLimit sets the lifetime budget of an API key, in nano-USD; nil takes it away. What the
// key has spent and reserved stays.
func (s *Service) SetLimit(apiKey string, limit *int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.accounts[apiKey]
	switch {
	case a != nil:
		a.setLimit(limit)
	case limit != nil:
		s.accounts[apiKey] = newAccount(*limit, s.spent[apiKey])
	}
}

// Remove forgets a deleted API key. Its calls in flight still settle in the ledger.
func (s *Service) Remove(apiKey string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.accounts, apiKey)
}

// Spending returns, in nano-USD, what an API key with a budget has spent, and what its
// calls in flight have reserved.
func (s *Service) Spending(apiKey string) (spent, reserved int64) {
	if a := s.account(apiKey); a != nil {
		return a.spending()
	}
	return 0, 0
}

// Closed reports whether no call of an API key passes until its budget is raised, because a
// vendor has billed more than the limits that it was sent allow.
func (s *Service) Closed(apiKey string) bool {
	a := s.account(apiKey)
	return a != nil && a.closed()
}

func (s *Service) account(apiKey string) *account {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.accounts[apiKey]
}

// Close posts what is still queued for the ledger, and waits for that. Calls that need a
// reservation are refused from then on.
func (s *Service) Close(ctx context.Context) error { return s.writer.close(ctx) }
