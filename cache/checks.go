package cache

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/sluicegate/sluice/cache/answer"
	"github.com/sluicegate/sluice/cache/breaker"
	"github.com/sluicegate/sluice/cache/judge"
	"github.com/sluicegate/sluice/cache/learnt"
	"github.com/sluicegate/sluice/cache/promise"
	"github.com/sluicegate/sluice/gateway"
)

// Checks make the calls by which the cache learns whether stored answers are right. No caller waits
// for them. Whoever makes them bounds, accounts and records what they cost.
type Checks interface {
	// Judge asks the judge, for a caller's workspace. cost is in nano-USD.
	Judge(ctx context.Context, caller *gateway.Principal, q judge.Question) (reply string, cost int64, err error)
	// Shadow makes the call upstream that a hit saved, and returns the whole answer with the facts
	// of the call, also after an error. The exchange is that of the hit, with new Facts.
	Shadow(ctx context.Context, ex *gateway.Exchange) (*gateway.Response, *gateway.Facts, error)
}

// Bounds of the calls of Checks.
const (
	checksAtOnce = 2
	checkQueue   = 256
	checkTimeout = 2 * time.Minute
	checkDrain   = 5 * time.Second // for those that are queued when the server stops
	budgetPause  = time.Minute     // after a call that the budget refused
	maxShadowed  = 256 << 10       // length of the requests of shadow calls, which wait in memory
)

// judgeNoise is how often a judge is taken to be wrong.
const judgeNoise = .05

// check is one call to be made: of the judge, or a shadow call.
type check struct {
	lookup *lookup
	pair   judge.Pair
	others []answer.Agreement // of the fresh answer with those of all near questions, as far as texts tell
	shadow *gateway.Exchange  // nil: the judge is asked about pair
}

// checker makes the calls of Checks behind a bounded queue, which drops and counts.
type checker struct {
	calls   Checks
	service *Service
	ctx     context.Context // of the calls; ends when draining takes too long
	cancel  context.CancelFunc
	done    sync.WaitGroup
	failing breaker.Breaker

	mu       sync.Mutex
	queue    chan check // closed by close
	closed   bool
	paused   time.Time // until when the budget is left alone
	reported bool      // that calls fail
}

// newChecker starts the goroutines that make the calls.
func newChecker(s *Service, calls Checks) *checker {
	c := &checker{calls: calls, service: s, queue: make(chan check, checkQueue)}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	for range checksAtOnce {
		c.done.Go(func() {
			for next := range c.queue {
				c.make(next)
			}
		})
	}
	return c
}

// offer queues a check, or drops and counts it.
func (c *checker) offer(next check) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.closed && !c.service.cfg.Now().Before(c.paused) {
		select {
		case c.queue <- next:
			return
		default:
		}
	}
	c.service.checksDropped.Add(1)
}

// close makes the calls that are queued, as far as the time allows, and waits for the goroutines.
func (c *checker) close(ctx context.Context) {
	c.mu.Lock()
	if !c.closed {
		c.closed = true
		close(c.queue)
	}
	c.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, checkDrain)
	defer cancel()
	stop := context.AfterFunc(ctx, c.cancel)
	defer stop()
	c.done.Wait()
	c.cancel()
}

// make makes one call. It logs when calls begin to fail, and when they work again.
func (c *checker) make(next check) {
	s := c.service
	if c.ctx.Err() != nil || !c.failing.Allow(s.cfg.Now) {
		s.checksDropped.Add(1)
		return
	}
	ctx, cancel := context.WithTimeout(c.ctx, checkTimeout)
	defer cancel()
	var err error
	if next.shadow != nil {
		err = c.shadow(ctx, next)
	} else {
		err = c.judge(ctx, next)
	}
	c.failing.Note(s.cfg.Now, err)
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := gateway.AsError(err); e != nil && e.Kind == gateway.Exhausted {
		c.paused = s.cfg.Now().Add(budgetPause)
	}
	switch {
	case err != nil && !c.reported:
		s.cfg.Log.Warn("calls that check answers of the cache fail", "error", err)
	case err == nil && c.reported:
		s.cfg.Log.Info("calls that check answers of the cache work again")
	}
	c.reported = err != nil
}

// judge asks whether two answers say the same.
func (c *checker) judge(ctx context.Context, next check) error {
	s, l := c.service, next.lookup
	reply, cost, err := c.calls.Judge(ctx, l.caller, judge.New(next.pair))
	s.checkCost.Add(cost)
	s.known.Tallies.Change(l.workspace, func(t *learnt.Tally) { t.Judged++; t.ChecksCost += cost })
	if err != nil {
		s.judgeFailed.Add(1)
		return err
	}
	same, ok := judge.Verdict(reply)
	switch {
	case !ok:
		s.judgeUnclear.Add(1)
		return nil
	case same:
		s.judgeSame.Add(1)
	default:
		s.judgeDifferent.Add(1)
	}
	s.label(l, same, judgeNoise)
	verdict := answer.Different
	if same {
		verdict = answer.Same
	}
	s.share(l, l.guarded.near, []answer.Agreement{verdict}, judgeNoise, s.known.Answers.Judged(l.Exact, learntNear(l.guarded.near), next.others, same, judgeNoise))
	s.changes.Add(1)
	return nil
}

// shadow makes the call that a hit saved, and has its answer compared.
func (c *checker) shadow(ctx context.Context, next check) error {
	s, l := c.service, next.lookup
	fresh, facts, err := c.calls.Shadow(ctx, next.shadow)
	cost := int64(0)
	if facts.Cost.Known {
		cost = facts.Cost.Nano
	}
	s.checkCost.Add(cost)
	s.known.Tallies.Change(l.workspace, func(t *learnt.Tally) { t.Shadowed++; t.ChecksCost += cost })
	if err != nil {
		s.shadowFailed.Add(1)
		return err
	}
	s.shadowed.Add(1)
	if !wholeText(fresh) || notPrimary(facts.Attempts, l.targets) != "" {
		s.undecided.Add(1)
		return nil
	}
	s.learn(l, fresh)
	return nil
}

// askJudge has a judge compare the answer of the most probable neighbour with the fresh one. It
// reports false if nobody can be asked.
func (s *Service) askJudge(c comparison, stored string, agreements []answer.Agreement) bool {
	pair := judge.Pair{Question: c.lookup.Question().Text, First: stored, Second: c.fresh}
	if s.checks == nil || !pair.Judgeable() {
		return false
	}
	s.checks.offer(check{lookup: c.lookup, pair: pair, others: agreements})
	return true
}

// shadowHit has the call of some of the hits made that the promise let be served. A call on the
// caller's own credential with the provider is the caller's to pay: it is never repeated.
func (s *Service) shadowHit(ex *gateway.Exchange, l *lookup) {
	a := l.guarded
	if s.checks == nil || a == nil || a.decision != promise.Serve || rand.Float64() >= s.cfg.ShadowShare ||
		ex.Envelope == nil || !ex.Envelope.Credential.Empty() || len(ex.Request.Raw) > maxShadowed {
		return
	}
	again := *ex
	again.Facts = &gateway.Facts{Principal: ex.Facts.Principal, Prompt: ex.Facts.Prompt}
	s.checks.offer(check{lookup: l, shadow: &again})
}
