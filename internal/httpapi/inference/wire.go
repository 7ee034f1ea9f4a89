package inference

import (
	"github.com/sluicegate/sluice/gateway/dialect/anthropic"
	"github.com/sluicegate/sluice/gateway/dialect/responses"
	"github.com/sluicegate/sluice/gateway/sse"
	"github.com/sluicegate/sluice/internal/httpapi"
)

// wire is how one surface frames the events of an answer. What they say is the dialect's.
type wire struct {
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
func (w wire) contentType() string {
	switch {
	case w.list:
		return "application/json"
	case w.lines:
		return "application/x-ndjson"
	}
	return sse.ContentType
}

// openRouter reports whether the answer is written in OpenRouter's manner.
func (w wire) openRouter(c *httpapi.Call) bool { return w.chat && c.OpenRouter() }

// costs reports whether the usage in the answer carries the cost in USD.
func (w wire) costs(c *httpapi.Call) bool {
	return w.chat && (c.OpenRouter() || c.Exchange.Envelope.IncludeUsage)
}

var chatWire = wire{
	eventName: func([]byte) string { return "" },
	keepAlive: sse.AppendComment(nil, "keep-alive"),
	done:      []byte(sse.Done),
	chat:      true,
}

// geminiWire is Google's with alt=sse: events without names, and no end mark, so that the end
// of the body is all that tells a whole answer from a broken one. An empty line fills a
// silence: Google's Python client takes a comment for an answer.
var geminiWire = wire{
	eventName:  func([]byte) string { return "" },
	keepAlive:  []byte("\n"),
	cutsBroken: true,
}

// geminiListWire is Google's without alt=sse. White space fills a silence. The array of an
// answer that breaks off holds the error as its last element and is not closed.
var geminiListWire = wire{keepAlive: []byte("\n"), done: []byte("\n]\n"), list: true, cutsBroken: true}

// messagesWire is Anthropic's: each event is named by its type, the last one is
// message_stop, and a ping fills a silence.
var messagesWire = wire{
	eventName:  anthropic.EventName,
	keepAlive:  sse.AppendEvent(nil, "ping", []byte(`{"type":"ping"}`)),
	namedHooks: true,
}

// responsesWire is that of OpenAI's Responses API: each event is named by its type and numbered,
// and the last one holds the whole response.
var responsesWire = wire{
	eventName: responses.EventName,
	keepAlive: sse.AppendComment(nil, "keep-alive"),
	numbered:  true,
}
