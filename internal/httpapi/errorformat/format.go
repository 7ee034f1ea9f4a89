package errorformat

import (
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi/verdict"
)

// Format writes failures in one wire format.
type Format interface {
	// Error is the body of an error response.
	Error(c Call, e *gateway.Error, status int) any
	// StreamError is the one event that ends a stream which failed after its first byte.
	StreamError(c Call, e *gateway.Error, status int) any
}

// Call is what a format tells of the call that failed.
type Call struct {
	ID         string         // request id
	Facts      *gateway.Facts // of the exchange; nil: the call made none
	OpenRouter bool           // the caller is a client of OpenRouter
}

// Of is the format in which a gateway's errors are written in OpenAI's manner.
func Of(k gateway.Compat) Format {
	switch k {
	case gateway.CompatLiteLLM:
		return LiteLLM{}
	case gateway.CompatOneAPI:
		return OneAPI{}
	}
	return OpenAI{}
}

const noDetails = "Sluice failed to handle this request. The trace id leads to the details."

// text is what the caller reads.
func text(e *gateway.Error) string {
	if e.Public == "" {
		return noDetails
	}
	return e.Public
}

// deniedBy are the results of the guardrails that denied a call; nil if none did.
func deniedBy(c Call, e *gateway.Error) *verdict.HookResults {
	if c.Facts == nil || e.Kind != gateway.Denied {
		return nil
	}
	return verdict.HooksOf(c.Facts)
}
