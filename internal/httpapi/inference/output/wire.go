package output

import (
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/anthropic"
	"github.com/sluicegate/sluice/gateway/dialect/cohere"
	"github.com/sluicegate/sluice/gateway/dialect/responses"
	"github.com/sluicegate/sluice/gateway/sse"
	"github.com/sluicegate/sluice/internal/httpapi"
)

// Wire is how one surface frames the events of an answer. What they say is the dialect's.
type Wire struct {
	eventName func(raw []byte) string // of the "event:" line; "" = there is none
	keepAlive []byte                  // sent into a silence
	done      []byte                  // after the last event
	list      bool                    // the events are the elements of one JSON array
	lines     bool                    // each event is a line of JSON
	chat      bool                    // OpenAI's format, which OpenRouter extends
	numbered  bool                    // events have a sequence_number
	// namedHooks: guardrails' results are an event of their own, before the first one. Clients of
	// formats without names of events would take it for an answer.
	namedHooks bool
	// cutsBroken: a stream that broke off has no end of its body, because some clients of the
	// format pass over an error event and take what came before for the whole answer.
	cutsBroken bool
}

// contentType is the media type of a stream.
func (w Wire) contentType() string {
	switch {
	case w.list:
		return "application/json"
	case w.lines:
		return "application/x-ndjson"
	}
	return sse.ContentType
}

// openRouter reports whether the answer is written in OpenRouter's manner.
func (w Wire) openRouter(c *httpapi.Call) bool { return w.chat && c.OpenRouter() }

// costs reports whether the usage in the answer carries the cost in USD.
func (w Wire) costs(c *httpapi.Call) bool {
	return w.chat && (c.OpenRouter() || c.Exchange.Envelope.IncludeUsage)
}

// Chat is that of OpenAI's chat.
var Chat = Wire{
	eventName: func([]byte) string { return "" },
	keepAlive: sse.AppendComment(nil, "keep-alive"),
	done:      []byte(sse.Done),
	chat:      true,
}

// Gemini is Google's with alt=sse: events without names, and no end mark, so that the end
// of the body is all that tells a whole answer from a broken one. An empty line fills a
// silence: Google's Python client takes a comment for an answer.
var Gemini = Wire{
	eventName:  func([]byte) string { return "" },
	keepAlive:  []byte("\n"),
	cutsBroken: true,
}

// GeminiList is Google's without alt=sse. White space fills a silence. The array of an
// answer that breaks off holds the error as its last element and is not closed.
var GeminiList = Wire{keepAlive: []byte("\n"), done: []byte("\n]\n"), list: true, cutsBroken: true}

// Messages is Anthropic's: each event is named by its type, the last one is
// message_stop, and a ping fills a silence.
var Messages = Wire{
	eventName:  anthropic.EventName,
	keepAlive:  sse.AppendEvent(nil, "ping", []byte(`{"type":"ping"}`)),
	namedHooks: true,
}

// Responses is that of OpenAI's Responses API: each event is named by its type and numbered,
// and the last one holds the whole response.
var Responses = Wire{
	eventName: responses.EventName,
	keepAlive: sse.AppendComment(nil, "keep-alive"),
	numbered:  true,
}

// Cohere is Cohere's: each event is named by its type, and an end mark follows the last one. Its
// clients pass over the event that tells of a failure.
var Cohere = Wire{
	eventName:  cohere.EventName,
	keepAlive:  sse.AppendComment(nil, "keep-alive"),
	done:       []byte(sse.Done),
	cutsBroken: true,
}

// Ollama is that of lines of JSON. A space fills a silence: parsers pass over it, but not over an
// empty line.
var Ollama = Wire{keepAlive: []byte(" "), lines: true}

// Task is that of an operation of OpenAI's besides chat and embeddings.
func Task(op gateway.Op) Wire {
	w := Chat
	w.chat = false
	if op != gateway.OpCompletions { // events say what they are, and the last one that it is
		w.done, w.eventName = nil, responses.EventName
	}
	return w
}
