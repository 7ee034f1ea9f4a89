package limit

import (
	"context"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/policy"
)

// Admit takes what a call takes of requests and of concurrency. It is called when the headers of
// a call are read, and again when the body is: by then Exchange.Request is set. release ends
// what lasts as long as the call; it is nil if nothing does.
func (s *Service) Admit(ctx context.Context, ex *gateway.Exchange) (release func(), err error) {
	at := policy.AtHeaders
	if ex.Request != nil {
		at = policy.AtBody
	}
	r, facts, err := s.take(ctx, ex, nil, func(c *compiled) bool { return c.Kind != Tokens && c.at == at })
	ex.Facts.Limits = append(ex.Facts.Limits, facts...)
	if err != nil || r == nil {
		return nil, err
	}
	return func() { r.settle(ctx, 0) }, nil
}
