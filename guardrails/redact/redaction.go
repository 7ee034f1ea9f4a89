package redact

import (
	"context"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/guardrails/pii"
	"github.com/sluicegate/sluice/internal/jsonx"
)

const op = "guardrails.Redact"

// Redaction replaces the values of one exchange. All its methods use one vault. It is not
// safe for concurrent use.
type Redaction struct {
	ctx      context.Context // of the exchange: a long search stops when its caller has left
	detector *Detector
	scanner  *pii.Scanner
	known    *knownSecrets
	vault    *vault
	unedited map[string]int   // findings in signed texts, by entity
	request  *gateway.Request // the request as it is answered
}

// Begin starts the redaction of one exchange. Credentials are replaced with every list of
// entities. An unknown entity is an error. When ctx ends, searches of requests stop with an
// error of the Kind Cancelled.
func (d *Detector) Begin(ctx context.Context, entities []string) (r *Redaction, err error) {
	defer withoutText(&err)
	sc, err := d.scanner(entities)
	if err != nil {
		return nil, &gateway.Error{Op: op, Kind: gateway.Invalid, Param: "redact.input", Public: "The config's redact: " + err.Error() + ".", Err: err}
	}
	return &Redaction{ctx: ctx, detector: d, scanner: sc, known: d.secrets(), vault: newVault(), unedited: map[string]int{}}, nil
}

// Hits counts the distinct values that were replaced, by entity.
func (r *Redaction) Hits() []gateway.EntityHits { return r.vault.hits() }

// Unedited counts the findings in signed texts that were left in place, by entity.
func (r *Redaction) Unedited() []gateway.EntityHits { return HitsOf(r.unedited) }

// Request returns req with the values in its body and in the variables of its prompt call
// replaced, or req itself if there are none.
func (r *Redaction) Request(req *gateway.Request) (out *gateway.Request, err error) {
	defer withoutText(&err)
	prompt := req.Prompt
	if prompt != nil {
		if variables := rewrite(prompt.Variables, maxNesting, r.edit); variables != nil {
			prompt = &gateway.PromptCall{ID: prompt.ID, Variables: variables}
		}
	}
	raw, err := r.body(req.Dialect, req.Raw, r.findTyped)
	if err != nil {
		return nil, err
	}
	if raw == nil && prompt == req.Prompt {
		r.request = req
		return req, nil
	}
	out = req
	if raw != nil {
		if out, err = req.WithRaw(raw); err != nil {
			return nil, err
		}
	} else {
		c := *req
		out = &c
	}
	out.Prompt = prompt
	r.request = out
	return out, nil
}

// finder returns the spans of a text that are replaced.
type finder func(label, value string) []pii.Span

// find returns the entities and the credentials in a text. It finds nothing once the caller has
// left: who calls it must ask r.ctx afterwards.
func (r *Redaction) find(label, value string) []pii.Span {
	if r.ctx.Err() != nil {
		return nil
	}
	return r.known.find(r.scanner, label, value)
}

// findTyped is find for a text of the caller: lookalikes of placeholders are values too.
func (r *Redaction) findTyped(label, value string) []pii.Span {
	return merge(r.find(label, value), lookalikes(value))
}

// edit replaces the values in a text of the caller.
func (r *Redaction) edit(label, value string, _ jsonx.Kind) (string, bool) {
	return r.hide(value, r.findTyped(label, value))
}

// hide replaces the spans of a text by placeholders.
func (r *Redaction) hide(text string, spans []pii.Span) (string, bool) {
	if len(spans) == 0 {
		return "", false
	}
	return replace(text, spans, func(sp pii.Span) string { return r.vault.hide(sp.Entity, text[sp.Start:sp.End]) }), true
}

// pseudonym replaces a text that identifies the caller.
func (r *Redaction) pseudonym(_, value string, _ jsonx.Kind) (string, bool) {
	p := r.detector.Pseudonym(value)
	return p, p != value
}

// hideSigned replaces the values in a signed text that restoring has put there. It counts
// what else is found.
func (r *Redaction) hideSigned(text string) (string, bool) {
	out := r.vault.hideKnown(text)
	for _, sp := range r.find("", out) {
		r.unedited[sp.Entity]++
	}
	return out, out != text
}
