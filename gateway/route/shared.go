package route

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/sluicegate/sluice/gateway"
)

// sharedPlan is a Plan that further requests may get as it is: one made of a saved config
// alone, or of nothing but the address that a request names.
type sharedPlan struct {
	plan *gateway.Plan
	base gateway.RedactPolicy // the workspace's, that the plan's was joined with
	deps []dependency
	held atomic.Uint64 // the generation of the directory in which deps were found to hold

	mu       sync.Mutex
	resolved map[string]*gateway.Plan // by the model of a rendered prompt
}

// Callers may name any model: these bound the memory.
const (
	maxResolved = 64
	maxBare     = 1024
	maxModel    = 256 // bytes; of a longer name nothing is kept
)

// fits reports whether compiling would give the same again.
func (p *sharedPlan) fits(c *compiler, base gateway.RedactPolicy) bool {
	if p == nil || p.base.Restore != base.Restore || !slices.Equal(p.base.Input, base.Input) {
		return false
	}
	now := c.s.generation() // before the look-ups: what changes during them is seen the next time
	if now != 0 && now == p.held.Load() {
		return true
	}
	if !c.holds(p.deps) {
		return false
	}
	p.held.Store(now)
	return true
}

// barePlans are those of requests without a config, by what makes them.
type barePlans struct {
	mu    sync.Mutex
	known map[bareKey]*sharedPlan
}

type bareKey struct{ workspace, provider, virtualKey, model string }

// bare is the key of a plan that rests on the request's address alone; false: more of the
// request enters it.
func (c *compiler) bare(pick *choice) (bareKey, bool) {
	e := c.env
	return bareKey{c.workspace, e.Provider, e.VirtualKey, c.model}, pick.source == gateway.SourceRequest && !c.open && c.plain() && len(c.model) <= maxModel
}

func (b *barePlans) of(k bareKey) *sharedPlan {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.known[k]
}

func (b *barePlans) share(k bareKey, p *sharedPlan) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.known == nil || len(b.known) >= maxBare {
		b.known = map[bareKey]*sharedPlan{}
	}
	k.provider, k.virtualKey, k.model = strings.Clone(k.provider), strings.Clone(k.virtualKey), strings.Clone(k.model) // pieces of a request
	b.known[k] = p
}

// savedPlans are those made of one saved config, by source.
type savedPlans struct{ header, body, prompt, key, workspace atomic.Pointer[sharedPlan] }

func (ps *savedPlans) at(source string) *atomic.Pointer[sharedPlan] {
	switch source {
	case gateway.SourceHeader:
		return &ps.header
	case gateway.SourceBody:
		return &ps.body
	case gateway.SourcePrompt:
		return &ps.prompt
	case gateway.SourceAPIKey:
		return &ps.key
	}
	return &ps.workspace
}

func (e *savedEntry) share(p *sharedPlan) { e.plans.at(p.plan.Source).Store(p) }

func (e *savedEntry) of(source string) *sharedPlan {
	if p := e.plans.at(source).Load(); p != nil && p.plan.Source == source {
		return p
	}
	return nil
}

// origin is the shared plan that plan is, nil if it is none: one that a request changed, or
// that the prompt stage has narrowed.
func (c *choice) origin(plan *gateway.Plan) *sharedPlan {
	if c.entry == nil {
		return nil
	}
	if p := c.entry.of(plan.Source); p != nil && p.plan == plan {
		return p
	}
	return nil
}

// settled gives what a shared plan became for a model, nil if that is not known.
func (p *sharedPlan) settled(model string) *gateway.Plan {
	if p == nil {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.resolved[model]
}

// settle keeps what the plan became. All targets of a shared plan have their addresses, so
// that it follows from the model alone.
func (p *sharedPlan) settle(model string, became *gateway.Plan) {
	if p == nil || len(model) > maxModel {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.resolved == nil || len(p.resolved) >= maxResolved {
		p.resolved = map[string]*gateway.Plan{}
	}
	p.resolved[model] = became
}
