package httpapi

import "github.com/sluicegate/sluice/gateway"

// OllamaErrors is the envelope that Ollama's clients read (https://docs.ollama.com/api/errors): the text
// alone, also as the last line of a stream.
type OllamaErrors struct{}

type ollamaError struct {
	Error string       `json:"error"`
	Param string       `json:"param,omitempty"` // the field at fault; Sluice's own
	Code  string       `json:"code,omitempty"`  // Sluice's own
	Hooks *hookResults `json:"hook_results,omitempty"`
}

// Error implements ErrorFormat.
func (OllamaErrors) Error(c *Call, e *gateway.Error, _ int) any {
	return ollamaError{Error: publicText(e), Param: e.Param, Code: e.Code, Hooks: deniedBy(c, e)}
}

// StreamError implements ErrorFormat.
func (f OllamaErrors) StreamError(c *Call, e *gateway.Error, status int) any {
	return f.Error(c, e, status)
}

// deniedBy are the results of the guardrails that denied a call; nil if none did.
func deniedBy(c *Call, e *gateway.Error) *hookResults {
	if c.Exchange == nil || e.Kind != gateway.Denied {
		return nil
	}
	return hookResultsOf(c.Exchange.Facts)
}
