package route

import (
	"context"
	"slices"

	"github.com/sluicegate/sluice/gateway"
)

// pinned are the default configs of the caller's organisation, workspace and API key. Their top-level
// guardrails and redact apply to every request, whatever config chooses its targets. Another
// config can add to them but not weaken them. Their cache policies bound what a caller may ask for.
type pinned []*savedEntry

// pinnedFor reads the configs that are pinned for a caller. If one cannot be read, the
// request is refused, because its guardrails are unknown.
func (s *Service) pinnedFor(ctx context.Context, ex *gateway.Exchange) (pinned, error) {
	who := ex.Principal
	var out pinned
	for _, ref := range []struct{ source, workspace, slug string }{
		{gateway.SourceOrganisation, who.OrganisationWorkspace, who.OrganisationConfig},
		{gateway.SourceWorkspace, who.Workspace, who.Config},
		{gateway.SourceAPIKey, who.Workspace, who.KeyConfig},
		{gateway.SourceAPIKey, who.HomeWorkspace, who.HomeConfig},
	} {
		if ref.slug == "" {
			continue
		}
		e, err := s.savedConfig(ctx, ref.workspace, ref.slug)
		switch {
		case err != nil:
			return nil, unknownConfig(err, ex, ref.source, ref.slug)
		case e.invalid != nil:
			return nil, e.invalid
		case !slices.Contains(out, e):
			out = append(out, e)
		}
	}
	return out, nil
}

// input returns the pinned input guardrails, then those of own that are not among them.
func (p pinned) input(own []gateway.GuardrailSpec) []gateway.GuardrailSpec {
	var out []gateway.GuardrailSpec
	for _, e := range p {
		out = addGuardrails(out, e.doc.Input)
	}
	return addGuardrails(out, own)
}

// output returns the pinned output guardrails, then those of own that are not among them.
func (p pinned) output(own []gateway.GuardrailSpec) []gateway.GuardrailSpec {
	var out []gateway.GuardrailSpec
	for _, e := range p {
		out = addGuardrails(out, e.doc.Output)
	}
	return addGuardrails(out, own)
}

// redact returns policy with the pinned configs' redact settings added.
func (p pinned) redact(policy gateway.RedactPolicy) gateway.RedactPolicy {
	for _, e := range p {
		r := e.doc.Redact
		if r == nil || r.Off {
			continue
		}
		if !policy.On() {
			policy.Restore = true
		}
		policy.Input = slices.Clip(policy.Input)
		for _, name := range r.Input {
			if !slices.Contains(policy.Input, name) {
				policy.Input = append(policy.Input, name)
			}
		}
		if r.Restore != nil && !*r.Restore {
			policy.Restore = false
		}
	}
	return policy
}

// redacts reports whether a pinned config redacts.
func (p pinned) redacts() bool { return p.redact(gateway.RedactPolicy{}).On() }

// caches returns the cache policies that the pinned configs set.
func (p pinned) caches() []gateway.CachePolicy {
	var out []gateway.CachePolicy
	for _, e := range p {
		if e.doc.Cache != nil {
			out = append(out, *e.doc.Cache)
		}
	}
	return out
}
