package responses

import (
	"strings"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// EventName is the type of an event, which its "event:" line repeats on the wire.
func EventName(raw []byte) string { return jsonx.String(jsonx.Get(raw, "type")) }

// Read implements gateway.AnswerFormat. Only events with pieces have texts; the Decoder adds
// those of which no piece came.
func (Dialect) Read(c *gateway.Chunk) {
	c.Head, c.Deltas, c.Usage, c.Repeats = nil, nil, nil, false
	root := gjson.ParseBytes(c.Raw)
	if !root.IsObject() {
		return
	}
	if c.Form == gateway.FormBody {
		readBody(c, root)
		return
	}
	readEvent(c, root, text(root.Get("type")))
}

// readBody reads a whole response: one delta for each part. The last one has the finish reason; a
// response that says nothing has a delta for it alone.
func readBody(c *gateway.Chunk, root gjson.Result) {
	c.Head, c.Usage = headOf(root), readUsage(root)
	for i, s := range outputSays(root.Get("output")) {
		s.At = i
		c.Deltas = append(c.Deltas, s.Delta)
	}
	finish := finishOf(root)
	if len(c.Deltas) == 0 && finish != "" {
		c.Deltas = []gateway.Delta{{}}
	}
	if n := len(c.Deltas); n > 0 {
		c.Deltas[n-1].Finish = finish
	}
}

// headOf reads the heading of a response.
func headOf(response gjson.Result) *gateway.AnswerHead {
	return &gateway.AnswerHead{ID: text(response.Get("id")), Model: text(response.Get("model")), Created: response.Get("created_at").Int()}
}

// pieceEvents are the events that add to a text or complete it, without ".delta" and ".done".
var pieceEvents = map[string]struct {
	section
	field gateway.Field
}{
	"response.output_text":             {inContent, gateway.FieldText},
	"response.refusal":                 {inContent, gateway.FieldRefusal},
	"response.reasoning_summary_text":  {inSummary, gateway.FieldReasoning},
	"response.reasoning_text":          {inContent, gateway.FieldReasoning},
	"response.function_call_arguments": {inItem, gateway.FieldArgs},
	"response.custom_tool_call_input":  {inItem, gateway.FieldArgs},
}

// customInput begins the names of the events of a tool that takes any text.
const customInput = "response.custom_tool_call_input"

func readEvent(c *gateway.Chunk, root gjson.Result, kind string) {
	name, done := strings.CutSuffix(kind, ".done")
	if !done {
		name, _ = strings.CutSuffix(kind, ".delta")
	}
	if piece, known := pieceEvents[name]; known && name != kind {
		d := gateway.Delta{Part: placeOf(root, piece.section).part()}
		if c.Repeats = done; done {
			d.Ends = true
		} else {
			setPiece(&d, piece.field, text(root.Get("delta")), int(root.Get("output_index").Int()), name == customInput)
		}
		c.Deltas = []gateway.Delta{d}
		return
	}
	c.Repeats = true
	switch kind {
	case "response.output_item.added":
		output := int(root.Get("output_index").Int())
		item := root.Get("item")
		if how := callOf(text(item.Get("type"))); how != noCall {
			c.Deltas = []gateway.Delta{{Part: place{output: output, section: inItem}.part(), Tools: []gateway.ToolDelta{
				{Index: output, ID: text(item.Get("call_id")), Name: text(item.Get("name")), FreeForm: how == freeForm}}}}
		}
	case "response.created", "response.in_progress", "response.queued":
		c.Head = headOf(root.Get("response"))
	case "response.completed", "response.incomplete", "response.failed":
		response := root.Get("response")
		c.Head = headOf(response)
		c.Usage = readUsage(response)
		c.Deltas = []gateway.Delta{{Finish: finishOf(response)}}
	}
}

// placeOf is the place that an event is about.
func placeOf(event gjson.Result, s section) place {
	p := place{output: int(event.Get("output_index").Int()), section: s}
	switch s {
	case inContent:
		p.index = int(event.Get("content_index").Int())
	case inSummary:
		p.index = int(event.Get("summary_index").Int())
	}
	return p
}

func setPiece(d *gateway.Delta, field gateway.Field, piece string, output int, free bool) {
	switch field {
	case gateway.FieldText:
		d.Text = piece
	case gateway.FieldRefusal:
		d.Refusal = piece
	case gateway.FieldReasoning:
		d.Reasoning = piece
	case gateway.FieldArgs:
		d.Tools = []gateway.ToolDelta{{Index: output, Args: piece, FreeForm: free}}
	}
}

// ModelOutput implements gateway.AnswerFormat.
func (Dialect) ModelOutput(body []byte) []byte {
	if v := jsonx.Get(body, "output"); v != nil {
		return v
	}
	return body
}

// Recordable implements gateway.AnswerFormat: a response holds no vectors.
func (Dialect) Recordable(_ gateway.Op, body []byte) []byte { return body }
