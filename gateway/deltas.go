package gateway

import (
	"strings"

	"github.com/sluicegate/sluice/internal/jsonx"
)

// ReadDeltas fills Deltas and Usage from a Raw in OpenAI's format, event or body. It is
// how the OpenAI codec and the replay of a stored body read an answer. dst is reused.
func (c *Chunk) ReadDeltas(dst []Delta) {
	c.Deltas = dst[:0]
	part := "delta"
	if c.Form == FormBody {
		part = "message"
	}
	for m := range jsonx.Members(c.Raw) {
		switch m.Key {
		case "choices":
			for e := range jsonx.Elements(m.Value) {
				c.Deltas = append(c.Deltas, readChoice(e.Value, part, e.Index))
			}
		case "usage":
			if m.Value[0] == '{' {
				c.Usage = readUsage(m.Value)
			}
		}
	}
}

// readChoice reads one choice; part is the member that holds its message or delta.
func readChoice(choice []byte, part string, at int) Delta {
	d := Delta{At: at}
	for m := range jsonx.Members(choice) {
		switch m.Key {
		case "index":
			d.Choice = int(jsonx.Int(m.Value))
		case "finish_reason":
			d.Finish = jsonx.Text(m.Value)
		case part:
			d.readMessage(m.Value)
		}
	}
	return d
}

func (d *Delta) readMessage(message []byte) {
	for m := range jsonx.Members(message) {
		switch m.Key {
		case "content":
			d.Text = readContent(m.Value)
		case "reasoning_content", "reasoning":
			if s, ok := jsonx.Unquote(m.Value); ok {
				d.Reasoning = s
			}
		case "refusal":
			d.Refusal = jsonx.Text(m.Value)
		case "tool_calls":
			d.Tools = readTools(m.Value)
		}
	}
}

// readContent reads a content that is a string or a list of parts.
func readContent(raw []byte) string {
	if raw[0] != '[' {
		return jsonx.Text(raw)
	}
	var text strings.Builder
	for part := range jsonx.Elements(raw) {
		text.WriteString(jsonx.Text(jsonx.Get(part.Value, "text")))
	}
	return text.String()
}

func readTools(raw []byte) []ToolDelta {
	var tools []ToolDelta
	for e := range jsonx.Elements(raw) {
		t := ToolDelta{At: e.Index, Index: e.Index}
		for m := range jsonx.Members(e.Value) {
			switch m.Key {
			case "index":
				t.Index = int(jsonx.Int(m.Value))
			case "id":
				t.ID = jsonx.Text(m.Value)
			case "function":
				t.Name, t.Args = jsonx.Text(jsonx.Get(m.Value, "name")), jsonx.Text(jsonx.Get(m.Value, "arguments"))
			}
		}
		tools = append(tools, t)
	}
	return tools
}

// maxTokens bounds what one answer may report: ten times the largest context there is.
const maxTokens = 10_000_000

func readUsage(raw []byte) *Usage {
	u := &Usage{}
	for m := range jsonx.Members(raw) {
		switch m.Key {
		case "prompt_tokens":
			u.Input = tokens(m.Value)
		case "completion_tokens":
			u.Output = tokens(m.Value)
		case "prompt_cache_hit_tokens", "cached_tokens": // DeepSeek, Moonshot
			u.CacheRead = max(u.CacheRead, tokens(m.Value))
		case "prompt_tokens_details":
			u.CacheRead = max(u.CacheRead, tokens(jsonx.Get(m.Value, "cached_tokens")))
			u.CacheWrite = tokens(jsonx.Get(m.Value, "cache_write_tokens"))
		case "completion_tokens_details":
			u.Reasoning = tokens(jsonx.Get(m.Value, "reasoning_tokens"))
		}
	}
	return u
}

// tokens reads a count. A negative one would pay the caller, an absurd one would overflow
// the cost.
func tokens(raw []byte) int64 { return min(max(jsonx.Int(raw), 0), maxTokens) }
