package guardrails

import (
	"context"
	"slices"

	"github.com/sluicegate/sluice/gateway"
)

// Guard is the stage "guard": the plan's input guardrails on the rendered and redacted
// request, and on each distinct set of parameters that the plan's targets add to it.
func (s *Service) Guard() gateway.Stage {
	return gateway.Stage{Name: "guard", Wrap: func(next gateway.Handler) gateway.Handler {
		return func(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
			if ex.Plan == nil || len(ex.Plan.Input) == 0 {
				return next(ctx, ex)
			}
			request, err := requestContent(ex)
			if err != nil {
				return nil, err
			}
			units := append([]unit{request}, s.added(ex)...)
			verdicts, action := s.judge(ctx, ex.Plan.Input, units, "")
			ex.Facts.Input = verdicts
			if err := denial(ctx, action, "request", ""); err != nil {
				return nil, err
			}
			if ex.Request.Pass == nil {
				return next(ctx, ex)
			}
			calls := &partJudge{service: s, specs: ex.Plan.Input, verdicts: slices.Clone(verdicts)}
			stream, err := s.guardParts(ctx, ex, next, calls)
			ex.Facts.Input = calls.found()
			return stream, err
		}
	}}
}

// TargetGuard is the stage "guard" inside an attempt: the input guardrails that are not
// settled yet on the request as this target gets it, then all output guardrails on the
// answer. The verdicts of both go to Facts.Output; Verdict.Output tells them apart. Each
// attempt replaces the verdicts of the one before.
func (s *Service) TargetGuard() gateway.Stage {
	return gateway.Stage{Name: "guard", Wrap: func(next gateway.Handler) gateway.Handler {
		return func(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
			ex.Facts.Output = nil
			t := ex.Target
			if t == nil {
				return next(ctx, ex)
			}
			if ex.Request.Realtime != nil {
				switch {
				case len(t.Output) > 0:
					return nil, unguarded("output guardrails")
				case len(t.Input) > 0:
					return nil, unguarded("guardrails of one target")
				}
				return next(ctx, ex)
			}
			if open := unsettled(ex); len(open) > 0 {
				request, err := requestContent(ex)
				if err != nil {
					return nil, err
				}
				verdicts, action := s.judge(ctx, open, []unit{request}, t.Path)
				ex.Facts.Output = verdicts
				if err := denial(ctx, action, "request", t.Path); err != nil {
					return nil, err
				}
			}
			stream, err := s.targetNext(ctx, ex, next)
			if err != nil || len(t.Output) == 0 || !ex.Request.Op.AnswerHasText() {
				return stream, err
			}
			return s.judged(ctx, ex, stream)
		}
	}}
}

// targetNext goes on with an attempt. The target's own input guardrails judge the calls of a batch, too;
// their verdicts are the last in Facts.Output.
func (s *Service) targetNext(ctx context.Context, ex *gateway.Exchange, next gateway.Handler) (gateway.Stream, error) {
	own := ex.Target.Input
	if ex.Request.Pass == nil || len(own) == 0 {
		return next(ctx, ex)
	}
	before := len(ex.Facts.Output) - len(own)
	calls := &partJudge{service: s, specs: own, target: ex.Target.Path, verdicts: slices.Clone(ex.Facts.Output[before:])}
	stream, err := s.guardParts(ctx, ex, next, calls)
	ex.Facts.Output = append(ex.Facts.Output[:before:before], calls.found()...)
	return stream, err
}

// unsettled lists the input guardrails that judge the request of an attempt: the target's own,
// and the plan's where the target removes a text that they may have passed for.
func unsettled(ex *gateway.Exchange) []gateway.GuardrailSpec {
	if ex.Plan == nil || len(ex.Plan.Input) == 0 || !replacesTexts(ex.Request.Dialect, ex.Target) {
		return ex.Target.Input
	}
	return append(slices.Clip(ex.Plan.Input), ex.Target.Input...)
}

// judged reads the whole answer, judges it, and returns it unchanged.
func (s *Service) judged(ctx context.Context, ex *gateway.Exchange, stream gateway.Stream) (gateway.Stream, error) {
	t := ex.Target
	whole, err := collect(stream)
	if err != nil {
		return nil, err
	}
	verdicts, action := s.judge(ctx, t.Output, answerContent(whole), t.Path)
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

// unguarded refuses a realtime session under a config that demands what no session can have: sound
// reaches the caller while it is made, before anybody knows its words.
func unguarded(what string) error {
	return &gateway.Error{Op: "guardrails.Guard", Kind: gateway.Invalid, Param: "config", Code: "session_unguarded",
		Public: "The config demands " + what + ", which cannot be applied to a realtime session. Name a config without it for sessions; input guardrails at the top of a config apply to the events of a session."}
}
