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
	plan              *gateway.Plan
	baseRedact        gateway.RedactPolicy // the workspace's, that the plan's was joined with
	deps              []dependency
	checkedGeneration atomic.Uint64 // the generation of the directory in which deps were found to hold

	mu       sync.Mutex
	resolved map[string]*gateway.Plan // by the model of a rendered prompt
}

// Callers may name any model: these bound the memory.
const (
	maxResolved     = 64
	maxRequestPlans = 1024
	maxModelName    = 256 // bytes; of a longer name nothing is kept
)

// fits reports whether compiling would give the same again.
func (p *sharedPlan) reusable(c *compiler, base gateway.RedactPolicy) bool {
	if p == nil || p.baseRedact.Restore != base.Restore || !slices.Equal(p.baseRedact.Input, base.Input) {
		return false
	}
	now := c.service.generation() // before the look-ups: what changes during them is seen the next time
	if now != 0 && now == p.checkedGeneration.Load() {
		return true
	}
	if !c.stillValid(p.deps) {
		return false
	}
	p.checkedGeneration.Store(now)
	return true
}

// barePlans are those of requests without a config, by what makes them.
type requestPlans struct {
	mu    sync.Mutex
	plans map[requestPlanKey]*sharedPlan
}

type requestPlanKey struct{ workspace, provider, virtualKey, model string }

// bare is the key of a plan that rests on the request's address alone; false: more of the
// request enters it.
func (c *compiler) requestPlanKey(pick *chosenConfig) (requestPlanKey, bool) {
	e := c.env
	return requestPlanKey{c.workspace, e.Provider, e.VirtualKey, c.model}, pick.source == gateway.SourceRequest && !c.allowUnnamed && c.addsNothing() && len(c.model) <= maxModelName
}

func (b *requestPlans) get(k requestPlanKey) *sharedPlan {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.plans[k]
}

func (b *requestPlans) put(k requestPlanKey, p *sharedPlan) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.plans == nil || len(b.plans) >= maxRequestPlans {
		b.plans = map[requestPlanKey]*sharedPlan{}
	}
	k.provider, k.virtualKey, k.model = strings.Clone(k.provider), strings.Clone(k.virtualKey), strings.Clone(k.model) // pieces of a request
	b.plans[k] = p
}

// savedPlans are those made of one saved config, by source.
type savedPlans struct{ header, body, prompt, key, workspace atomic.Pointer[sharedPlan] }

func (ps *savedPlans) bySource(source string) *atomic.Pointer[sharedPlan] {
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

func (e *savedEntry) storePlan(p *sharedPlan) { e.plans.bySource(p.plan.Source).Store(p) }

func (e *savedEntry) planFor(source string) *sharedPlan {
	if p := e.plans.bySource(source).Load(); p != nil && p.plan.Source == source {
		return p
	}
	return nil
}

// origin is the shared plan that plan is, nil if it is none: one that a request changed, or
// that the prompt stage has narrowed.
func (c *chosenConfig) sharedPlan(plan *gateway.Plan) *sharedPlan {
	if c.entry == nil {
		return nil
	}
	if p := c.entry.planFor(plan.Source); p != nil && p.plan == plan {
		return p
	}
	return nil
}

// settled gives what a shared plan became for a model, nil if that is not known.
func (p *sharedPlan) resolvedFor(model string) *gateway.Plan {
	if p == nil {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.resolved[model]
}

// settle keeps what the plan became. All targets of a shared plan have their addresses, so
// that it follows from the model alone.
func (p *sharedPlan) storeResolved(model string, became *gateway.Plan) {
	if p == nil || len(model) > maxModelName {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.resolved == nil || len(p.resolved) >= maxResolved {
		p.resolved = map[string]*gateway.Plan{}
	}
	p.resolved[model] = became
}
