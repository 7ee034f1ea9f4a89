package route

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/route/document"
)

// sharedPlan is a Plan that several requests can use. It was compiled from a saved config
// alone, or from a request's target reference alone.
type sharedPlan struct {
	plan              *gateway.Plan
	baseRedact        gateway.RedactPolicy // the workspace's redaction policy, which plan includes
	pinned            pinned               // the pinned configs that plan includes
	deps              []dependency
	checkedGeneration atomic.Uint64 // generation of the directory in which deps were last found valid

	mu       sync.Mutex
	resolved map[string]*gateway.Plan // by the model of a rendered prompt
}

// Limits of the caches: callers may name any model.
const (
	maxResolved     = 64
	maxRequestPlans = 1024
	maxModelName    = 256 // bytes; plans of longer names are not cached
)

// reusable reports whether compiling again would give the same Plan.
func (p *sharedPlan) reusable(c *compiler, base gateway.RedactPolicy) bool {
	if p == nil || p.baseRedact.Restore != base.Restore || !slices.Equal(p.baseRedact.Input, base.Input) || !slices.Equal(p.pinned, c.pinned) {
		return false
	}
	now := c.service.generation() // read before the lookups, so that a change during them is seen next time
	if now != 0 && now == p.checkedGeneration.Load() {
		return true
	}
	if !c.stillValid(p.deps) {
		return false
	}
	p.checkedGeneration.Store(now)
	return true
}

// requestPlans caches the Plans of requests without a config.
type requestPlans struct {
	mu    sync.Mutex
	plans map[requestPlanKey]*sharedPlan
}

type requestPlanKey struct {
	workspace, provider, virtualKey, model string
	surface                                string // if the model names no target
}

// requestPlanKey returns the cache key of a Plan that depends on the request's target
// reference alone. ok is false if the Plan depends on more.
func (c *compiler) requestPlanKey(chosen *chosenConfig) (requestPlanKey, bool) {
	e := c.env
	key := requestPlanKey{workspace: c.workspace, provider: e.Provider, virtualKey: e.VirtualKey, model: c.model}
	if c.requested.virtualKey == "" && c.requested.vendor != document.Mock {
		key.surface = c.surface
	}
	return key, chosen.source == gateway.SourceRequest && !chosen.amended && !c.allowUnnamed && c.addsNothing() && len(c.model) <= maxModelName
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
	k.provider, k.virtualKey, k.model = strings.Clone(k.provider), strings.Clone(k.virtualKey), strings.Clone(k.model) // copied: they may share memory with a request
	b.plans[k] = p
}

// savedPlans holds the Plans compiled from one saved config, by source.
type savedPlans struct{ header, body, prompt, key, workspace, model atomic.Pointer[sharedPlan] }

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
	case gateway.SourceModel:
		return &ps.model
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

// sharedPlan returns the shared Plan that plan is, or nil if plan was changed for this
// request.
func (c *chosenConfig) sharedPlan(plan *gateway.Plan) *sharedPlan {
	if c.entry == nil {
		return nil
	}
	if p := c.entry.planFor(plan.Source); p != nil && p.plan == plan {
		return p
	}
	return nil
}

// resolvedFor returns the Plan that Resolve made for model, or nil.
func (p *sharedPlan) resolvedFor(model string) *gateway.Plan {
	if p == nil {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.resolved[model]
}

// storeResolved stores the Plan that Resolve made for model. Every target of a shared Plan
// names its provider, so the result depends on the model alone.
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
