package errorformat

import (
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi/verdict"
)

// Ollama is the envelope that Ollama's clients read (https://docs.ollama.com/api/errors): the text
// alone, also as the last line of a stream.
type Ollama struct{}

type ollamaError struct {
	Error string               `json:"error"`
	Param string               `json:"param,omitempty"` // the field at fault; Sluice's own
	Code  string               `json:"code,omitempty"`  // Sluice's own
	Hooks *verdict.HookResults `json:"hook_results,omitempty"`
}

// Error implements Format.
func (Ollama) Error(c Call, e *gateway.Error, _ int) any {
	return ollamaError{Error: text(e), Param: e.Param, Code: e.Code, Hooks: deniedBy(c, e)}
}

// StreamError implements Format.
func (f Ollama) StreamError(c Call, e *gateway.Error, status int) any {
	return f.Error(c, e, status)
}
