package guardrails

import (
	"context"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/guardrails/redact"
)

// Redact is the stage "redact". It alone writes Facts.Received, Asked, Redacted, Unedited and
// Answer, and it alone restores the answer.
func (s *Service) Redact() gateway.Stage {
	return gateway.Stage{Name: "redact", Wrap: func(next gateway.Handler) gateway.Handler {
		return func(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
			ex.Facts.Received = ex.Request
			if ex.Plan == nil || ex.Request == nil || !ex.Plan.Redact.On() {
				ex.Facts.RedactedRequest = ex.Request
				stream, err := next(ctx, ex)
				if err != nil {
					return nil, err
				}
				return newAnswerStream(stream, ex.Facts, nil), nil
			}
			if ex.Request.Realtime != nil {
				return nil, unguarded("redaction")
			}
			r, inner, err := s.redact(ctx, ex)
			if err != nil {
				return nil, err
			}
			stream, err := s.redactParts(ctx, inner, next)
			if err != nil {
				return nil, err
			}
			var restorer *redact.Restorer
			if ex.Plan.Redact.Restore {
				restorer = r.Restorer()
			}
			return newAnswerStream(stream, ex.Facts, restorer), nil
		}
	}}
}

// redactParts goes on with a redacted request. The parts of a body that it brings are redacted as they are
// passed on; a batch whose calls were not redacted does not begin.
func (s *Service) redactParts(ctx context.Context, ex *gateway.Exchange, next gateway.Handler) (gateway.Stream, error) {
	pass := ex.Request.Pass
	if pass == nil {
		return next(ctx, ex)
	}
	calls := &partRedactor{service: s, entities: ex.Plan.Redact.Input, hits: map[string]int{}, unedited: map[string]int{}}
	if err := pass.Filter(calls.filter(ctx)); err != nil {
		return nil, err
	}
	stream, err := next(ctx, ex)
	calls.report(ex.Facts)
	return unlessRefused(pass, stream, err)
}

// redact starts the redaction of an exchange and returns the exchange for the inner stages.
func (s *Service) redact(ctx context.Context, ex *gateway.Exchange) (*redactor, *gateway.Exchange, error) {
	redaction, err := s.Begin(ctx, ex.Plan.Redact.Input)
	if err != nil {
		return nil, nil, err
	}
	r := &redactor{Redaction: redaction, facts: ex.Facts}
	req, err := r.Request(ex.Request)
	if err != nil {
		return nil, nil, err
	}
	inner, err := r.Envelope(ex.With(req))
	if err != nil {
		return nil, nil, err
	}
	if req.Pass != nil {
		if err := r.Passed(req.Pass); err != nil {
			return nil, nil, err
		}
	}
	inner.Redactor = r
	ex.Facts.RedactedRequest = req
	r.report()
	return r, inner, nil
}

// redactor lets the stages inside Redact use its redaction.
type redactor struct {
	*redact.Redaction
	facts *gateway.Facts
}

// RedactRendered implements gateway.Redactor.
func (r *redactor) RedactRendered(req *gateway.Request, variables []byte) (*gateway.Request, error) {
	req, err := r.Rendered(req, variables)
	if err != nil {
		return nil, err
	}
	r.report()
	return req, nil
}

func (r *redactor) report() {
	r.facts.Redacted, r.facts.Unedited = r.Hits(), r.Unedited()
}
