package recorder

import (
	"bytes"
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
	if f.RedactedRequest != nil {
		r.Request = b.body(&texts, requestBody(f))
	}
	if f.Answer != nil {
		r.Response = b.body(&texts, answerBody(f.Answer, gateway.Op(r.Op)))
	}
	if f.RedactedRequest != nil && f.Sent != nil {
		if r.SentRequest = bytes.Equal(shown(f).Raw, f.Sent); !r.SentRequest {
			r.Sent = b.body(&texts, f.Sent)
		}
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

// shown is the request as it is recorded: that of a prompt call is the rendered template.
func shown(f *gateway.Facts) *gateway.Request {
	if p := f.Prompt; p != nil && p.Rendered != nil {
		return p.Rendered
	}
	return f.RedactedRequest
}

// requestBody returns the request, for a prompt call with the variables that it was rendered from.
func requestBody(f *gateway.Facts) []byte {
	q, variables := shown(f), []byte(nil)
	if f.RedactedRequest.Prompt != nil {
		variables = f.RedactedRequest.Prompt.Variables
	}
	if q != f.RedactedRequest && variables == nil {
		variables = f.RedactedRequest.Field("variables")
	}
	if len(variables) == 0 {
		return q.Raw
	}
	return jsonx.Update(q.Raw, jsonx.Change{Name: "variables", Value: variables})
}
