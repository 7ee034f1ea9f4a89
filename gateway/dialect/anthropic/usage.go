package anthropic

import (
	"slices"
	"strconv"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/message"
	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
)

// maxTokens bounds what one answer may report: ten times the largest context there is.
const maxTokens = 10_000_000

// counts are the tokens of one answer, as far as they are known. A later report repeats,
// completes or corrects an earlier one.
type counts struct {
	known  bool
	direct int64 // input tokens that were neither read from a cache nor written to it
	fast   bool  // served in the fast mode, which has prices of its own
	usage  gateway.Usage

	others []gateway.ModelUsage // calls that are billed beside usage
}

// add takes in a report. A zero says nothing: some vendors put it in the last report in
// place of what the first one said.
func (c *counts) add(report gjson.Result) {
	if !report.IsObject() {
		return
	}
	c.known = true
	report.ForEach(func(key, value gjson.Result) bool {
		switch key.Str {
		case "service_tier", "inference_geo", "speed":
			c.term(key.Str, text(value))
		case "iterations":
			c.iterations(value)
		default:
			c.addCount(key.Str, value)
		}
		return true
	})
}

// addCount takes in one member of a report.
func (c *counts) addCount(name string, value gjson.Result) {
	n := count(value)
	switch name {
	case "output_tokens_details":
		n = count(value.Get("thinking_tokens"))
	case "cache_creation":
		n = count(value.Get("ephemeral_1h_input_tokens"))
	case "server_tool_use":
		n = count(value.Get("web_search_requests"))
	}
	if n == 0 {
		return
	}
	switch name {
	case "input_tokens":
		c.direct = n
	case "output_tokens":
		c.usage.Output = n
	case "cache_read_input_tokens":
		c.usage.CacheRead = n
	case "cache_creation_input_tokens":
		c.usage.CacheWrite = n
	case "output_tokens_details":
		c.usage.Reasoning = n
	case "cache_creation":
		c.usage.CacheWrite1h = n
	case "server_tool_use":
		c.usage.Searches = n
	}
	c.usage.Input = c.direct + c.usage.CacheRead + c.usage.CacheWrite
}

// maxOthers bounds the calls within one answer that are priced by themselves.
const maxOthers = 64

// iterations takes in the list of the model's calls within one answer. The totals beside the list hold those
// of the type "message"; the advisor's, at the price of its own model, and those that compact the context come
// on top (https://platform.claude.com/docs/en/agents-and-tools/tool-use/advisor-tool).
func (c *counts) iterations(list gjson.Result) {
	if list.Raw == "null" {
		return
	}
	c.others = nil
	list.ForEach(func(_, call gjson.Result) bool {
		var model string
		switch text(call.Get("type")) {
		case "advisor_message":
			model = text(call.Get("model"))
		case "compaction":
		default:
			return true
		}
		var of counts
		for _, name := range []string{"input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens", "cache_creation"} {
			of.addCount(name, call.Get(name))
		}
		if of.usage.Input+of.usage.Output > 0 {
			c.others = append(c.others, gateway.ModelUsage{Model: model, Usage: of.usage})
		}
		return len(c.others) < maxOthers
	})
}

// extra is what the answer used besides its usage, nil if nothing.
func (c *counts) extra() *gateway.ExtraCost {
	if len(c.others) == 0 {
		return nil
	}
	others := slices.Clone(c.others)
	for i := range others {
		others[i].Usage.Terms = c.usage.Terms
	}
	return &gateway.ExtraCost{Others: others}
}

// term takes in what a report says of how the answer was served. Null says nothing.
func (c *counts) term(name, value string) {
	switch {
	case value == "":
	case name == "inference_geo":
		c.usage.Terms.Region = gateway.Region(value)
	case name == "speed":
		c.fast = value == "fast"
	default:
		c.usage.Terms.Tier = gateway.Tier(value)
	}
}

// report is the usage, nil if nothing was reported.
func (c *counts) report() *gateway.Usage {
	if !c.known {
		return nil
	}
	u := c.usage
	if c.fast {
		u.Terms.Tier = "fast"
	}
	return &u
}

// count reads a number of tokens. A negative one would pay the caller, an absurd one would
// overflow the cost.
func count(v gjson.Result) int64 {
	if v.Type != gjson.Number {
		return 0
	}
	return min(max(v.Int(), 0), maxTokens)
}

// wireUsage writes a usage; nil counts as nothing.
func wireUsage(u *gateway.Usage) []byte {
	if u == nil {
		u = &gateway.Usage{}
	}
	var o object
	o.raw("input_tokens", number(max(u.Input-u.CacheRead-u.CacheWrite, 0)))
	o.raw("cache_creation_input_tokens", number(u.CacheWrite))
	o.raw("cache_read_input_tokens", number(u.CacheRead))
	o.raw("output_tokens", number(u.Output))
	if u.Reasoning > 0 {
		var details object
		details.raw("thinking_tokens", number(u.Reasoning))
		o.raw("output_tokens_details", details.json())
	}
	return o.json()
}

func number(n int64) []byte { return strconv.AppendInt(nil, n, 10) }

// ReadCount implements dialect.CountFormat.
func (Dialect) ReadCount(body []byte) (message.Count, error) {
	n := gjson.GetBytes(body, "input_tokens")
	if n.Type != gjson.Number {
		return message.Count{}, vendorerror.Broken("anthropic.ReadCount", "The provider's answer has no 'input_tokens'.", nil)
	}
	return message.Count{Tokens: count(n)}, nil
}

// WriteCount implements dialect.CountFormat. An estimate is marked, which Anthropic's are
// not.
func (Dialect) WriteCount(c message.Count) []byte {
	var o object
	o.raw("input_tokens", number(c.Tokens))
	if c.Estimated {
		o.raw("estimated", []byte("true"))
	}
	return o.json()
}
