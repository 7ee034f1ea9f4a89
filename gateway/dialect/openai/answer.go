package openai

import (
	"strings"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
)

// Read implements gateway.AnswerFormat.
func (Dialect) Read(c *gateway.Chunk) {
	part := "delta"
	if c.Form == gateway.FormBody {
		part = "message"
	}
	c.Head, c.Deltas, c.Usage = nil, nil, nil
	head := gateway.AnswerHead{}
	gjson.ParseBytes(c.Raw).ForEach(func(key, value gjson.Result) bool {
		switch key.Str {
		case "id":
			head.ID = text(value)
		case "model":
			head.Model = text(value)
		case "created":
			head.Created = value.Int()
		case "system_fingerprint":
			head.Fingerprint = text(value)
		case "choices":
			c.Deltas = nil
			value.ForEach(func(_, choice gjson.Result) bool {
				at := len(c.Deltas)
				c.Deltas = append(c.Deltas, gateway.Delta{At: at})
				readChoice(&c.Deltas[at], choice, part)
				return true
			})
		case "usage":
			if value.IsObject() {
				c.Usage = readUsage(value)
			}
		}
		return true
	})
	if head != (gateway.AnswerHead{}) {
		c.Head = &head
	}
}

// readChoice reads one choice; part is the member that holds what it says.
func readChoice(d *gateway.Delta, choice gjson.Result, part string) {
	if !choice.IsObject() {
		return
	}
	choice.ForEach(func(key, value gjson.Result) bool {
		switch key.Str {
		case "index":
			d.Choice = int(value.Int())
		case "finish_reason":
			d.Finish = text(value)
		case part:
			readMessage(d, value)
		}
		return true
	})
}

func readMessage(d *gateway.Delta, message gjson.Result) {
	if !message.IsObject() {
		return
	}
	message.ForEach(func(key, value gjson.Result) bool {
		switch key.Str {
		case "content":
			d.Text = contentText(value)
		case "reasoning_content", "reasoning":
			if value.Type == gjson.String {
				d.Reasoning = value.Str
			}
		case "refusal":
			d.Refusal = text(value)
		case "tool_calls":
			d.Tools = readTools(value)
		}
		return true
	})
}

// text is a string value, "" for any other.
func text(v gjson.Result) string {
	if v.Type == gjson.String {
		return v.Str
	}
	return ""
}

// contentText is a content that is a string or a list of parts.
func contentText(v gjson.Result) string {
	if !v.IsArray() {
		return text(v)
	}
	var b strings.Builder
	v.ForEach(func(_, part gjson.Result) bool {
		b.WriteString(text(part.Get("text")))
		return true
	})
	return b.String()
}

func readTools(list gjson.Result) []gateway.ToolDelta {
	if !list.IsArray() {
		return nil
	}
	var tools []gateway.ToolDelta
	list.ForEach(func(_, call gjson.Result) bool {
		t := gateway.ToolDelta{At: len(tools), Index: len(tools)}
		if call.IsObject() {
			call.ForEach(func(key, value gjson.Result) bool {
				switch key.Str {
				case "index":
					t.Index = int(value.Int())
				case "id":
					t.ID = text(value)
				case "function":
					t.Name, t.Args = text(value.Get("name")), text(value.Get("arguments"))
				}
				return true
			})
		}
		tools = append(tools, t)
		return true
	})
	return tools
}

// maxTokens bounds what one answer may report: ten times the largest context there is.
const maxTokens = 10_000_000

func readUsage(v gjson.Result) *gateway.Usage {
	u := &gateway.Usage{}
	v.ForEach(func(key, value gjson.Result) bool {
		switch key.Str {
		case "prompt_tokens":
			u.Input = count(value)
		case "completion_tokens":
			u.Output = count(value)
		case "prompt_cache_hit_tokens", "cached_tokens": // DeepSeek, Moonshot
			u.CacheRead = max(u.CacheRead, count(value))
		case "prompt_tokens_details":
			u.CacheRead = max(u.CacheRead, count(value.Get("cached_tokens")))
			u.CacheWrite = count(value.Get("cache_write_tokens"))
		case "completion_tokens_details":
			u.Reasoning = count(value.Get("reasoning_tokens"))
		}
		return true
	})
	return u
}

// count reads a number of tokens. A negative one would pay the caller, an absurd one would
// overflow the cost.
func count(v gjson.Result) int64 {
	if v.Type != gjson.Number {
		return 0
	}
	return min(max(v.Int(), 0), maxTokens)
}
