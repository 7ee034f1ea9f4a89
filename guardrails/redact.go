package guardrails

import (
	"context"
	"errors"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/guardrails/checks/pii"
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
				in = ex.With(req)
				if len(v.kinds) > 0 {
					ex.Facts.Redacted = v.hits()
					if ex.Plan.Redact.Restore {
						back = &restorer{vault: v}
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
	const op = "guardrails.Redact"
	defer func() {
		if recover() != nil {
			out, err = nil, &gateway.Error{Op: op, Kind: gateway.Internal,
				Public: "The request could not be redacted, so it was not sent.", Err: errors.New("panic in the detector")}
		}
	}()
	sc, err := s.scanner(entities)
	if err != nil {
		return nil, nil, &gateway.Error{Op: op, Kind: gateway.Invalid, Param: "redact.input", Public: "The config's redact: " + err.Error() + ".", Err: err}
	}
	v = newVault()
	out = req
	keys := s.held()
	if keys.suspects(sc, req.Raw) || req.Prompt != nil && keys.suspects(sc, req.Prompt.Variables) {
		p := pass{scanner: sc, held: keys, vault: v, texts: req.Texts()}
		var edits []gateway.Edit
		for _, t := range p.texts {
			if text, changed := p.text(label(t.Path), t.Value); changed {
				edits = append(edits, gateway.Edit{Text: t, New: text})
			}
		}
		out, err = req.With(edits)
	}
	if err == nil {
		out, err = s.identify(out)
	}
	if err != nil {
		return nil, nil, &gateway.Error{Op: op, Kind: gateway.Internal, Public: "The request could not be redacted, so it was not sent.", Err: errors.New("edit refused")}
	}
	return out, v, nil
}

// label is the key that a template variable stands under; other places of a request say
// nothing about what stands there.
func label(path string) string {
	if !strings.HasPrefix(path, "variables.") {
		return ""
	}
	return path[strings.LastIndexByte(path, '.')+1:]
}

// pass is the redaction of one request.
type pass struct {
	scanner  *pii.Scanner
	held     *held
	vault    *vault
	texts    []gateway.Text
	reserved bool
	room     [8]pii.Span
}

// text redacts one string.
func (p *pass) text(label, value string) (string, bool) {
	if isJSON(value) {
		return rewrite(value, 1, func(label, value string, _ bool) (string, bool) { return p.plain(label, value) })
	}
	return p.plain(label, value)
}

func (p *pass) plain(label, value string) (string, bool) {
	spans := p.held.find(p.room[:0], p.scanner, label, value)
	if len(spans) == 0 {
		return value, false
	}
	if !p.reserved {
		p.reserved = true
		for _, t := range p.texts {
			p.vault.reserve(t.Value)
		}
	}
	b := make([]byte, 0, len(value)+16)
	at := 0
	for _, sp := range spans {
		b = append(b, value[at:sp.Start]...)
		b = p.vault.hide(b, sp.Entity, value[sp.Start:sp.End])
		at = sp.End
	}
	return string(append(b, value[at:]...)), true
}

// identify puts pseudonyms into the fields that say who asks.
func (s *Service) identify(req *gateway.Request) (*gateway.Request, error) {
	var out []byte
	at := 0
	fields(req.Raw, func(key []byte, start, end int) {
		switch string(key) {
		case `"user"`, `"safety_identifier"`, `"prompt_cache_key"`, `"metadata"`:
			text, changed := rewrite(string(req.Raw[start:end]), maxNesting, func(_, value string, _ bool) (string, bool) {
				p := s.Pseudonym(value)
				return p, p != value
			})
			if changed {
				out = append(out, req.Raw[at:start]...)
				out = append(out, text...)
				at = end
			}
		}
	})
	if out == nil {
		return req, nil
	}
	return req.WithRaw(append(out, req.Raw[at:]...))
}
