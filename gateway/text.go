package gateway

import (
	"github.com/sluicegate/sluice/internal/jsonx"
)

// Text is one string that the caller wrote, with its position in the Request. In template
// variables, it may also be a number.
type Text struct {
	Path  string // "messages[0].content", "variables.email"
	Value string // decoded
	Role  string // role of its message, "" elsewhere
	// Signed is true for text in a part that the vendor signed or encrypted, such as
	// reasoning. The vendor rejects a changed part, so an edit may only undo an edit of the
	// answer.
	Signed bool
	// Name is true if the text names a function. Vendors allow only letters, digits, "_" and
	// "-" there.
	Name bool
	// Handle is true for an id that ties a call to its result, or names an item. It is opaque:
	// nobody reads it, and vendors allow only letters, digits, "_" and "-" there.
	Handle bool
	// Bare is true for a key, a number or a setting, which is not text for the model. Only
	// Judged lists them.
	Bare bool
	At   Span // span in Raw or in the variables, with quotes

	variables bool
}

// Edit replaces the value of a Text of the same Request.
type Edit struct {
	Text Text
	New  string
}

// Texts lists every string that the caller wrote (see Dialect.Texts), and the template
// variables. Numbers of seven digits or more in variables count as texts, because a card
// number need not be quoted.
func (r *Request) Texts() []Text {
	out := r.Dialect.Texts(r.Raw)
	if r.Prompt == nil || len(r.Prompt.Variables) == 0 {
		return out
	}
	jsonx.Walk(r.Prompt.Variables, func(n jsonx.Node) jsonx.Action { // already validated
		if n.Kind != jsonx.KindString && (n.Kind != jsonx.KindNumber || len(n.Raw()) < 7) {
			return jsonx.Descend
		}
		out = append(out, Text{Path: "variables." + n.Path.String(), Value: n.Text(), variables: true, At: Span{n.Start, n.End()}})
		return jsonx.Descend
	})
	return out
}

// With returns a copy of r with the edits applied. They must come from r.Texts(). Each New
// is encoded as a JSON string.
func (r *Request) With(edits []Edit) (*Request, error) {
	if len(edits) == 0 {
		return r, nil
	}
	var body, variables []jsonx.Edit
	for _, e := range edits {
		s := jsonx.Edit{Start: e.Text.At.Start, End: e.Text.At.End, New: jsonx.Quote(e.New)}
		if e.Text.variables {
			variables = append(variables, s)
		} else {
			body = append(body, s)
		}
	}
	c := *r
	c.Raw = jsonx.Splice(r.Raw, body)
	if len(variables) > 0 {
		p := *r.Prompt
		p.Variables = jsonx.Splice(p.Variables, variables)
		c.Prompt = &p
	}
	return &c, nil
}

// Judged lists everything in the body that goes upstream, for guardrails: first the texts of
// Texts in their order, then, marked Bare, every other string, key and number. It omits
// base64 data in parts that are declared as binary, and words of the format itself.
func (r *Request) Judged() []Text { return JudgedIn(r.Dialect, r.Raw) }

// JudgedIn is Judged for a JSON object with fields of a request, such as the parameters that
// a config adds.
func JudgedIn(d Dialect, raw []byte) []Text {
	out := d.Texts(raw)
	left := map[int]bool{} // offsets that are texts already, or no texts at all
	for _, t := range out {
		left[t.At.Start] = true
	}
	for _, binary := range d.Binary(raw) {
		left[binary.Start] = true
	}
	jsonx.Walk(raw, func(n jsonx.Node) jsonx.Action { // raw was checked
		switch n.Kind {
		case jsonx.KindKey, jsonx.KindString, jsonx.KindNumber:
		default:
			return jsonx.Descend
		}
		if left[n.Start] {
			return jsonx.Descend
		}
		value := n.Text()
		if n.Kind == jsonx.KindNumber || !d.IsWord(value) {
			out = append(out, Text{Path: n.Path.String(), Value: value, At: Span{n.Start, n.End()}, Bare: true})
		}
		return jsonx.Descend
	})
	return out
}
