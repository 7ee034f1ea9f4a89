package prompts

import (
	"context"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// Stage returns the stage that renders calls of prompt templates, and chat calls whose
// config names prompts, to chat requests. So it does for calls that count the tokens of such
// a chat. Other requests pass unchanged.
func (s *Service) Stage() gateway.Stage {
	return gateway.Stage{Name: "prompt", Wrap: func(next gateway.Handler) gateway.Handler {
		return func(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
			req := ex.Request
			if req == nil || req.Prompt == nil && (req.Op != gateway.OpChat && req.Op != gateway.OpCountTokens || !planNamesPrompt(ex.Plan)) {
				return next(ctx, ex)
			}
			return s.renderAndCall(ctx, ex, next)
		}
	}}
}

func planNamesPrompt(p *gateway.Plan) bool { return p != nil && nodeNamesPrompt(p.Root) }

func (s *Service) renderAndCall(ctx context.Context, ex *gateway.Exchange, next gateway.Handler) (gateway.Stream, error) {
	const op = "prompts.Stage"
	if ex.Principal == nil {
		return nil, &gateway.Error{Op: op, Kind: gateway.Unauthorized, Public: "A prompt needs an API key."}
	}
	templates, err := s.workspaceTemplates(ctx, ex.Principal.Workspace)
	if err != nil {
		return nil, err
	}
	c, err := choose(ex, templates)
	if err != nil {
		return nil, err
	}
	exp, err := templates.experiment(c.resolvedRef)
	if err != nil {
		return nil, err
	}
	a, by := exp.drawArm(ex, c.Template.ID)
	ex.Facts.Prompt = c.fact(a, by)
	vars, err := callVariables(ex.Request)
	if err != nil {
		return nil, err
	}
	if err := c.check(a, vars, ex); err != nil {
		return nil, err
	}
	raw, err := s.mergeRequest(a, ex.Request, vars)
	if err != nil {
		return nil, err
	}
	if ex.Request.Op == gateway.OpRender {
		return renderResponse(raw), nil
	}
	req, err := gateway.NewRequest(ex.Request.Dialect, ex.Request.Op, raw)
	if err != nil {
		return nil, err
	}
	if ex.Redactor != nil {
		if req, err = ex.Redactor.RedactRendered(req, rawVariables(ex.Request)); err != nil {
			return nil, err
		}
	}
	ex.Facts.Prompt.Rendered = req
	plan, err := s.resolveTargets(ctx, ex, c.root, req.Model())
	if err != nil {
		return nil, err
	}
	return next(ctx, ex.WithPlan(plan, req))
}

// callVariables returns the variables of a prompt call, or of the body of a chat call whose
// config names a prompt.
func callVariables(req *gateway.Request) (*variables, error) {
	return readVariables(rawVariables(req))
}

func rawVariables(req *gateway.Request) []byte {
	if req.Prompt != nil {
		return req.Prompt.Variables
	}
	return req.Field("variables")
}

// check validates the variables. If the config draws among templates, the variables of all
// of them are allowed.
func (c *chosenTemplate) check(a *arm, vs *variables, ex *gateway.Exchange) error {
	redacted := ex.Plan != nil && ex.Plan.Redact.On()
	return a.check(vs, redacted, c.knownInOtherArms)
}

// fact returns the record of the chosen version and arm.
func (c *chosenTemplate) fact(a *arm, by string) *gateway.PromptFact {
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

func renderResponse(data []byte) gateway.Stream {
	raw := append([]byte(`{"success":true,"data":`), data...)
	return gateway.Chunks(gateway.Chunk{Form: gateway.FormBody, Raw: append(raw, '}')})
}

// mergeRequest merges the template with the call, in the call's dialect. The call's fields
// override the template's, and the call's messages follow the template's.
func (s *Service) mergeRequest(a *arm, call *gateway.Request, vs *variables) ([]byte, error) {
	template, err := a.templateRequest(vs)
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

// templateRequest renders the arm as a chat request in OpenAI's format.
func (a *arm) templateRequest(vs *variables) ([]byte, error) {
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

// render appends the messages of the arm, without the brackets of the list.
func (a *arm) render(dst []byte, vs *variables) ([]byte, error) {
	vs.defaults = a.defaults
	s := renderScope{variables: vs}
	from := len(dst)
	for i := range a.messages {
		p := &a.messages[i]
		dst = append(dst, p.literal...)
		if p.text != nil {
			dst = append(s.appendNodes(append(dst, '"'), p.text), '"')
		}
	}
	if s.limitReached || len(dst)-from > maxRendered {
		return nil, gateway.InvalidField("prompts.render", "variables", "The rendered prompt is too large.")
	}
	if len(s.missing) == 0 {
		return dst, nil
	}
	bad := make([]string, len(s.missing))
	for i, path := range s.missing {
		bad[i] = "variable '" + path[len("variables."):] + "' is missing"
	}
	return nil, variablesError(s.missing[0], bad)
}
