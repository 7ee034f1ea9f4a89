package pricing

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// Config holds what a Service is made of. All but Now and Unpriced are required.
type Config struct {
	Store     Store
	Directory Directory
	NewID     func(time.Time) string
	Unpriced  gateway.UnpricedModels // of workspaces without a setting of their own
	Now       func() time.Time
}

// Service answers what callers pay, and administers the rules. Safe for concurrent use.
type Service struct {
	cfg Config
	now atomic.Pointer[snapshot]

	mu               sync.Mutex // held while rules or settings change
	stored           map[string]Rule
	declared         []Rule
	unpriced         map[string]gateway.UnpricedModels
	declaredUnpriced map[string]gateway.UnpricedModels
}

// New makes a service without rules. Load reads them.
func New(cfg Config) *Service {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	s := &Service{cfg: cfg, stored: map[string]Rule{}, unpriced: map[string]gateway.UnpricedModels{}}
	s.publish()
	return s
}

// PriceRule implements tariff.Pricing.
func (s *Service) PriceRule(p *gateway.Principal, t *gateway.Target, model string) (gateway.PriceRule, bool) {
	r := s.now.Load().rule(p, t, model)
	if r == nil {
		return gateway.PriceRule{}, false
	}
	out := gateway.PriceRule{Name: r.Name, Price: r.Price}
	if r.Factor != nil {
		out.Factor = *r.Factor
	}
	return out, true
}

// UnpricedModels implements tariff.Pricing.
func (s *Service) UnpricedModels(workspace string) gateway.UnpricedModels {
	return s.now.Load().unpricedModels(workspace)
}

// Load reads all from the store.
func (s *Service) Load(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	rules, err := s.cfg.Store.PriceRules(ctx)
	if err != nil {
		return err
	}
	unpriced, err := s.cfg.Store.UnpricedModels(ctx)
	if err != nil {
		return err
	}
	s.stored, s.unpriced = make(map[string]Rule, len(rules)), unpriced
	for _, r := range rules {
		s.stored[r.ID] = r
	}
	s.publish()
	return nil
}

// Declare replaces the rules and the settings of workspaces that the server's file has. A problem
// names the field under price_rules, and nothing is replaced then.
func (s *Service) Declare(ctx context.Context, rules []Rule, unpriced map[string]gateway.UnpricedModels) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range rules {
		r := &rules[i]
		r.ID, r.Declared = "file:"+r.Workspace+":"+r.Name, true
		err := s.check(ctx, r)
		if err == nil {
			err = conflict(r, slices.Values(rules[:i]))
		}
		if err == nil {
			err = conflict(r, maps.Values(s.stored))
		}
		if err != nil {
			e := *gateway.AsError(err)
			if e.Param == "" {
				return err
			}
			e.Param = "price_rules[" + strconv.Itoa(i) + "]." + e.Param
			e.Public = "In '" + e.Param + "' of the server's file: " + e.Public
			return &e
		}
	}
	s.declared, s.declaredUnpriced = rules, unpriced
	s.publish()
	return nil
}

// publish makes what the service holds what calls read. The caller holds mu.
func (s *Service) publish() {
	s.now.Store(newSnapshot(s.all(), s.cfg.Unpriced, s.unpriced, s.declaredUnpriced))
}

// all are the rules of the file and of the store. The caller holds mu.
func (s *Service) all() []Rule {
	return append(slices.Clone(s.declared), slices.Collect(maps.Values(s.stored))...)
}
