package route

import (
	"slices"
	"sync"

	"github.com/sluicegate/sluice/gateway"
)

// sharedPlan is a Plan made of a saved config alone: nothing of a request entered it.
type sharedPlan struct {
	plan *gateway.Plan
	base gateway.RedactPolicy // the workspace's, that the plan's was joined with
	deps []dependency

	mu       sync.Mutex
	resolved map[string]*gateway.Plan // by the model of a rendered prompt
}

// maxResolved bounds the memory, not the models: callers may name any.
const maxResolved = 64

func (e *savedEntry) shared(c *compiler, source string, base gateway.RedactPolicy) *gateway.Plan {
	p := e.of(source)
	if p == nil || p.base.Restore != base.Restore || !slices.Equal(p.base.Input, base.Input) || !c.holds(p.deps) {
		return nil
	}
	return p.plan
}

func (e *savedEntry) share(plan *gateway.Plan, base gateway.RedactPolicy, deps []dependency) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.plans[plan.Source] = &sharedPlan{plan: plan, base: base, deps: deps}
}

func (e *savedEntry) of(source string) *sharedPlan {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.plans[source]
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
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.resolved == nil || len(p.resolved) >= maxResolved {
		p.resolved = map[string]*gateway.Plan{}
	}
	p.resolved[model] = became
}
