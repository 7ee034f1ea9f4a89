package telemetry

import (
	"bytes"
	"strconv"

	"github.com/tidwall/gjson"
	"github.com/tidwall/sjson"

	"github.com/sluicegate/sluice/gateway"
)

// Content says how much of the bodies is recorded.
type Content string

// The contents. The default is ContentRedacted.
const (
	ContentNone     Content = "none"
	ContentRedacted Content = "redacted"
	ContentFull     Content = "full"
)

func (c Content) state() BodyState {
	switch c {
	case ContentNone:
		return BodyNone
	case ContentFull:
		return BodyFull
	default:
		return BodyRedacted
	}
}

// bodies records what was asked and answered, as the redact stage left it.
func (b *builder) bodies(r *Record, e *entry) {
	f := &e.facts
	r.Body = b.content.state()
	if r.Body == BodyNone || e.ex.Envelope != nil && !e.ex.Envelope.KeepBodies {
		r.Body = BodyNone
		return
	}
	if e.shed {
		r.Body = BodyShed
		return
	}
	if f.Asked != nil {
		r.Request = b.body(asked(f))
	}
	if f.Answer != nil {
		raw := f.Answer.Body()
		if r.Op == string(gateway.OpEmbeddings) {
			raw = withoutVectors(raw)
		}
		r.Response = b.body(raw)
	}
}

func (b *builder) body(raw []byte) []byte {
	if len(raw) > b.bodyMax {
		if raw = b.cleanser.body(raw, false); len(raw) > b.bodyMax {
			out := append([]byte(`{"omitted":"the body is larger than telemetry keeps","bytes":`), strconv.Itoa(len(raw))...)
			return append(out, '}')
		}
	}
	return b.cleanser.body(raw, b.content != ContentFull)
}

// asked is the request that the model got to see: of a prompt call what the template became,
// with the variables that it was made of.
func asked(f *gateway.Facts) []byte {
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
	if shown.Field("variables") != nil {
		if with, err := sjson.SetRawBytes(shown.Raw, "variables", variables); err == nil {
			return with
		}
		return shown.Raw
	}
	return withField(shown.Raw, "variables", variables)
}

// withField adds a field to the end of an object that does not have it.
func withField(object []byte, name string, value []byte) []byte {
	end := bytes.LastIndexByte(object, '}')
	out := make([]byte, 0, len(object)+len(name)+len(value)+len(`,"":`))
	out = append(out, object[:end]...)
	if before := bytes.TrimRight(out, " \t\r\n"); len(before) > 0 && before[len(before)-1] != '{' {
		out = append(out, ',')
	}
	out = append(append(append(out, '"'), name...), `":`...)
	return append(append(out, value...), object[end:]...)
}

// withoutVectors replaces each embedding by its dimension: vectors give the text away, and
// nobody reads them in a log.
func withoutVectors(raw []byte) []byte {
	root := gjson.ParseBytes(raw)
	data := root.Get("data")
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
