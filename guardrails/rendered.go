package guardrails

import (
	"context"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
)

// rendered redacts once more what a template made: "{{user}}@{{domain}}" is no address
// before it is rendered. What the template itself holds stays, it is not the caller's. The
// answer gets its originals back here, outside the cache and inside the stage redact, whose
// fold is then made here too.
func (s *Service) rendered(ctx context.Context, ex *gateway.Exchange, next gateway.Handler) (gateway.Stream, error) {
	asked, prompt := ex.Facts.Asked, ex.Facts.Prompt
	if asked == nil || asked.Prompt == nil || prompt == nil || !ex.Plan.Redact.On() {
		return next(ctx, ex)
	}
	req, v, err := s.assembled(ex.Plan.Redact.Input, ex.Request, asked.Prompt.Variables)
	if err != nil {
		return nil, err
	}
	if v == nil {
		return next(ctx, ex)
	}
	fact := *prompt
	fact.Rendered = req
	ex.Facts.Prompt, ex.Facts.Redacted = &fact, merge(ex.Facts.Redacted, v.hits())
	stream, err := next(ctx, ex.With(req))
	if err != nil || !ex.Plan.Redact.Restore {
		return stream, err
	}
	return &answer{Stream: stream, facts: ex.Facts, folded: new(gateway.Response), back: newRestorer(v, req)}, nil
}

// assembled replaces in req the values that a part of the variables stands in; without any, the
// vault is nil.
func (s *Service) assembled(entities []string, req *gateway.Request, variables []byte) (out *gateway.Request, v *vault, err error) {
	defer unredacted(&err)
	sc, err := s.scanner(entities)
	if err != nil {
		return nil, nil, err
	}
	if !s.held().suspects(sc, req.Raw) {
		return req, nil, nil
	}
	parts := leaves(nil, gjson.ParseBytes(variables))
	v = newVault()
	p := s.pass(sc, v)
	defer p.end()
	p.made = func(value string) bool { return holdsAny(value, parts) }
	p.typed[0] = req.Raw
	raw, err := p.body(req.Raw)
	if err != nil || len(v.kinds) == 0 {
		return req, nil, err
	}
	req, err = req.WithRaw(raw)
	return req, v, err
}

// leaves lists the texts and numbers in v that are long enough to be a part of a value.
func leaves(dst []string, v gjson.Result) []string {
	if v.IsObject() || v.IsArray() {
		v.ForEach(func(_, v gjson.Result) bool {
			dst = leaves(dst, v)
			return true
		})
	} else if s := v.String(); len(s) > 1 {
		dst = append(dst, s)
	}
	return dst
}

func holdsAny(value string, parts []string) bool {
	for _, part := range parts {
		if strings.Contains(value, part) {
			return true
		}
	}
	return false
}

func merge(a, b []gateway.EntityHits) []gateway.EntityHits {
	out := append([]gateway.EntityHits(nil), a...)
next:
	for _, h := range b {
		for i := range out {
			if out[i].Entity == h.Entity {
				out[i].Count += h.Count
				continue next
			}
		}
		out = append(out, h)
	}
	return out
}
