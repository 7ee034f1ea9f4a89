package guardrails

import (
	"context"
	"errors"

	"github.com/sluicegate/sluice/gateway"
)

// Redact is the stage "redact".
func (s *Service) Redact() gateway.Stage {
	return gateway.Stage{Name: "redact", Wrap: func(next gateway.Handler) gateway.Handler {
		return func(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
			in, back := ex, (*restorer)(nil)
			if ex.Plan != nil && ex.Request != nil && ex.Plan.Redact.On() {
				req, v, err := s.redact(ex.Plan.Redact.Input, ex.Request)
				if err != nil {
					return nil, err
				}
				if req != ex.Request {
					in = ex.With(req)
				}
				if in, err = s.around(in, v); err != nil {
					return nil, err
				}
				if len(v.kinds) > 0 {
					ex.Facts.Redacted = v.hits()
					if ex.Plan.Redact.Restore {
						back = newRestorer(v, req)
					}
				}
			}
			ex.Facts.Asked = in.Request
			stream, err := next(ctx, in)
			if err != nil {
				return nil, err
			}
			return &answer{Stream: stream, facts: ex.Facts, folded: new(gateway.Response), back: back}, nil
		}
	}}
}

// redact replaces what is found in req. When it cannot, the request goes nowhere; the
// error says nothing about the text.
func (s *Service) redact(entities []string, req *gateway.Request) (out *gateway.Request, v *vault, err error) {
	defer unredacted(&err)
	sc, err := s.scanner(entities)
	if err != nil {
		return nil, nil, &gateway.Error{Op: opRedact, Kind: gateway.Invalid, Param: "redact.input", Public: "The config's redact: " + err.Error() + ".", Err: err}
	}
	v = newVault()
	p := s.pass(sc, v)
	defer p.end()
	p.typed[0] = req.Raw
	if req.Prompt != nil {
		p.typed[1] = req.Prompt.Variables
	}
	raw, err := p.body(req.Raw)
	if err != nil {
		return nil, nil, err
	}
	prompt := req.Prompt
	if prompt != nil && p.worthwhile(prompt.Variables) {
		if variables := rewrite(view(prompt.Variables), 0, p.edit); variables != nil {
			prompt = &gateway.PromptCall{ID: prompt.ID, Variables: variables}
		}
	}
	switch {
	case len(raw) != len(req.Raw) || len(raw) > 0 && &raw[0] != &req.Raw[0]:
		if req, err = req.WithRaw(raw); err != nil {
			return nil, nil, err
		}
		req.Prompt = prompt
	case prompt != req.Prompt: // the body stays as it was read
		c := *req
		c.Prompt = prompt
		req = &c
	}
	return req, v, nil
}

const opRedact = "guardrails.Redact"

// unredacted makes of a panic, and of an error that says anything about the text, one that
// does not.
func unredacted(err *error) {
	if failed := recover(); failed != nil {
		*err = unsent(errors.New("panic in the detector"))
	} else if *err != nil && !ours(*err) {
		*err = unsent(errors.New("edit refused"))
	}
}

// ours reports an error of this stage, which says nothing about the text.
func ours(err error) bool {
	var e *gateway.Error
	return errors.As(err, &e) && e.Op == opRedact
}

func unsent(why error) error {
	return &gateway.Error{Op: opRedact, Kind: gateway.Internal, Public: "The request could not be redacted, so it was not sent.", Err: why}
}
