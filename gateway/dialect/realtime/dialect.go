package realtime

import (
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/bodyfield"
	"github.com/sluicegate/sluice/gateway/dialect/session"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// Dialect implements gateway.Dialect for the events of a session, and for the request that opens
// one: an object with the model.
type Dialect struct{ session.Dialect }

// Models implements gateway.RequestFormat: those that an event of the caller's names for the
// session, or for transcribing what is said.
func (Dialect) Models(raw []byte) (names []string, readable bool) {
	names, readable = bodyfield.ModelNames(raw)
	for _, path := range modelPaths {
		object := jsonx.Get(raw, path...)
		if object == nil {
			continue
		}
		more, ok := bodyfield.ModelNames(object)
		names, readable = append(names, more...), readable && ok
	}
	return names, readable
}

// modelPaths are the objects of a session.update or a response.create that may name a model.
var modelPaths = [][]string{{"session"}, {"response"}, {"session", "input_audio_transcription"}, {"session", "audio", "input", "transcription"},
	{"session", "audio", "input"}, {"session", "audio", "output"}}

// Read implements gateway.AnswerFormat: what the event adds to the session's answer. All responses
// of a session are one text, each ended by a line break.
func (d Dialect) Read(c *gateway.Chunk) {
	c.Head, c.Deltas, c.Usage = nil, nil, nil
	switch kind := eventType(c.Raw); kind {
	case "session.created", "session.updated":
		c.Head = &gateway.AnswerHead{ID: jsonx.String(jsonx.Get(c.Raw, "session", "id")), Model: jsonx.String(jsonx.Get(c.Raw, "session", "model"))}
	case "response.text.delta", "response.output_text.delta", "response.audio_transcript.delta", "response.output_audio_transcript.delta":
		c.Deltas = []gateway.Delta{{Text: jsonx.String(jsonx.Get(c.Raw, "delta"))}}
	case "response.function_call_arguments.delta":
		c.Deltas = []gateway.Delta{{Tools: []gateway.ToolDelta{{Index: callNumber(c.Raw), ID: jsonx.String(jsonx.Get(c.Raw, "call_id")), Args: jsonx.String(jsonx.Get(c.Raw, "delta"))}}}}
	case "response.output_item.added":
		if item := jsonx.Get(c.Raw, "item"); jsonx.String(jsonx.Get(item, "type")) == "function_call" {
			c.Deltas = []gateway.Delta{{Tools: []gateway.ToolDelta{{Index: callNumber(item), ID: jsonx.String(jsonx.Get(item, "call_id")), Name: jsonx.String(jsonx.Get(item, "name"))}}}}
		}
	case "response.done":
		c.Usage = usageOf(jsonx.Get(c.Raw, "response", "usage"))
		c.Deltas = []gateway.Delta{{Text: "\n", Finish: finishOf(jsonx.Get(c.Raw, "response"))}}
	}
}

// Assemble implements gateway.AnswerFormat. A session is recorded as an object of OpenAI's shape:
// id, object, model, output_text and function_calls.
func (Dialect) Assemble() gateway.Assembler { return &assembler{} }

type assembler struct{ head gateway.AnswerHead }

func (a *assembler) Add(c *gateway.Chunk) {
	if c.Head != nil {
		a.head = *c.Head
	}
}

func (a *assembler) Head() gateway.AnswerHead { return a.head }

func (a *assembler) Body(r *gateway.Response) []byte {
	var o jsonx.Object
	o.Text("id", a.head.ID)
	o.Text("object", "realtime.session")
	o.Text("model", a.head.Model)
	session.Record(&o, r, session.Names{Text: "output_text", Calls: "function_calls", CallID: "call_id", Args: "arguments"},
		func(call *jsonx.Object, name, text string) { call.Text(name, text) })
	return o.JSON()
}

// callNumber tells the calls of tools of a session apart.
func callNumber(raw []byte) int {
	return session.CallNumber(jsonx.String(jsonx.Get(raw, "call_id")))
}

// finishOf is why a response has ended, as OpenAI's chat names it.
func finishOf(response []byte) string {
	switch status := jsonx.String(jsonx.Get(response, "status")); status {
	case "completed":
		return "stop"
	case "incomplete":
		if jsonx.String(jsonx.Get(response, "status_details", "reason")) == "content_filter" {
			return "content_filter"
		}
		return "length"
	case "cancelled", "failed":
		return status
	}
	return ""
}

func eventType(raw []byte) string { return jsonx.String(jsonx.Get(raw, "type")) }
