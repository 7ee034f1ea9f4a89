package recorder

import (
	"fmt"
	"strconv"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
	"github.com/sluicegate/sluice/telemetry"
)

// bodies records the request and the answer as the redact stage left them.
func (b *builder) bodies(r *telemetry.Record, e *entry) {
	f := &e.facts
	r.Body = b.content.bodyState()
	if r.Body == telemetry.BodyNone || e.ex.Envelope != nil && !e.ex.Envelope.KeepBodies {
		r.Body = telemetry.BodyNone
		return
	}
	if e.bodiesDropped {
		r.Body = telemetry.BodyDropped
		return
	}
	if f.Asked != nil {
		r.Request = b.body(requestBody(f))
	}
	if f.Answer != nil {
		raw := f.Answer.Body()
		if r.Op == string(gateway.OpEmbeddings) {
			raw = withoutVectors(raw)
		}
		r.Response = b.body(raw)
	}
}

// body returns what is recorded of a body.
func (b *builder) body(raw []byte) []byte {
	if len(raw) > b.bodyMax { // files inside it are not kept: it may be short enough without them
		if raw = b.cleanser.body(raw, false); len(raw) > b.bodyMax {
			return fmt.Appendf(nil, `{"omitted":"the body is larger than telemetry keeps","bytes":%d}`, len(raw))
		}
	}
	return b.cleanser.body(raw, b.content != ContentFull)
}

// requestBody returns the request that the model received. For a prompt call that is the
// rendered template, with the variables that it was rendered from.
func requestBody(f *gateway.Facts) []byte {
	q := f.Asked
	shown, variables := q, []byte(nil)
	if q.Prompt != nil {
		variables = q.Prompt.Variables
	}
	if p := f.Prompt; p != nil && p.Rendered != nil {
		shown = p.Rendered
		if variables == nil {
			variables = q.Field("variables")
		}
	}
	if len(variables) == 0 {
		return shown.Raw
	}
	return jsonx.Update(shown.Raw, jsonx.Change{Name: "variables", Value: variables})
}

// withoutVectors replaces each embedding in the answer raw by its dimension: vectors reveal the
// text, and nobody reads them in a log.
func withoutVectors(raw []byte) []byte {
	var edits []jsonx.Edit
	replace := func(n jsonx.Node, with string) {
		edits = append(edits, jsonx.Edit{Start: n.Start, End: n.End(), New: []byte(with)})
	}
	err := jsonx.Walk(raw, func(n jsonx.Node) jsonx.Action {
		switch {
		case len(n.Path) < 2 || n.Path.Key(0) != "data" || n.Path[1].Index < 0: // not inside the list
		case len(n.Path) == 2 && n.Kind != jsonx.KindObject: // an item must be an object
			replace(n, "null")
			return jsonx.Skip
		case len(n.Path) == 3 && n.Path.Key(2) == "embedding" && n.Kind == jsonx.KindKey:
			replace(n, `"dimensions"`)
		case len(n.Path) == 3 && n.Path.Key(2) == "embedding":
			replace(n, strconv.Itoa(dimensions(n)))
			return jsonx.Skip
		}
		return jsonx.Descend
	})
	if err != nil {
		return raw
	}
	return jsonx.Splice(raw, edits)
}

// dimensions returns the length of a vector, or the bytes of one that is not an array.
func dimensions(n jsonx.Node) int {
	if n.Kind != jsonx.KindArray {
		return len(n.Raw())
	}
	count := 0
	for range jsonx.Elements(n.Raw()) {
		count++
	}
	return count
}
