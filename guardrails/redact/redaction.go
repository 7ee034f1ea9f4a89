package redact

import (
	"context"
	"slices"

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
func (r *Redaction) Unedited() []gateway.EntityHits { return entityHits(r.unedited) }

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
	raw, err := r.body(req.Dialect, req.Raw, r.findTyped, partsOfBody(req))
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
	if r.ctx.Err() != nil || isDataURL(value) {
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

// bodyParts are the strings of a body that are not searched like others, by their offset.
type bodyParts struct {
	signed map[int]bool
	binary map[int]bool
}

func partsOfBody(req *gateway.Request) bodyParts {
	parts := bodyParts{map[int]bool{}, map[int]bool{}}
	for _, span := range req.Dialect.Signed(req.Raw) {
		parts.signed[span.Start] = true
	}
	for _, span := range req.Dialect.Binary(req.Raw) {
		parts.binary[span.Start] = true
	}
	return parts
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

// leaf is a key, string or number of a body.
type leaf struct {
	field      string // the top-level field that holds it
	top        bool   // it is the name of the field itself
	signed     bool
	kind       jsonx.Kind
	value      string
	start, end int
}

// leavesOf lists the leaves of a body in the order in which the model reads them.
func leavesOf(d gateway.Dialect, body []byte, parts bodyParts) []leaf {
	var leaves []leaf
	visit(body, func(n jsonx.Node) {
		if parts.binary[n.Start] {
			return
		}
		leaves = append(leaves, leaf{field: n.Path.Key(0), top: len(n.Path) == 1 && n.Kind == jsonx.KindKey,
			signed: n.Kind == jsonx.KindString && parts.signed[n.Start],
			kind:   n.Kind, value: n.Text(), start: n.Start, end: n.End()})
	})
	slices.SortStableFunc(leaves, func(a, b leaf) int { return d.Field(a.field).Rank - d.Field(b.field).Rank })
	return leaves
}

// body redacts a JSON object that goes upstream: a request's body, or parameters that a
// config adds to one. It returns nil if nothing changes.
func (r *Redaction) body(d gateway.Dialect, raw []byte, find finder, parts bodyParts) ([]byte, error) {
	edit := func(label, value string, _ jsonx.Kind) (string, bool) { return r.hide(value, find(label, value)) }
	var edits []jsonx.Edit
	for _, l := range leavesOf(d, raw, parts) {
		if r.ctx.Err() != nil {
			return nil, callerGone(r.ctx)
		}
		text, ok, err := r.leaf(d.Field(l.field).Use, l, edit)
		if err != nil {
			return nil, err
		}
		if ok {
			edits = append(edits, jsonx.Edit{Start: l.start, End: l.end, New: jsonx.Quote(text)})
		}
	}
	switch {
	case r.ctx.Err() != nil: // during the last leaf, which may be long
		return nil, callerGone(r.ctx)
	case edits == nil:
		return nil, nil
	}
	return jsonx.Splice(raw, edits), nil
}

// leaf returns the replacement of one leaf of a body. The keys of a body are no labels:
// "tool_call_id" does not announce a telephone number.
func (r *Redaction) leaf(use gateway.FieldUse, l leaf, edit editor) (string, bool, error) {
	switch use {
	case gateway.UseIdentity:
		if l.top {
			return "", false, nil
		}
		edit = r.pseudonym
	case gateway.UseModel:
		if !l.top && len(r.find("", l.value)) > 0 {
			return "", false, gateway.InvalidField(op, l.field, "The field '"+l.field+"' holds personal data or a credential, which cannot be replaced there.")
		}
		return "", false, nil
	case gateway.UseSeed:
		if l.kind == jsonx.KindNumber { // any number may be a seed
			return "", false, nil
		}
	}
	if l.signed {
		text, ok := r.hideSigned(l.value)
		return text, ok, nil
	}
	text, ok := edited("", l.value, l.kind, maxNesting, edit)
	return text, ok, nil
}
