package limit

import (
	"context"
	"sync"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/policy"
)

// Attempt is the stage that asks the rules about the target of one attempt. It stands inside the
// Router, before the budget's reservation. Facts do not show these limits, because they are the
// target's and not the caller's.
func (s *Service) Attempt() gateway.Stage {
	return gateway.Stage{Name: "limit", Wrap: func(next gateway.Handler) gateway.Handler {
		return func(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
			if ex.Target == nil || ex.Request.Op == gateway.OpCountTokens {
				return next(ctx, ex)
			}
			tokens := demandOf(ex.Request)
			r, _, err := s.take(ctx, ex, tokens, func(c *compiled) bool { return c.at == policy.AtAttempt })
			if err != nil {
				return nil, err
			}
			if r == nil {
				return next(ctx, ex)
			}
			m := &metered{next: next, tokens: tokens()}
			return gateway.Account(m.answer, func(*gateway.Exchange, error) { r.settle(ctx, m.count()) })(ctx, ex)
		}
	}}
}

// metered counts the tokens of one attempt. It is the answer's stream as well.
type metered struct {
	next gateway.Handler
	gateway.Stream

	mu     sync.Mutex // Close may come while Next runs
	tokens int64      // what was taken, until the vendor reports its usage
}

// answer asks the provider. Without an answer no tokens were used.
func (m *metered) answer(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
	stream, err := m.next(ctx, ex)
	if err != nil {
		m.tokens = 0
		return nil, err
	}
	m.Stream = stream
	return m, nil
}

// Next implements gateway.Stream.
func (m *metered) Next() (gateway.Chunk, error) {
	c, err := m.Stream.Next()
	if c.Usage != nil {
		m.mu.Lock()
		m.tokens = used(c.Usage)
		m.mu.Unlock()
	}
	return c, err
}

func (m *metered) count() int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.tokens
}
