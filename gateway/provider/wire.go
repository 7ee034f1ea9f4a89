package provider

import (
	"strconv"

	"github.com/sluicegate/sluice/gateway"
)

// head is what every event and body of one answer begins with. It writes OpenAI's format
// for answers that came in another one: append-only, because it runs once per event.
type head struct {
	id, model string
	created   int64
}

func (h *head) open(dst []byte, object string) []byte {
	dst = append(dst, `{"id":`...)
	dst = gateway.AppendQuoted(dst, h.id)
	dst = append(dst, `,"object":"`...)
	dst = append(dst, object...)
	dst = append(dst, `","created":`...)
	dst = strconv.AppendInt(dst, h.created, 10)
	dst = append(dst, `,"model":`...)
	dst = gateway.AppendQuoted(dst, h.model)
	return append(dst, `,"choices":[`...)
}

// event appends a streamed chunk that says d; role adds the role.
func (h *head) event(dst []byte, d *gateway.Delta, role bool) []byte {
	dst = h.open(dst, "chat.completion.chunk")
	dst = append(dst, `{"index":`...)
	dst = strconv.AppendInt(dst, int64(d.Choice), 10)
	dst = append(dst, `,"delta":{`...)
	w := fields{dst: dst}
	if role {
		w.text("role", "assistant")
	}
	if d.Text != "" || role {
		w.text("content", d.Text)
	}
	if d.Reasoning != "" {
		w.text("reasoning_content", d.Reasoning)
	}
	if d.Refusal != "" {
		w.text("refusal", d.Refusal)
	}
	if len(d.Tools) > 0 {
		w.tools(d.Tools, true)
	}
	dst = append(w.dst, `},"finish_reason":`...)
	dst = finish(dst, d.Finish)
	return append(dst, `}]}`...)
}

// count appends the event that reports the usage.
func (h *head) count(dst []byte, u *gateway.Usage) []byte {
	dst = h.open(dst, "chat.completion.chunk")
	dst = append(dst, `],"usage":`...)
	dst = counted(dst, u)
	return append(dst, '}')
}

// body appends a whole answer. Each of ds is one choice.
func (h *head) body(dst []byte, ds []gateway.Delta, u *gateway.Usage) []byte {
	dst = h.open(dst, "chat.completion")
	for i := range ds {
		d := &ds[i]
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, `{"index":`...)
		dst = strconv.AppendInt(dst, int64(d.Choice), 10)
		dst = append(dst, `,"message":{"role":"assistant","content":`...)
		if d.Text == "" && (len(d.Tools) > 0 || d.Refusal != "") {
			dst = append(dst, "null"...)
		} else {
			dst = gateway.AppendQuoted(dst, d.Text)
		}
		w := fields{dst: dst, any: true}
		if d.Reasoning != "" {
			w.text("reasoning_content", d.Reasoning)
		}
		if d.Refusal != "" {
			w.text("refusal", d.Refusal)
		}
		if len(d.Tools) > 0 {
			w.tools(d.Tools, false)
		}
		dst = append(w.dst, `},"logprobs":null,"finish_reason":`...)
		dst = finish(dst, d.Finish)
		dst = append(dst, '}')
	}
	dst = append(dst, ']')
	if u != nil {
		dst = append(dst, `,"usage":`...)
		dst = counted(dst, u)
	}
	return append(dst, '}')
}

func finish(dst []byte, reason string) []byte {
	if reason == "" {
		return append(dst, "null"...)
	}
	return gateway.AppendQuoted(dst, reason)
}

func counted(dst []byte, u *gateway.Usage) []byte {
	b, _ := u.MarshalJSON() // numbers always encode
	return append(dst, b...)
}

// fields appends members of an object.
type fields struct {
	dst []byte
	any bool
}

func (f *fields) name(key string) {
	if f.any {
		f.dst = append(f.dst, ',')
	}
	f.any = true
	f.dst = append(f.dst, '"')
	f.dst = append(f.dst, key...)
	f.dst = append(f.dst, `":`...)
}

func (f *fields) text(key, value string) {
	f.name(key)
	f.dst = gateway.AppendQuoted(f.dst, value)
}

// raw appends value, which is JSON.
func (f *fields) raw(key, value string) {
	f.name(key)
	f.dst = append(f.dst, value...)
}

func (f *fields) tools(ts []gateway.ToolDelta, indexed bool) {
	f.name("tool_calls")
	f.dst = append(f.dst, '[')
	for i := range ts {
		t := &ts[i]
		if i > 0 {
			f.dst = append(f.dst, ',')
		}
		f.dst = append(f.dst, '{')
		w := fields{dst: f.dst}
		if indexed {
			w.raw("index", strconv.Itoa(t.Index))
		}
		if t.ID != "" || t.Name != "" || !indexed {
			w.text("id", t.ID)
			w.text("type", "function")
		}
		w.raw("function", "{")
		call := fields{dst: w.dst}
		if t.Name != "" {
			call.text("name", t.Name)
		}
		call.text("arguments", t.Args)
		f.dst = append(call.dst, '}', '}')
	}
	f.dst = append(f.dst, ']')
}
