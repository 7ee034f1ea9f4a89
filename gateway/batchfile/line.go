package batchfile

import (
	"bytes"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/opaque"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// unknown is an operation that Sluice does not know: all strings of its body are texts.
var unknown = operation{opaque.Dialect{Free: true}, gateway.OpPassThrough}

// member is the member of a line that holds the body of its call.
func (f Format) member() string {
	if f == Gemini {
		return "request"
	}
	return "body"
}

// isCall reports whether a line looks like a call.
func (f Format) isCall(line []byte) bool {
	body := []byte(nil)
	if gateway.CheckBody("batchfile.isCall", line) == nil {
		body = jsonx.Get(line, f.member())
	}
	return len(body) > 0 && body[0] == '{'
}

// call reads a line for filters. why says in a predicate why that is not possible. An operation that
// Sluice does not know is no reason.
func (f Format) call(line []byte) (call gateway.BodyPart, why string) {
	if bytes.IndexByte(line, '\r') >= 0 { // which some take for the end of a line
		return call, "has a carriage return within"
	}
	if err := gateway.CheckBody("batchfile.call", line); err != nil {
		return call, "is no JSON object that every vendor reads alike"
	}
	body := jsonx.Get(line, f.member())
	asked, unasked := f.operation(line, body)
	if unasked != "" {
		asked = unknown
	}
	var err error
	if call.Request, err = gateway.NewRequest(asked.dialect, asked.op, body); err != nil {
		return call, "has no '" + f.member() + "' that every vendor reads alike"
	}
	if call.Around, err = gateway.NewRequest(unknown.dialect, unknown.op, jsonx.Delete(line, f.member())); err != nil {
		return call, "is no JSON object that every vendor reads alike"
	}
	return call, ""
}
