package gateway

import (
	"slices"
	"strconv"

	"github.com/tidwall/gjson"
	"github.com/tidwall/sjson"
)

// The Set methods replace one field in both Deltas and Raw. Both are copied first: the
// chunk may be a replayed one that others read.

// SetText replaces the text of delta i.
func (c *Chunk) SetText(i int, s string) error {
	c.own(i).Text = s
	return c.set(i, "content", s)
}

// SetReasoning replaces the reasoning of delta i, under the name the vendor uses.
func (c *Chunk) SetReasoning(i int, s string) error {
	c.own(i).Reasoning = s
	if gjson.GetBytes(c.Raw, c.path(i)+"reasoning").Exists() {
		return c.set(i, "reasoning", s)
	}
	return c.set(i, "reasoning_content", s)
}

// SetRefusal replaces the refusal of delta i.
func (c *Chunk) SetRefusal(i int, s string) error {
	c.own(i).Refusal = s
	return c.set(i, "refusal", s)
}

// SetArgs replaces the piece of arguments of tool t of delta i.
func (c *Chunk) SetArgs(i, t int, s string) error {
	d := c.own(i)
	d.Tools = slices.Clone(d.Tools)
	d.Tools[t].Args = s
	return c.set(i, "tool_calls."+strconv.Itoa(c.Deltas[i].Tools[t].At)+".function.arguments", s)
}

func (c *Chunk) own(i int) *Delta {
	c.Deltas = slices.Clone(c.Deltas)
	return &c.Deltas[i]
}

func (c *Chunk) path(i int) string {
	part := ".delta."
	if c.Form == FormBody {
		part = ".message."
	}
	return "choices." + strconv.Itoa(c.Deltas[i].At) + part
}

// set makes a new Raw: the old one may be shared.
func (c *Chunk) set(i int, field, s string) error {
	raw, err := sjson.SetRawBytes(c.Raw, c.path(i)+field, AppendQuoted(nil, s))
	if err != nil {
		return &Error{Op: "gateway.Chunk.set", Kind: Internal, Public: "The answer could not be edited.", Err: err}
	}
	c.Raw = raw
	return nil
}

// ReadDeltas fills Deltas and Usage from a Raw in OpenAI's format, event or body. It is
// how the OpenAI codec and the replay of a stored body read an answer. dst is reused.
func (c *Chunk) ReadDeltas(dst []Delta) {
	c.Deltas = dst[:0]
	part := "delta"
	if c.Form == FormBody {
		part = "message"
	}
	root := gjson.ParseBytes(c.Raw)
	at := 0
	root.Get("choices").ForEach(func(_, choice gjson.Result) bool {
		d := Delta{At: at, Choice: int(choice.Get("index").Int()), Finish: choice.Get("finish_reason").String()}
		choice.Get(part).ForEach(func(k, v gjson.Result) bool {
			switch k.String() {
			case "content":
				d.Text = textOf(v)
			case "reasoning_content", "reasoning":
				if v.Type == gjson.String {
					d.Reasoning = v.String()
				}
			case "refusal":
				d.Refusal = v.String()
			case "tool_calls":
				d.Tools = toolsOf(v)
			}
			return true
		})
		c.Deltas = append(c.Deltas, d)
		at++
		return true
	})
	if u := root.Get("usage"); u.IsObject() {
		c.Usage = usageOf(u)
	}
}

// textOf reads a content that is a string or a list of parts.
func textOf(v gjson.Result) string {
	if !v.IsArray() {
		return v.String()
	}
	s := ""
	v.ForEach(func(_, part gjson.Result) bool {
		s += part.Get("text").String()
		return true
	})
	return s
}

func toolsOf(v gjson.Result) []ToolDelta {
	var ts []ToolDelta
	v.ForEach(func(_, t gjson.Result) bool {
		d := ToolDelta{At: len(ts), Index: len(ts), ID: t.Get("id").String(), Name: t.Get("function.name").String(), Args: t.Get("function.arguments").String()}
		if i := t.Get("index"); i.Exists() {
			d.Index = int(i.Int())
		}
		ts = append(ts, d)
		return true
	})
	return ts
}

// maxTokens bounds what one answer may report: ten times the largest context there is.
const maxTokens = 10_000_000

func usageOf(u gjson.Result) *Usage {
	out := &Usage{}
	u.ForEach(func(k, v gjson.Result) bool {
		switch k.String() {
		case "prompt_tokens":
			out.Input = tokens(v)
		case "completion_tokens":
			out.Output = tokens(v)
		case "prompt_cache_hit_tokens", "cached_tokens": // DeepSeek, Moonshot
			out.CacheRead = max(out.CacheRead, tokens(v))
		case "prompt_tokens_details":
			out.CacheRead = max(out.CacheRead, tokens(v.Get("cached_tokens")))
			out.CacheWrite = tokens(v.Get("cache_write_tokens"))
		case "completion_tokens_details":
			out.Reasoning = tokens(v.Get("reasoning_tokens"))
		}
		return true
	})
	return out
}

// tokens reads a count. A negative one would pay the caller, an absurd one would overflow
// the cost.
func tokens(v gjson.Result) int64 { return min(max(v.Int(), 0), maxTokens) }
