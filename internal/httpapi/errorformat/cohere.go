package errorformat

import (
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi/verdict"
)

// Cohere is the envelope that Cohere's clients read (https://docs.cohere.com/reference/errors). A
// stream ends with an event that says the answer was given up.
type Cohere struct{}

type cohereError struct {
	ID      string               `json:"id"` // of the request
	Message string               `json:"message"`
	Param   string               `json:"param,omitempty"` // the field at fault; Sluice's own
	Code    string               `json:"code,omitempty"`  // Sluice's own
	Hooks   *verdict.HookResults `json:"hook_results,omitempty"`
}

// Error implements Format.
func (Cohere) Error(c Call, e *gateway.Error, _ int) any {
	return cohereError{ID: c.ID, Message: text(e), Param: e.Param, Code: e.Code, Hooks: deniedBy(c, e)}
}

type cohereFailure struct {
	Type  string `json:"type"` // "message-end"
	Delta struct {
		Reason string `json:"finish_reason"` // "ERROR"
		Error  string `json:"error"`
	} `json:"delta"`
}

// StreamError implements Format.
func (Cohere) StreamError(_ Call, e *gateway.Error, _ int) any {
	end := cohereFailure{Type: "message-end"}
	end.Delta.Reason, end.Delta.Error = "ERROR", text(e)
	return end
}
