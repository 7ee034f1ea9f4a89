package gateway

// ReadDeltas fills Deltas and Usage from a Raw in OpenAI's format, event or body. It is
// how the OpenAI codec and the replay of a stored body read an answer. dst is reused. Of a
// Raw that is Lasting the texts are views where they stand in it as they are.
func (c *Chunk) ReadDeltas(dst []Delta) {
	c.Deltas = dst[:0]
	part := "delta"
	if c.Form == FormBody {
		part = "message"
	}
	for m := MembersOf(c.Raw); m.Next(); {
		switch string(m.Key) {
		case "choices":
			for choice := MembersOf(m.Value); choice.Next(); {
				d := Delta{At: len(c.Deltas)}
				d.read(choice.Value, part, c.Lasting)
				c.Deltas = append(c.Deltas, d)
			}
		case "usage":
			if m.Value[0] == '{' {
				c.Usage = usageOf(m.Value)
			}
		}
	}
}

// read takes a choice in; part is the member with what it says.
func (d *Delta) read(choice []byte, part string, lasting bool) {
	for m := MembersOf(choice); m.Next(); {
		switch string(m.Key) {
		case "index":
			d.Choice = int(intOf(m.Value))
		case "finish_reason":
			d.Finish = TextOf(m.Value)
		case part:
			d.message(m.Value, lasting)
		}
	}
}

func (d *Delta) message(raw []byte, lasting bool) {
	for m := MembersOf(raw); m.Next(); {
		switch string(m.Key) {
		case "content":
			d.Text = contentOf(m.Value, lasting)
		case "reasoning_content", "reasoning":
			if m.Value[0] == '"' {
				d.Reasoning = TextOf(m.Value)
			}
		case "refusal":
			d.Refusal = TextOf(m.Value)
		case "tool_calls":
			d.Tools = toolsOf(m.Value)
		}
	}
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

func usageOf(raw []byte) *Usage {
	out := &Usage{}
	for m := MembersOf(raw); m.Next(); {
		switch string(m.Key) {
		case "prompt_tokens":
			out.Input = tokens(m.Value)
		case "completion_tokens":
			out.Output = tokens(m.Value)
		case "prompt_cache_hit_tokens", "cached_tokens": // DeepSeek, Moonshot
			out.CacheRead = max(out.CacheRead, tokens(m.Value))
		case "prompt_tokens_details":
			out.CacheRead = max(out.CacheRead, tokens(Member(m.Value, "cached_tokens")))
			out.CacheWrite = tokens(Member(m.Value, "cache_write_tokens"))
		case "completion_tokens_details":
			out.Reasoning = tokens(Member(m.Value, "reasoning_tokens"))
		}
	}
	return out
}

// tokens reads a count. A negative one would pay the caller, an absurd one would overflow
// the cost.
func tokens(raw []byte) int64 { return min(max(intOf(raw), 0), maxTokens) }
