package openai

import (
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// Read implements gateway.AnswerFormat.
func (Dialect) Read(c *gateway.Chunk) {
	part := "delta"
	if c.Form == gateway.FormBody {
		part = "message"
	}
	c.Head, c.Deltas, c.Usage = nil, nil, nil
	head := gateway.AnswerHead{}
	for m := range jsonx.Members(c.Raw) {
		switch m.Key {
		case "id":
			head.ID = jsonx.String(m.Value)
		case "model":
			head.Model = jsonx.String(m.Value)
		case "created":
			head.Created = jsonx.Int(m.Value)
		case "system_fingerprint":
			head.Fingerprint = jsonx.String(m.Value)
		case "service_tier":
			head.Tier = jsonx.String(m.Value)
		case "choices":
			c.Deltas = nil
			for e := range jsonx.Elements(m.Value) {
				c.Deltas = append(c.Deltas, readChoice(e, part))
			}
		case "usage":
			if m.Value[0] == '{' {
				c.Usage = readUsage(m.Value)
			}
		}
	}
	if c.Usage != nil {
		c.Usage.Terms.Tier = gateway.Tier(head.Tier)
	}
	if head != (gateway.AnswerHead{}) {
		c.Head = &head
	}
}

// readChoice reads one choice; part is the member that holds what it says.
func readChoice(choice jsonx.Element, part string) gateway.Delta {
	d := gateway.Delta{At: choice.Index}
	for m := range jsonx.Members(choice.Value) {
		switch m.Key {
		case "index":
			d.Choice = int(jsonx.Int(m.Value))
		case "finish_reason":
			d.Finish = jsonx.String(m.Value)
		case part:
			readMessage(&d, m.Value)
		}
	}
	return d
}

func readMessage(d *gateway.Delta, message []byte) {
	for m := range jsonx.Members(message) {
		switch m.Key {
		case "content":
			d.Text = contentText(m.Value)
		case "reasoning_content", "reasoning":
			if m.Value[0] == '"' {
				d.Reasoning = jsonx.String(m.Value)
			}
		case "refusal":
			d.Refusal = jsonx.String(m.Value)
		case "tool_calls":
			d.Tools = readTools(m.Value)
		}
	}
}

// contentText is a content that is a string or a list of parts.
func contentText(content []byte) string {
	if content[0] != '[' {
		return jsonx.String(content)
	}
	var b strings.Builder
	for part := range jsonx.Elements(content) {
		b.WriteString(jsonx.String(jsonx.Get(part.Value, "text")))
	}
	return b.String()
}

func readTools(list []byte) []gateway.ToolDelta {
	var tools []gateway.ToolDelta
	for call := range jsonx.Elements(list) {
		t := gateway.ToolDelta{At: call.Index, Index: call.Index}
		for m := range jsonx.Members(call.Value) {
			switch m.Key {
			case "index":
				t.Index = int(jsonx.Int(m.Value))
			case "id":
				t.ID = jsonx.String(m.Value)
			case "function":
				t.Name, t.Args = jsonx.String(jsonx.Get(m.Value, "name")), jsonx.String(jsonx.Get(m.Value, "arguments"))
			case "custom":
				t.Name, t.Args, t.FreeForm = jsonx.String(jsonx.Get(m.Value, "name")), jsonx.String(jsonx.Get(m.Value, "input")), true
			}
		}
		tools = append(tools, t)
	}
	return tools
}

// maxTokens bounds what one answer may report: ten times the largest context there is.
const maxTokens = 10_000_000

// readUsage reads a usage object. Searches of the web have a field of its own at each vendor that
// counts them: Perplexity, xAI (which bills sources) and OpenRouter.
func readUsage(usage []byte) *gateway.Usage {
	u := &gateway.Usage{}
	for m := range jsonx.Members(usage) {
		switch m.Key {
		case "prompt_tokens":
			u.Input = count(m.Value)
		case "completion_tokens":
			u.Output = count(m.Value)
		case "prompt_cache_hit_tokens", "cached_tokens": // DeepSeek, Moonshot
			u.CacheRead = max(u.CacheRead, count(m.Value))
		case "prompt_tokens_details":
			u.CacheRead = max(u.CacheRead, count(jsonx.Get(m.Value, "cached_tokens")))
			u.CacheWrite = count(jsonx.Get(m.Value, "cache_write_tokens"))
			u.AudioInput = count(jsonx.Get(m.Value, "audio_tokens"))
			u.AudioCacheRead = count(jsonx.Get(m.Value, "cached_tokens_details", "audio_tokens"))
			u.ImageInput = count(jsonx.Get(m.Value, "image_tokens"))
			u.VideoInput = count(jsonx.Get(m.Value, "video_tokens"))
		case "completion_tokens_details":
			u.Reasoning = count(jsonx.Get(m.Value, "reasoning_tokens"))
			u.AudioOutput = count(jsonx.Get(m.Value, "audio_tokens"))
			u.ImageOutput = count(jsonx.Get(m.Value, "image_tokens"))
		case "num_search_queries", "num_sources_used":
			u.Searches = max(u.Searches, count(m.Value))
		case "server_tool_use", "server_tool_use_details":
			u.Searches = max(u.Searches, count(jsonx.Get(m.Value, "web_search_requests")))
		}
	}
	return u
}

// count reads a number of tokens. A negative one would pay the caller, an absurd one would
// overflow the cost.
func count(raw []byte) int64 { return min(max(jsonx.Int(raw), 0), maxTokens) }
