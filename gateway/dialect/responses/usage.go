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

// readUsage reads a usage object, nil for any other value.
func readUsage(v gjson.Result) *gateway.Usage {
	if !v.IsObject() {
		return nil
	}
	return &gateway.Usage{
		Input:      count(v.Get("input_tokens")),
		Output:     count(v.Get("output_tokens")),
		CacheRead:  count(v.Get("input_tokens_details.cached_tokens")),
		CacheWrite: count(v.Get("input_tokens_details.cache_write_tokens")),
		Reasoning:  count(v.Get("output_tokens_details.reasoning_tokens")),
	}
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
