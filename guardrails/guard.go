package guardrails

import (
	"context"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/guardrails/checks"
)

// Guard is the stage "guard": the plan's input guardrails on the rendered request, which is
// redacted once more first.
func (s *Service) Guard() gateway.Stage {
	return gateway.Stage{Name: "guard", Wrap: func(next gateway.Handler) gateway.Handler {
		judged := s.judged(next)
		return func(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
			if ex.Plan == nil {
				return next(ctx, ex)
			}
			return s.rendered(ctx, ex, judged)
		}
	}}
}

func (s *Service) judged(next gateway.Handler) gateway.Handler {
	return func(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
		if len(ex.Plan.Input) == 0 {
			return next(ctx, ex)
		}
		verdicts, action := s.judge(ctx, ex.Plan.Input, asked(ex.Request), "")
		ex.Facts.Input = verdicts
		if err := refuse(ctx, action, "request", ""); err != nil {
			return nil, err
		}
		return next(ctx, ex)
	}
}

// AttemptGuard is the stage inside an attempt: the target's own input guardrails on the
// request as this target gets it, then all output guardrails on the answer. Its verdicts of
// both phases go to Facts.Output (Verdict.Output tells them apart); those of an attempt that
// was given up are forgotten when the next one begins.
func (s *Service) AttemptGuard() gateway.Stage {
	return gateway.Stage{Name: "guard", Wrap: func(next gateway.Handler) gateway.Handler {
		return func(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
			ex.Facts.Output = nil
			t := ex.Target
			if t == nil || len(t.Input) == 0 && len(t.Output) == 0 {
				return next(ctx, ex)
			}
			if len(t.Input) > 0 {
				verdicts, action := s.judge(ctx, t.Input, asked(ex.Request), t.Path)
				ex.Facts.Output = verdicts
				if err := refuse(ctx, action, "request", t.Path); err != nil {
					return nil, err
				}
			}
			stream, err := next(ctx, ex)
			if err != nil || len(t.Output) == 0 || ex.Request.Op == gateway.OpEmbeddings {
				return stream, err
			}
			return s.wait(ctx, ex, stream)
		}
	}}
}

// wait takes the whole answer, judges it, and hands it on as it came.
func (s *Service) wait(ctx context.Context, ex *gateway.Exchange, stream gateway.Stream) (gateway.Stream, error) {
	t := ex.Target
	whole, err := collect(stream)
	if err != nil {
		return nil, err
	}
	verdicts, action := s.judge(ctx, t.Output, answered(&whole.folded), t.Path)
	ex.Facts.Output = append(ex.Facts.Output, verdicts...)
	if err := refuse(ctx, action, "answer", t.Path); err != nil {
		return nil, err
	}
	return gateway.Chunks(whole.chunks...), nil
}

func refuse(ctx context.Context, action gateway.Action, what, target string) error {
	const op = "guardrails.Guard"
	if err := ctx.Err(); err != nil { // nobody waits; a check that was cut short says nothing
		return gateway.AsError(err)
	}
	if action < gateway.ActionDeny {
		return nil
	}
	return &gateway.Error{Op: op, Kind: gateway.Denied, Code: "guardrail_denied", Target: target,
		Public: "A guardrail denied the " + what + "; hook_results tells which one."}
}

// asked is the request as guardrails see it: the whole conversation and whatever else the
// caller wrote, as one unit.
func asked(req *gateway.Request) []checks.Content {
	texts := req.Texts()
	c := checks.Content{Parts: make([]checks.Part, 0, len(texts))}
	for _, t := range texts {
		c.Parts = decoded(append(c.Parts, checks.Part{Path: t.Path, Role: t.Role, Text: t.Value}))
	}
	return []checks.Content{c}
}
