package recorder

import (
	"fmt"
	"strconv"

	"github.com/tidwall/gjson"
	"github.com/tidwall/sjson"

	"github.com/sluicegate/sluice/gateway"
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
	with, err := sjson.SetRawBytes(shown.Raw, "variables", variables)
	if err != nil {
		return shown.Raw
	}
	return with
}

// withoutVectors replaces each embedding by its dimension: vectors give the text away, and
// nobody reads them in a log.
func withoutVectors(raw []byte) []byte {
	data := gjson.GetBytes(raw, "data")
	if !data.IsArray() {
		return raw
	}
	list := []byte{'['}
	data.ForEach(func(_, item gjson.Result) bool {
		if len(list) > 1 {
			list = append(list, ',')
		}
		list = append(list, withoutVector(item)...)
		return true
	})
	list = append(list, ']')
	out := append([]byte(nil), raw[:data.Index]...)
	out = append(out, list...)
	return append(out, raw[data.Index+len(data.Raw):]...)
}

func withoutVector(item gjson.Result) []byte {
	if !item.IsObject() {
		return []byte("null")
	}
	out := []byte{'{'}
	item.ForEach(func(k, v gjson.Result) bool {
		if len(out) > 1 {
			out = append(out, ',')
		}
		if k.String() != "embedding" {
			out = append(append(append(out, k.Raw...), ':'), v.Raw...)
			return true
		}
		n := len(v.Raw)
		if v.IsArray() {
			n = int(v.Get("#").Int())
		}
		out = strconv.AppendInt(append(out, `"dimensions":`...), int64(n), 10)
		return true
	})
	return append(out, '}')
}
