package limit

import (
	"context"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/policy"
)

// Config holds what a Service is made of. Counters and NewID are required.
type Config struct {
	Store    Store // nil: no rules are kept
	Counters Counters
	NewID    func(time.Time) string
	Now      func() time.Time
	Exists   policy.Exists // nil: conditions may name what is not there
}

// Service asks the rules. Safe for concurrent use.
type Service struct {
	cfg      Config
	counters Counters
	rules    atomic.Pointer[policy.Set[*compiled]]
	lastID   atomic.Uint64 // of leases, since the start

	unsettled atomic.Uint64 // settlements that failed: their tokens come back with time, their leases when they run out

	mu       sync.Mutex // held while rules change
	stored   map[string]Rule
	declared []Rule // in the server's file
}

// settleTime bounds how long a settlement may take that no caller waits for.
const settleTime = 5 * time.Second

// retryLease is how long a caller is told to wait for the end of another call.
const retryLease = time.Second

// New makes a service without rules. Load reads them.
func New(cfg Config) *Service {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	s := &Service{cfg: cfg, counters: cfg.Counters, stored: map[string]Rule{}}
	s.rules.Store(newRuleSet(nil))
	return s
}

// Load reads all rules from the store.
func (s *Service) Load(ctx context.Context) error {
	if s.cfg.Store == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	rules, err := s.cfg.Store.RateLimits(ctx)
	if err != nil {
		return err
	}
	s.stored = make(map[string]Rule, len(rules))
	for _, r := range rules {
		s.stored[r.ID] = r
	}
	s.publish()
	return nil
}

// publish makes the rules in all those that are asked. The caller holds mu.
func (s *Service) publish() {
	rules := make([]Rule, 0, len(s.declared)+len(s.stored))
	rules = append(rules, s.declared...)
	for _, r := range s.stored {
		rules = append(rules, r)
	}
	s.rules.Store(newRuleSet(rules))
}

// Declare replaces the rules of the server's file. They have ids already, so that replicas with
// the same file count together.
func (s *Service) Declare(rules []Rule) error {
	for i := range rules {
		r := &rules[i]
		if err := r.Validate(); err != nil {
			return err
		}
		r.Declared = true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.declared = rules
	s.publish()
	return nil
}

// leaseID makes an id that no other lease has, of this process or another one.
func (s *Service) leaseID(ex *gateway.Exchange) string {
	return ex.ID + "-" + strconv.FormatUint(s.lastID.Add(1), 36)
}
