package anthropic

import (
	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// EventName is the type of an event, which its "event:" line repeats on the wire.
func EventName(raw []byte) string { return kindOf(gjson.ParseBytes(raw)) }

// kindOf is the "type" of an event, block or piece.
func kindOf(v gjson.Result) string {
	if !v.IsObject() {
		return ""
	}
	return text(lastMembers(v, "type")["type"])
}

// Read implements gateway.AnswerFormat. It reports the usage that this event or body tells:
// that of a whole stream is merged by the Decoder. Every event of a block, also the one
// that ends it, has one delta, whose Part is the block.
func (Dialect) Read(c *gateway.Chunk) {
	c.Head, c.Deltas, c.Usage = nil, nil, nil
	root := gjson.ParseBytes(c.Raw)
	if !root.IsObject() {
		return
	}
	if c.Form == gateway.FormBody {
		readBody(c, root)
		return
	}
	m := lastMembers(root, "type", "index", "message", "content_block", "delta", "usage")
	d := gateway.Delta{Part: int(m["index"].Int())}
	switch text(m["type"]) {
	case "message_start":
		head := headOf(m["message"])
		c.Head = &head
		c.Usage, _ = readUsage(m["message"].Get("usage"))
		return
	case "content_block_start":
		readBlock(&d, m["content_block"])
		for i := range d.Tools {
			if emptyObject(d.Tools[i].Args) { // the arguments follow
				d.Tools[i].Args = ""
			}
		}
	case "content_block_delta":
		readPiece(&d, m["delta"])
	case "content_block_stop":
		d.Ends = true
	case "message_delta":
		d = gateway.Delta{Finish: finishOf(text(m["delta"].Get("stop_reason")))}
		c.Usage, c.Cost = readUsage(m["usage"])
	default:
		return
	}
	c.Deltas = []gateway.Delta{d}
}

// readBody reads a whole message: one delta for each block. The last one has the finish
// reason; a message without blocks has a delta for it alone.
func readBody(c *gateway.Chunk, body gjson.Result) {
	m := lastMembers(body, "usage", "content", "stop_reason")
	head := headOf(body)
	c.Head = &head
	c.Usage, c.Cost = readUsage(m["usage"])
	if content := m["content"]; content.IsArray() {
		content.ForEach(func(_, block gjson.Result) bool {
			n := len(c.Deltas)
			d := gateway.Delta{At: n, Part: n}
			readBlock(&d, block)
			c.Deltas = append(c.Deltas, d)
			return true
		})
	}
	finish := finishOf(text(m["stop_reason"]))
	if len(c.Deltas) == 0 && finish != "" {
		c.Deltas = []gateway.Delta{{}}
	}
	if n := len(c.Deltas); n > 0 {
		c.Deltas[n-1].Finish = finish
	}
}

// headOf reads the heading of a message.
func headOf(message gjson.Result) gateway.AnswerHead {
	return gateway.AnswerHead{ID: text(message.Get("id")), Model: text(message.Get("model"))}
}

// readBlock reads a block that came whole, or its start.
func readBlock(d *gateway.Delta, block gjson.Result) {
	if !block.IsObject() {
		return
	}
	m := lastMembers(block, "type", "text", "thinking", "id", "name", "input")
	switch text(m["type"]) {
	case "text":
		d.Text = text(m["text"])
	case "thinking":
		d.Reasoning = text(m["thinking"])
	case "tool_use":
		d.Tools = []gateway.ToolDelta{{Index: d.Part, ID: text(m["id"]), Name: text(m["name"]), Args: m["input"].Raw}}
	}
}

// readPiece reads what a content_block_delta adds.
func readPiece(d *gateway.Delta, piece gjson.Result) {
	if !piece.IsObject() {
		return
	}
	m := lastMembers(piece, "type", "text", "thinking", "partial_json")
	switch text(m["type"]) {
	case "text_delta":
		d.Text = text(m["text"])
	case "thinking_delta":
		d.Reasoning = text(m["thinking"])
	case "input_json_delta":
		d.Tools = []gateway.ToolDelta{{Index: d.Part, Args: text(m["partial_json"])}}
	}
}

func readUsage(report gjson.Result) (*gateway.Usage, *gateway.ExtraCost) {
	var c counts
	c.add(report)
	return c.report(), c.extra()
}

// lastMembers are the named members of an object. Of one that is given twice the last one
// counts, as for the clients.
func lastMembers(object gjson.Result, names ...string) map[string]gjson.Result {
	m := make(map[string]gjson.Result, len(names))
	object.ForEach(func(key, value gjson.Result) bool {
		for _, name := range names {
			if key.Str == name {
				m[name] = value
			}
		}
		return true
	})
	return m
}

// text is a string value, "" for any other.
func text(v gjson.Result) string {
	if v.Type == gjson.String {
		return v.Str
	}
	return ""
}

// emptyObject reports whether raw is an object without members.
func emptyObject(raw string) bool {
	v := gjson.Parse(raw)
	if !v.IsObject() {
		return false
	}
	empty := true
	v.ForEach(func(_, _ gjson.Result) bool { empty = false; return false })
	return empty
}

// ModelOutput implements gateway.AnswerFormat.
func (Dialect) ModelOutput(body []byte) []byte {
	if v := jsonx.Get(body, "content"); v != nil {
		return v
	}
	return body
}

// Recordable implements gateway.AnswerFormat: a message holds no vectors.
func (Dialect) Recordable(_ gateway.Op, body []byte) []byte { return body }
