package provider

import (
	"bytes"
	"io"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/sse"
	"github.com/tidwall/gjson"
)

// anthropicDecoder turns Anthropic's blocks into OpenAI's deltas: one choice, whose text,
// thoughts and tool calls are the blocks in their order.
type anthropicDecoder struct {
	head
	vendor string
	wanted bool // the caller asked for the usage

	usage   gateway.Usage
	plain   int64 // input tokens that no cache took part in
	stopped bool  // a stop reason was seen
	ended   bool  // message_stop

	tools int    // calls so far
	input string // of the tool block that is open: complete, if no piece of it follows
	open  bool   // a tool block is open and no piece has come
	chunk [2]gateway.Chunk
	delta [1]gateway.Delta
	call  [1]gateway.ToolDelta
	buf   []byte
}

func (d *anthropicDecoder) Feed(e sse.Event) ([]gateway.Chunk, error) {
	const op = "provider.anthropic.Feed"
	data := bytes.TrimSpace(e.Data)
	if len(data) == 0 || d.ended {
		return nil, nil
	}
	if data[0] != '{' || !gateway.ValidJSON(data) {
		return nil, broken(op, "The provider's stream holds an event that is not valid JSON.", nil)
	}
	d.buf = d.buf[:0]
	root := gjson.ParseBytes(data)
	switch root.Get("type").String() {
	case "message_start":
		m := root.Get("message")
		d.id, d.model = m.Get("id").String(), m.Get("model").String()
		readUsage(&d.usage, &d.plain, m.Get("usage"))
		return d.say(gateway.Delta{}, true), nil
	case "content_block_start":
		return d.start(root.Get("content_block")), nil
	case "content_block_delta":
		return d.piece(root.Get("delta")), nil
	case "content_block_stop":
		if !d.open {
			return nil, nil
		}
		d.open = false
		return d.args(d.input), nil
	case "message_delta":
		readUsage(&d.usage, &d.plain, root.Get("usage"))
		stop := root.Get("delta.stop_reason").String()
		if stop == "" {
			return nil, nil
		}
		d.stopped = true
		return d.finish(stop), nil
	case "message_stop":
		d.ended = true
		return nil, io.EOF
	case "error":
		if err := failedEvent(op, data, d.vendor); err != nil {
			return nil, err
		}
		return nil, broken(op, "The provider '"+d.vendor+"' failed.", nil)
	}
	if err := failedEvent(op, data, d.vendor); err != nil {
		return nil, err
	}
	return nil, nil // ping, and what is not invented yet
}

// say makes the one chunk of an event.
func (d *anthropicDecoder) say(delta gateway.Delta, role bool) []gateway.Chunk {
	d.delta[0] = delta
	d.buf = d.event(d.buf, &d.delta[0], role)
	d.chunk[0] = gateway.Chunk{Deltas: d.delta[:], Raw: d.buf}
	return d.chunk[:1]
}

func (d *anthropicDecoder) start(block gjson.Result) []gateway.Chunk {
	switch block.Get("type").String() {
	case "text":
		if s := block.Get("text").String(); s != "" {
			return d.say(gateway.Delta{Text: s}, false)
		}
	case "thinking":
		if s := block.Get("thinking").String(); s != "" {
			return d.say(gateway.Delta{Reasoning: s}, false)
		}
	case "tool_use":
		d.tools++
		d.open, d.input = true, pick(block.Get("input").Raw, "{}")
		d.call[0] = gateway.ToolDelta{Index: d.tools - 1, ID: block.Get("id").String(), Name: block.Get("name").String()}
		return d.say(gateway.Delta{Tools: d.call[:]}, false)
	}
	return nil
}

func (d *anthropicDecoder) piece(delta gjson.Result) []gateway.Chunk {
	switch delta.Get("type").String() {
	case "text_delta":
		if s := delta.Get("text").String(); s != "" {
			return d.say(gateway.Delta{Text: s}, false)
		}
	case "thinking_delta":
		if s := delta.Get("thinking").String(); s != "" {
			return d.say(gateway.Delta{Reasoning: s}, false)
		}
	case "input_json_delta":
		if s := delta.Get("partial_json").String(); s != "" && d.tools > 0 {
			d.open = false
			return d.args(s)
		}
	}
	return nil
}

func (d *anthropicDecoder) args(piece string) []gateway.Chunk {
	d.call[0] = gateway.ToolDelta{Index: d.tools - 1, Args: piece}
	return d.say(gateway.Delta{Tools: d.call[:]}, false)
}

// finish makes two chunks: the finish reason, and the usage, whose Raw is for those who
// asked for it.
func (d *anthropicDecoder) finish(stop string) []gateway.Chunk {
	d.say(gateway.Delta{Finish: finishReason(stop)}, false)
	u := d.usage
	d.chunk[1] = gateway.Chunk{Usage: &u}
	if d.wanted {
		from := len(d.buf)
		d.buf = d.count(d.buf, &u)
		d.chunk[1].Raw = d.buf[from:]
	}
	return d.chunk[:2]
}

func (d *anthropicDecoder) End() error {
	if d.stopped {
		return nil
	}
	return broken("provider.anthropic.End", "The provider's answer broke off.", nil)
}

func (d *anthropicDecoder) Body(body []byte) (gateway.Chunk, error) {
	const op = "provider.anthropic.Body"
	body = bytes.TrimSpace(body)
	switch {
	case len(body) == 0:
		return gateway.Chunk{}, broken(op, "The provider's answer is empty.", nil)
	case body[0] != '{' || !gateway.ValidJSON(body):
		return gateway.Chunk{}, broken(op, "The provider's answer is not a JSON object.", nil)
	}
	root := gjson.ParseBytes(body)
	content := root.Get("content")
	if !content.IsArray() {
		if err := failed(op, body, d.vendor); err != nil {
			return gateway.Chunk{}, err
		}
		return gateway.Chunk{}, broken(op, "The provider's answer has no 'content'.", nil)
	}
	d.id, d.model = root.Get("id").String(), root.Get("model").String()
	readUsage(&d.usage, &d.plain, root.Get("usage"))
	delta := gateway.Delta{Finish: finishReason(root.Get("stop_reason").String())}
	content.ForEach(func(_, b gjson.Result) bool {
		switch b.Get("type").String() {
		case "text":
			delta.Text += b.Get("text").String()
		case "thinking":
			delta.Reasoning += b.Get("thinking").String()
		case "tool_use":
			n := len(delta.Tools)
			delta.Tools = append(delta.Tools, gateway.ToolDelta{At: n, Index: n, ID: b.Get("id").String(), Name: b.Get("name").String(), Args: pick(b.Get("input").Raw, "{}")})
		}
		return true
	})
	ds := []gateway.Delta{delta}
	return gateway.Chunk{Deltas: ds, Usage: &d.usage, Form: gateway.FormBody, Raw: d.body(nil, ds, &d.usage), Lasting: true}, nil
}
