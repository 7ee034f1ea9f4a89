package gateway

import "github.com/sluicegate/sluice/internal/jsonx"

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
