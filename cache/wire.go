package cache

import (
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// This file holds what the stage knows of the wire format of requests and answers. The key
// package has its own part in conversation.go and canonical.go.

// streamsLogprobs reports a streamed request for log probabilities. They are lost when events
// are folded into a body.
func streamsLogprobs(req *gateway.Request) bool {
	return req.Stream() && string(jsonx.Get(req.Raw, "logprobs")) == "true"
}

// bodyChunk is a whole stored answer as a chunk.
func bodyChunk(body []byte) gateway.Chunk {
	c := gateway.Chunk{Raw: body, Form: gateway.FormBody, Lasting: true}
	c.ReadDeltas(nil)
	return c
}

// finished reports whether every choice of a whole answer has a proper finish reason.
func finished(c *gateway.Chunk) bool {
	for i := range c.Deltas {
		if !properFinish(c.Deltas[i].Finish) {
			return false
		}
	}
	return len(c.Deltas) > 0
}

// foldedFinished is finished for an answer that was folded from events.
func foldedFinished(r *gateway.Response) bool {
	for i := range r.Choices {
		if !properFinish(r.Choices[i].Finish) {
			return false
		}
	}
	return len(r.Choices) > 0
}

func properFinish(reason string) bool {
	switch reason {
	case "stop", "length", "tool_calls", "function_call":
		return true
	}
	return false
}

// hasEmbeddings reports whether an answer holds at least one embedding.
func hasEmbeddings(body []byte) bool { return jsonx.Get(body, "data", "0") != nil }

// choicesOf returns what the model said, as JSON. It is the whole body if there are no
// choices, so that a check for personal data misses nothing.
func choicesOf(body []byte) []byte {
	if choices := jsonx.Get(body, "choices"); choices != nil {
		return choices
	}
	return body
}
