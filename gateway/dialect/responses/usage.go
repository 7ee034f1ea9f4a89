package responses

import (
	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/message"
	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// maxTokens bounds what one answer may report: ten times the largest context there is.
const maxTokens = 10_000_000

// readUsage reads the usage of a response, nil if it has none. Searches of the web are items of
// its output.
func readUsage(response gjson.Result) *gateway.Usage {
	v := response.Get("usage")
	if !v.IsObject() {
		return nil
	}
	in, out := v.Get("input_tokens_details"), v.Get("output_tokens_details")
	return &gateway.Usage{
		Input:          count(v.Get("input_tokens")),
		Output:         count(v.Get("output_tokens")),
		CacheRead:      count(in.Get("cached_tokens")),
		CacheWrite:     count(in.Get("cache_write_tokens")),
		Reasoning:      count(out.Get("reasoning_tokens")),
		AudioInput:     count(in.Get("audio_tokens")),
		AudioCacheRead: count(in.Get("cached_tokens_details.audio_tokens")),
		AudioOutput:    count(out.Get("audio_tokens")),
		ImageInput:     count(in.Get("image_tokens")),
		ImageOutput:    count(out.Get("image_tokens")),
		Searches:       searches(response.Get("output")),
		Terms:          gateway.Terms{Tier: gateway.Tier(text(response.Get("service_tier")))},
	}
}

// searches counts the searches of the web in an output. Opening a page that was found, and looking
// for a text in it, are no searches.
func searches(output gjson.Result) (n int64) {
	if !output.IsArray() {
		return 0
	}
	output.ForEach(func(_, item gjson.Result) bool {
		if text(item.Get("type")) == "web_search_call" && text(item.Get("status")) != "failed" {
			if how := text(item.Get("action.type")); how == "" || how == "search" {
				n++
			}
		}
		return true
	})
	return n
}

// count reads a number of tokens. A negative one would pay the caller, an absurd one would
// overflow the cost.
func count(v gjson.Result) int64 {
	if v.Type != gjson.Number {
		return 0
	}
	return min(max(v.Int(), 0), maxTokens)
}

// writeUsage writes a usage; null where nothing is known.
func writeUsage(u *gateway.Usage) []byte {
	if u == nil {
		return []byte("null")
	}
	var o, in, out jsonx.Object
	in.Int("cached_tokens", u.CacheRead)
	in.Int("cache_write_tokens", u.CacheWrite)
	out.Int("reasoning_tokens", u.Reasoning)
	o.Int("input_tokens", u.Input)
	o.Raw("input_tokens_details", in.JSON())
	o.Int("output_tokens", u.Output)
	o.Raw("output_tokens_details", out.JSON())
	o.Int("total_tokens", u.Input+u.Output)
	return o.JSON()
}

// ReadCount implements dialect.CountFormat.
func (Dialect) ReadCount(body []byte) (message.Count, error) {
	n := gjson.GetBytes(body, "input_tokens")
	if n.Type != gjson.Number {
		return message.Count{}, vendorerror.Broken("responses.ReadCount", "The provider's answer has no 'input_tokens'.", nil)
	}
	return message.Count{Tokens: count(n)}, nil
}

// WriteCount implements dialect.CountFormat. An estimate is marked, which OpenAI's are not.
func (Dialect) WriteCount(c message.Count) []byte {
	var o jsonx.Object
	o.Text("object", "response.input_tokens")
	o.Int("input_tokens", c.Tokens)
	if c.Estimated {
		o.Raw("estimated", []byte("true"))
	}
	return o.JSON()
}
