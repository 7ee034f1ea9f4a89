package limit

import (
	"context"
	"sync"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/policy"
)

// Tokens is the stage that takes the tokens of a call, and settles them with the usage of the
// whole exchange. It stands inside the cache and around the meter.
func (s *Service) Tokens() gateway.Stage {
	return gateway.Stage{Name: "limit", Wrap: func(next gateway.Handler) gateway.Handler {
		return func(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
			if ex.Request.Op == gateway.OpCountTokens { // no model reads it
				return next(ctx, ex)
			}
			r, facts, err := s.take(ctx, ex, demandOf(ex.Request), func(c *compiled) bool { return c.Kind == Tokens && c.at < policy.AtAttempt })
			ex.Facts.Limits = append(ex.Facts.Limits, facts...)
			if err != nil {
				return nil, err
			}
			if r == nil {
				return next(ctx, ex)
			}
			return gateway.Account(next, func(ex *gateway.Exchange, _ error) { r.settle(ctx, used(ex.Facts.Usage)) })(ctx, ex)
		}
	}}
}

// demandOf returns demand, computed on the first call.
func demandOf(req *gateway.Request) func() int64 {
	return sync.OnceValue(func() int64 { return demand(req) })
}

// demand is how many tokens a call takes before it is answered: an estimate of its input, and
// its output where the body bounds it.
func demand(req *gateway.Request) int64 {
	tokens := max(req.EstimatedInput(), 1)
	if p := req.Parameters(); req.Op.GeneratesText() && p.Bounded {
		tokens += p.MaxOutput * max(p.Choices, 1)
	}
	return min(tokens, maxValue)
}

// used is how many tokens a usage counts.
func used(u *gateway.Usage) int64 {
	if u == nil {
		return 0
	}
	return min(max(u.Input, 0)+max(u.Output, 0), maxValue)
}
