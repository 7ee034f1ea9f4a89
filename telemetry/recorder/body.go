package recorder

import (
	"fmt"

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
	texts := b.cleanser.ofRecord()
	if f.Asked != nil {
		r.Request = b.body(&texts, requestBody(f))
	}
	if f.Answer != nil {
		r.Response = b.body(&texts, answerBody(f.Answer, gateway.Op(r.Op)))
	}
}

// body returns what is recorded of a body.
func (b *builder) body(texts *cleanser, raw []byte) []byte {
	if len(raw) > b.bodyMax { // files inside it are not kept: it may be short enough without them
		if raw = texts.body(raw, false); len(raw) > b.bodyMax {
			return fmt.Appendf(nil, `{"omitted":"the body is larger than telemetry keeps","bytes":%d}`, len(raw))
		}
	}
	return texts.body(raw, b.content != ContentFull)
}

// answerBody returns the answer. One that was too long to be kept says so.
func answerBody(a *gateway.Response, op gateway.Op) []byte {
	raw := a.Recordable(op)
	if !a.Truncated {
		return raw
	}
	if len(raw) == 0 {
		raw = []byte("{}")
	}
	return jsonx.Update(raw, jsonx.Change{Name: "truncated", Value: []byte("true")})
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
