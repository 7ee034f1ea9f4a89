package guardrails

import (
	"context"

	"github.com/sluicegate/sluice/gateway"
)

// Guard is the stage "guard": the plan's input guardrails on the rendered and redacted
// request.
func (s *Service) Guard() gateway.Stage {
	return gateway.Stage{Name: "guard", Wrap: func(next gateway.Handler) gateway.Handler {
		return func(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
			if ex.Plan == nil || len(ex.Plan.Input) == 0 {
				return next(ctx, ex)
			}
			verdicts, action := s.judge(ctx, ex.Plan.Input, requestContent(ex.Request), "")
			ex.Facts.Input = verdicts
			if err := denial(ctx, action, "request", ""); err != nil {
				return nil, err
			}
			return next(ctx, ex)
		}
	}}
}

// TargetGuard is the stage "guard" inside an attempt: the target's own input guardrails on
// the request as this target gets it, then all output guardrails on the answer. The verdicts
// of both go to Facts.Output; Verdict.Output tells them apart. Each attempt replaces the
// verdicts of the one before.
func (s *Service) TargetGuard() gateway.Stage {
	return gateway.Stage{Name: "guard", Wrap: func(next gateway.Handler) gateway.Handler {
		return func(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
			ex.Facts.Output = nil
			t := ex.Target
			if t == nil || len(t.Input) == 0 && len(t.Output) == 0 {
				return next(ctx, ex)
			}
			if len(t.Input) > 0 {
				verdicts, action := s.judge(ctx, t.Input, requestContent(ex.Request), t.Path)
				ex.Facts.Output = verdicts
				if err := denial(ctx, action, "request", t.Path); err != nil {
					return nil, err
				}
			}
			stream, err := next(ctx, ex)
			if err != nil || len(t.Output) == 0 || ex.Request.Op == gateway.OpEmbeddings {
				return stream, err
			}
			return s.judged(ctx, ex, stream)
		}
	}}
}

// judged reads the whole answer, judges it, and returns it unchanged.
func (s *Service) judged(ctx context.Context, ex *gateway.Exchange, stream gateway.Stream) (gateway.Stream, error) {
	t := ex.Target
	whole, err := collect(stream)
	if err != nil {
		return nil, err
	}
	verdicts, action := s.judge(ctx, t.Output, answerContent(&whole.folded), t.Path)
	ex.Facts.Output = append(ex.Facts.Output, verdicts...)
	if err := denial(ctx, action, "answer", t.Path); err != nil {
		return nil, err
	}
	return gateway.Chunks(whole.chunks...), nil
}

// denial returns the error that an action demands, nil if the exchange goes on.
func denial(ctx context.Context, action gateway.Action, what, target string) error {
	const op = "guardrails.Guard"
	if err := ctx.Err(); err != nil { // a check that was interrupted decides nothing
		return gateway.AsError(err)
	}
	if action < gateway.ActionDeny {
		return nil
	}
	return &gateway.Error{Op: op, Kind: gateway.Denied, Code: "guardrail_denied", Target: target,
		Public: "A guardrail denied the " + what + "; hook_results tells which one."}
}
