package limit

import (
	"context"

	"github.com/sluicegate/sluice/gateway"
)

// reservation is what one call or one attempt has taken.
type reservation struct {
	service *Service
	taken   []taken
}

type taken struct {
	rule  *compiled
	claim Claim
}

// take takes tokens, one request and one place from each rule that want chooses. It asks for the
// number of tokens only if a rule limits them, because all of the body is read for it. The
// reservation is nil if no rule concerns the call.
func (s *Service) take(ctx context.Context, ex *gateway.Exchange, tokens func() int64, want func(*compiled) bool) (*reservation, []gateway.LimitFact, error) {
	r := &reservation{service: s}
	s.rules.Load().Matching(ex, want, func(c *compiled) {
		claim := Claim{Counter: c.counter(ex), Amount: 1, Limit: c.Value, Period: c.period()}
		switch c.Kind {
		case Tokens:
			claim.Amount = tokens()
		case Concurrency:
			claim.Lease = s.leaseID(ex)
		}
		r.taken = append(r.taken, taken{c, claim})
	})
	if len(r.taken) == 0 {
		return nil, nil, nil
	}
	claims := make([]Claim, len(r.taken))
	for i, t := range r.taken {
		claims[i] = t.claim
	}
	states, err := s.counters.Take(ctx, claims)
	if err != nil {
		return nil, nil, err
	}
	facts, refused := make([]gateway.LimitFact, len(states)), -1
	for i, state := range states {
		c := r.taken[i].rule
		facts[i] = gateway.LimitFact{Rule: c.ID, Kind: string(c.Kind), Limit: c.Value, Remaining: state.Remaining, Reset: state.Reset}
		if state.Refused && refused < 0 {
			refused = i
		}
	}
	if refused >= 0 {
		return nil, facts, refusal(ex, r.taken[refused], states[refused])
	}
	return r, facts, nil
}

// settle ends the leases, and corrects the tokens to those that were used. The call may have
// ended, so its context bounds nothing here.
func (r *reservation) settle(ctx context.Context, tokens int64) {
	var ends []Settlement
	for _, t := range r.taken {
		switch {
		case t.rule.Kind == Concurrency:
			ends = append(ends, Settlement{Counter: t.claim.Counter, Lease: t.claim.Lease})
		case t.rule.Kind == Tokens && tokens != t.claim.Amount:
			ends = append(ends, Settlement{Counter: t.claim.Counter, Amount: tokens - t.claim.Amount, Limit: t.claim.Limit, Period: t.claim.Period})
		}
	}
	if len(ends) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTime)
	defer cancel()
	if err := r.service.counters.Settle(ctx, ends); err != nil {
		r.service.unsettled.Add(1)
	}
}
