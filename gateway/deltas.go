package gateway

// ReadDeltas fills Deltas and Usage from a Raw in OpenAI's format, event or body. It is
// how the OpenAI codec and the replay of a stored body read an answer. dst is reused. Of a
// Raw that is Lasting the texts are views where they stand in it as they are.
//
// The text is gone through once: nobody looks for the end of a list before looking into it.
func (c *Chunk) ReadDeltas(dst []Delta) {
	c.Deltas = dst[:0]
	part := "delta"
	var room *whole
	if c.Form == FormBody {
		part = "message"
		if c.Lasting {
			room = &whole{head: heading{raw: c.Raw}}
			if cap(dst) == 0 {
				c.Deltas = room.delta[:0]
			}
		}
	}
	d := cursor{raw: c.Raw}
	in := d.enter()
	for key, ok := d.member(in); ok; key, ok = d.member(in) {
		switch {
		case string(key) == "choices":
			in := d.enter()
			for _, ok := d.member(in); ok; _, ok = d.member(in) {
				c.Deltas = append(c.Deltas, Delta{At: len(c.Deltas)})
				c.Deltas[len(c.Deltas)-1].read(&d, part, c.Lasting)
			}
		case string(key) == "usage" && d.raw[d.pos] == '{':
			u := &Usage{}
			if room != nil {
				u = &room.usage
			}
			u.read(&d)
			c.Usage = u
		case room != nil:
			room.head.note(key, d.take())
		default:
			d.take()
		}
	}
	if room != nil && len(c.Deltas) > 0 {
		c.Deltas[0].head = &room.head
	}
}

// whole is what is read of an answer that came whole, in one piece of memory.
type whole struct {
	head  heading
	delta [1]Delta
	usage Usage
}

// read takes a choice in; part is the member with what it says.
func (d *Delta) read(c *cursor, part string, lasting bool) {
	in := c.enter()
	for key, ok := c.member(in); ok; key, ok = c.member(in) {
		switch string(key) {
		case "index":
			d.Choice = int(intOf(c.take()))
		case "finish_reason":
			d.Finish = finishOf(c.take())
		case part:
			d.message(c, lasting)
		default:
			c.take()
		}
	}
}

func (d *Delta) message(c *cursor, lasting bool) {
	in := c.enter()
	for key, ok := c.member(in); ok; key, ok = c.member(in) {
		value := c.take()
		switch string(key) {
		case "content":
			d.Text = contentOf(value, lasting)
		case "reasoning_content", "reasoning":
			if value[0] == '"' {
				d.Reasoning = TextOf(value)
			}
		case "refusal":
			d.Refusal = TextOf(value)
		case "tool_calls":
			d.Tools = toolsOf(value)
		}
	}
}

// finishOf is TextOf for a finish reason, without a copy of the usual ones.
func finishOf(raw []byte) string {
	switch string(raw) {
	case `"stop"`:
		return "stop"
	case `"length"`:
		return "length"
	case `"tool_calls"`:
		return "tool_calls"
	}
	return TextOf(raw)
}

// contentOf reads a content that is a string or a list of parts.
func contentOf(raw []byte, lasting bool) string {
	switch {
	case raw[0] == '"' && lasting:
		return viewOf(raw)
	case raw[0] != '[':
		return TextOf(raw)
	}
	s := ""
	for part := MembersOf(raw); part.Next(); {
		s += TextOf(Member(part.Value, "text"))
	}
	return s
}

func toolsOf(raw []byte) []ToolDelta {
	var ts []ToolDelta
	for tool := MembersOf(raw); tool.Next(); {
		d := ToolDelta{At: len(ts), Index: len(ts)}
		for m := MembersOf(tool.Value); m.Next(); {
			switch string(m.Key) {
			case "index":
				d.Index = int(intOf(m.Value))
			case "id":
				d.ID = TextOf(m.Value)
			case "function":
				d.Name, d.Args = TextOf(Member(m.Value, "name")), TextOf(Member(m.Value, "arguments"))
			}
		}
		ts = append(ts, d)
	}
	return ts
}

// maxTokens bounds what one answer may report: ten times the largest context there is.
const maxTokens = 10_000_000

// read takes a usage object in.
func (u *Usage) read(c *cursor) {
	*u = Usage{}
	in := c.enter()
	for key, ok := c.member(in); ok; key, ok = c.member(in) {
		value := c.take()
		switch string(key) {
		case "prompt_tokens":
			u.Input = tokens(value)
		case "completion_tokens":
			u.Output = tokens(value)
		case "prompt_cache_hit_tokens", "cached_tokens": // DeepSeek, Moonshot
			u.CacheRead = max(u.CacheRead, tokens(value))
		case "prompt_tokens_details":
			u.CacheRead = max(u.CacheRead, tokens(Member(value, "cached_tokens")))
			u.CacheWrite = tokens(Member(value, "cache_write_tokens"))
		case "completion_tokens_details":
			u.Reasoning = tokens(Member(value, "reasoning_tokens"))
		}
	}
}

// tokens reads a count. A negative one would pay the caller, an absurd one would overflow
// the cost.
func tokens(raw []byte) int64 { return min(max(intOf(raw), 0), maxTokens) }
