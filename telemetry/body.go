package telemetry

import (
	"bytes"
	"slices"
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
func (b *builder) bodies(r *Record, t *texts, e *entry) {
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
		r.Request = b.asked(t, f)
	}
	if f.Answer != nil {
		raw := f.Answer.Body()
		if r.Op == string(gateway.OpEmbeddings) {
			raw = withoutVectors(raw)
		}
		r.Response = b.body(t, raw)
	}
}

func (b *builder) body(t *texts, raw []byte) []byte {
	if len(raw) > b.bodyMax {
		if raw = b.cleanser.body(t, raw, false); len(raw) > b.bodyMax {
			out := append([]byte(`{"omitted":"the body is larger than telemetry keeps","bytes":`), strconv.Itoa(len(raw))...)
			return append(out, '}')
		}
	}
	return b.cleanser.body(t, raw, b.content != ContentFull)
}

// asked is the request that the model got to see: of a prompt call what the template became,
// with the variables that it was made of.
func (b *builder) asked(t *texts, f *gateway.Facts) []byte {
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
		return b.body(t, shown.Raw)
	}
	if shown.Field("variables") != nil {
		if with, err := sjson.SetRawBytes(shown.Raw, "variables", variables); err == nil {
			return b.body(t, with)
		}
		return b.body(t, shown.Raw)
	}
	return b.withVariables(t, shown.Raw, variables)
}

// withVariables is the body of an object that has no field "variables", with one at its end.
// The cleansed pieces are put together where they are kept; only what may be kept otherwise,
// because it is too long or no JSON, is put together before.
func (b *builder) withVariables(t *texts, object, variables []byte) []byte {
	end, field := bytes.LastIndexByte(object, '}'), []byte(`,"variables":`)
	if before := bytes.TrimRight(object[:end], " \t\r\n"); len(before) > 0 && before[len(before)-1] == '{' {
		field = field[1:]
	}
	pieces := [...][]byte{object[:end], field, variables, object[end:]}
	at, size, ok := len(*t), 0, true
	for _, p := range pieces {
		size += len(p)
	}
	for i := 0; i < len(pieces) && size <= b.bodyMax && ok; i++ {
		ok = b.cleanser.piece(t, pieces[i], b.content != ContentFull)
	}
	if size <= b.bodyMax && ok {
		return t.since(at)
	}
	*t = (*t)[:at]
	return b.body(t, slices.Concat(pieces[:]...))
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
