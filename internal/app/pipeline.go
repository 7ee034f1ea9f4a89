package app

import (
	"context"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/route/allow"
	"github.com/sluicegate/sluice/gateway/route/router"
)

// pipeline chains the stages, outermost first, around the router. Package gateway explains
// the order.
func (s *services) pipeline() gateway.Handler {
	return gateway.Chain("router", s.upstream(),
		s.records.recorder.Stage(),
		s.callers.Authenticate(),
		s.routing.Configure(),
		s.guards.Redact(),
		s.templates.Stage(),
		allow.Permit(),
		s.guards.Guard(),
		s.answers.Stage(),
		s.limits.Tokens(),
		s.bills.Meter(),
	)
}

// upstream is the router with what surrounds each of its attempts.
func (s *services) upstream() gateway.Handler {
	return router.New(s.router, s.client.Handler(), s.objects.Stage(), s.guards.TargetGuard(), s.limits.Attempt(), s.bills.Reserve(s.prices, s.pricing))
}

// judgeEvent asks the input guardrails of a session's plan about an event of the caller's. An event
// that is denied leaves a row and an audit event of its own.
func (s *services) judgeEvent() func(ctx context.Context, ex *gateway.Exchange) error {
	guard := s.guards.Guard().Wrap(func(context.Context, *gateway.Exchange) (gateway.Stream, error) { return gateway.Chunks(), nil })
	return func(ctx context.Context, ex *gateway.Exchange) error {
		_, err := gateway.Contain(ctx, "app.judgeEvent", ex, guard)
		if err != nil {
			s.records.recorder.Ended(ex, err)
		}
		return err
	}
}
