package cache

import (
	"github.com/sluicegate/sluice/cache/answer"
	"github.com/sluicegate/sluice/gateway"
)

// bodyChunk is a whole stored answer as a chunk.
func bodyChunk(d gateway.Dialect, body []byte) gateway.Chunk {
	c := gateway.Chunk{Raw: body, Form: gateway.FormBody, Dialect: d}
	c.Read()
	return c
}

// finished reports whether every choice of an answer has a proper finish reason.
func finished(r *gateway.Response) bool {
	for i := range r.Choices {
		switch r.Choices[i].Finish {
		case "stop", "length", "tool_calls", "function_call":
		default:
			return false
		}
	}
	return len(r.Choices) > 0
}

// wholeText reports whether an answer is a text that came to its end. Others answer the same
// question only, never a near one.
func wholeText(r *gateway.Response) bool {
	for i := range r.Choices {
		c := &r.Choices[i]
		if c.Finish != "stop" || len(c.Tools) > 0 || c.Refusal() != "" || answer.Refuses(c.Text()) {
			return false
		}
	}
	return true
}
