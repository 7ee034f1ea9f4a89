package errorformat

import "github.com/sluicegate/sluice/gateway"

// Responses is how OpenAI's Responses API tells failures. The response is OpenAI's; the
// event that ends a stream has a type, and repeats the error as an object, which some clients
// read alone (https://platform.openai.com/docs/api-reference/responses-streaming/error).
type Responses struct{ OpenAI }

type responsesStreamError struct {
	Type    string      `json:"type"` // "error"
	Code    any         `json:"code"`
	Message string      `json:"message"`
	Param   *string     `json:"param"`
	Error   errorObject `json:"error"`
}

// Error implements Format. A key that is no good has the code that OpenAI's clients know.
func (f Responses) Error(c Call, e *gateway.Error, status int) any {
	if e.Kind == gateway.Unauthorized {
		known := *e
		known.Code = "invalid_api_key"
		e = &known
	}
	return f.OpenAI.Error(c, e, status)
}

// StreamError implements Format. Its sequence_number is that of the stream's next event.
func (Responses) StreamError(c Call, e *gateway.Error, status int) any {
	o := errorObjectOf(c, e, status)
	if o.Code == nil {
		o.Code = o.Type
	}
	return responsesStreamError{Type: "error", Code: o.Code, Message: o.Message, Param: o.Param, Error: o}
}
