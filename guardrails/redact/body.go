package redact

import (
	"slices"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// bodyParts are the strings of a body that are not searched like others, by their offset.
type bodyParts struct {
	signed, binary map[int]bool

	dialect gateway.Dialect
	body    []byte
	uses    map[int]textUse // nil until use is called
}

// textUse says which replacements a text of a body can have.
type textUse uint8

const (
	usedAsText textUse = iota
	usedAsName         // of a function
	usedAsHandle
)

func partsOfBody(d gateway.Dialect, raw []byte) bodyParts {
	return bodyParts{signed: offsets(d.Signed(raw)), binary: offsets(d.Binary(raw)), dialect: d, body: raw}
}

// use returns how the text at an offset is used. It reads the body on the first call, because few
// bodies need it.
func (p *bodyParts) use(start int) textUse {
	if p.uses == nil {
		p.uses = map[int]textUse{}
		for _, t := range p.dialect.Texts(p.body) {
			switch {
			case t.Name:
				p.uses[t.At.Start] = usedAsName
			case t.Handle:
				p.uses[t.At.Start] = usedAsHandle
			}
		}
	}
	return p.uses[start]
}

// offsets is the set of the places at which the spans begin, nil if there are none.
func offsets(spans []gateway.Span) map[int]bool {
	var starts map[int]bool
	for _, span := range spans {
		if starts == nil {
			starts = make(map[int]bool, len(spans))
		}
		starts[span.Start] = true
	}
	return starts
}

// leaf is a key, string or number of a body.
type leaf struct {
	field      string // the top-level field that holds it
	top        bool   // it is the name of the field itself
	list       string // the list of a message's parts that it is a text of, ""
	signed     bool
	kind       jsonx.Kind
	value      string
	start, end int
}

// leaves lists the leaves of the body in the order in which the model reads them. It omits
// words of the format, which are nobody's data, unless one is a whole text part: that may be a
// piece of a value.
func (p *bodyParts) leaves() []leaf {
	leaves := make([]leaf, 0, 8) // a short conversation has no more
	visit(p.body, func(n jsonx.Node) {
		if p.binary[n.Start] {
			return
		}
		l := leaf{field: n.Path.Key(0), top: len(n.Path) == 1 && n.Kind == jsonx.KindKey,
			signed: n.Kind == jsonx.KindString && p.signed[n.Start],
			kind:   n.Kind, value: n.Text(), start: n.Start, end: n.End()}
		if n.Kind == jsonx.KindString && n.Path.Key(-1) == "text" && !l.signed {
			l.list, _ = PartList(n.Path.String())
		}
		if l.list == "" && p.dialect.IsWord(l.value) {
			return
		}
		leaves = append(leaves, l)
	})
	slices.SortStableFunc(leaves, func(a, b leaf) int { return p.dialect.Field(a.field).Rank - p.dialect.Field(b.field).Rank })
	return leaves
}

// body redacts a JSON object that goes upstream: a request's body, or parameters that a
// config adds to one. It returns nil if nothing changes.
func (r *Redaction) body(d gateway.Dialect, raw []byte, find finder) ([]byte, error) {
	edit := func(label, value string, _ jsonx.Kind) (string, bool) { return r.hide(value, find(label, value)) }
	if r.ctx.Err() != nil {
		return nil, callerGone(r.ctx)
	}
	var edits []jsonx.Edit
	parts := partsOfBody(d, raw)
	leaves := parts.leaves()
	split := splitValues(leaves, find)
	for i, l := range leaves {
		if r.ctx.Err() != nil {
			return nil, callerGone(r.ctx)
		}
		text, ok, err := "", false, error(nil)
		switch {
		case len(split[i]) > 0:
			text, ok = r.hideSplit(l.value, split[i], find), true
		case l.kind == jsonx.KindString && changesName(l.value, find) && parts.use(l.start) == usedAsName:
			text, ok = r.hideInName(l.value, find)
		default:
			text, ok, err = r.leaf(d.Field(l.field).Use, l, edit)
			if ok && !l.signed && l.kind == jsonx.KindString && parts.use(l.start) == usedAsHandle {
				text = r.hideHandle(l.value)
			}
		}
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
