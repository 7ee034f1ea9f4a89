package prompts

import (
	"context"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// Stage renders calls of prompt templates, and chat calls whose config names prompts, into
// chat requests. Everything else passes untouched.
func (s *Service) Stage() gateway.Stage {
	return gateway.Stage{Name: "prompt", Wrap: func(next gateway.Handler) gateway.Handler {
		return func(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
			req := ex.Request
			if req == nil || req.Prompt == nil && (req.Op != gateway.OpChat || !carriesPrompt(ex.Plan)) {
				return next(ctx, ex)
			}
			return s.answer(ctx, ex, next)
		}
	}}
}

func carriesPrompt(p *gateway.Plan) bool { return p != nil && nodeCarries(p.Root) }

func (s *Service) answer(ctx context.Context, ex *gateway.Exchange, next gateway.Handler) (gateway.Stream, error) {
	const op = "prompts.Stage"
	if ex.Principal == nil {
		return nil, &gateway.Error{Op: op, Kind: gateway.Unauthorized, Public: "A prompt needs an API key."}
	}
	sh, err := s.shelf(ctx, ex.Principal.Workspace)
	if err != nil {
		return nil, err
	}
	c, err := choose(ex, sh)
	if err != nil {
		return nil, err
	}
	exp, err := sh.experiment(c.address)
	if err != nil {
		return nil, err
	}
	a, by := exp.pick(ex, c.Template.ID)
	ex.Facts.Prompt = c.fact(a, by)
	vars, err := callVariables(ex.Request)
	if err != nil {
		return nil, err
	}
	if err := c.check(a, vars, ex); err != nil {
		return nil, err
	}
	raw, err := s.request(a, ex.Request, vars)
	if err != nil {
		return nil, err
	}
	if ex.Request.Op == gateway.OpRender {
		return rendered(raw), nil
	}
	req, err := gateway.NewRequest(ex.Request.Dialect, gateway.OpChat, raw)
	if err != nil {
		return nil, err
	}
	if ex.Redactor != nil {
		if req, err = ex.Redactor.RedactRendered(req, rawVariables(ex.Request)); err != nil {
			return nil, err
		}
	}
	ex.Facts.Prompt.Rendered = req
	plan, err := s.targets(ctx, ex, c.root, req.Model())
	if err != nil {
		return nil, err
	}
	return next(ctx, ex.WithPlan(plan, req))
}

// callVariables are those of the prompt call; a chat call whose config names a prompt has
// them in its body.
func callVariables(req *gateway.Request) (*variables, error) {
	return readVariables(rawVariables(req))
}

func rawVariables(req *gateway.Request) []byte {
	if req.Prompt != nil {
		return req.Prompt.Variables
	}
	return req.Field("variables")
}

// check reports what is wrong with the variables. Where a config draws among templates,
// each of them is known to all.
func (c *choice) check(a *arm, vs *variables, ex *gateway.Exchange) error {
	redacted := ex.Plan != nil && ex.Plan.Redact.On()
	return a.check(vs, redacted, c.elsewhere)
}

// fact is the record of what was chosen.
func (c *choice) fact(a *arm, by string) *gateway.PromptFact {
	f := &gateway.PromptFact{ID: c.Template.ID, Slug: c.Slug, Version: a.version, Label: c.label, Variant: a.name, Arm: by}
	switch {
	case c.arm == "":
	case f.Variant == "":
		f.Variant, f.Arm = c.arm, c.by
	default:
		f.Variant = c.arm + "/" + f.Variant
	}
	return f
}

func rendered(data []byte) gateway.Stream {
	raw := append([]byte(`{"success":true,"data":`), data...)
	return gateway.Chunks(gateway.Chunk{Form: gateway.FormBody, Raw: append(raw, '}')})
}

// request joins what the template says with the call, in the call's dialect: the template's
// fields are beaten by those of the call, and the call's own messages follow the template's.
func (s *Service) request(a *arm, call *gateway.Request, vs *variables) ([]byte, error) {
	template, err := a.template(vs)
	if err != nil {
		return nil, err
	}
	if template, err = s.translate(call.Dialect, template); err != nil {
		return nil, err
	}
	rest := jsonx.Delete(call.Raw, "variables")
	if call.Op == gateway.OpRender { // shows what would be sent, not how it would be answered
		rest = jsonx.Delete(jsonx.Delete(rest, "stream"), "stream_options")
	}
	return call.Dialect.Join(template, rest), nil
}

// template writes what the arm says, as a chat request in OpenAI's format.
func (a *arm) template(vs *variables) ([]byte, error) {
	out := append(make([]byte, 0, a.size+vs.size+64), '{')
	if a.model != "" {
		out = jsonx.AppendQuote(append(out, `"model":`...), a.model)
		out = append(out, ',')
	}
	out, err := a.render(append(out, `"messages":[`...), vs)
	if err != nil {
		return nil, err
	}
	out = append(out, ']')
	for _, p := range a.params {
		out = append(jsonx.AppendQuote(append(out, ','), p.key), ':')
		out = append(out, p.raw...)
	}
	return append(out, '}'), nil
}

// render writes the messages of the arm, without the brackets of the list.
func (a *arm) render(dst []byte, vs *variables) ([]byte, error) {
	vs.defaults = a.defaults
	s := scope{variables: vs}
	from := len(dst)
	for i := range a.messages {
		p := &a.messages[i]
		dst = append(dst, p.json...)
		if p.text != nil {
			dst = append(s.appendTo(append(dst, '"'), p.text), '"')
		}
	}
	if s.over || len(dst)-from > maxRendered {
		return nil, gateway.InvalidField("prompts.render", "variables", "The rendered prompt is too large.")
	}
	if len(s.missing) == 0 {
		return dst, nil
	}
	bad := make([]string, len(s.missing))
	for i, path := range s.missing {
		bad[i] = "variable '" + path[len("variables."):] + "' is missing"
	}
	return nil, refuse(s.missing[0], bad)
}
