package anthropic

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
)

// advised is the usage of an answer for which the model has asked an advisor, and whose context was compacted.
const advised = `{"input_tokens":412,"cache_read_input_tokens":0,"cache_creation_input_tokens":0,"output_tokens":531,"inference_geo":"us","iterations":[` +
	`{"type":"compaction","input_tokens":180000,"output_tokens":3500},` +
	`{"type":"message","model":"claude-haiku-4-5","input_tokens":412,"output_tokens":89},` +
	`{"type":"advisor_message","model":"claude-opus-4-8","input_tokens":823,"cache_read_input_tokens":100,"cache_creation_input_tokens":20,"cache_creation":{"ephemeral_1h_input_tokens":20},"output_tokens":1612},` +
	`{"type":"message","model":"claude-haiku-4-5","input_tokens":1348,"output_tokens":442}]}`

// besides writes what an answer used besides its usage: model, input, of it read and written, output.
func besides(c *gateway.Chunk) (out string) {
	if c.Cost == nil {
		return ""
	}
	for _, o := range c.Cost.Others {
		u := o.Usage
		out += fmt.Sprintf("%s %d/%d/%d/%d %d %s;", o.Model, u.Input, u.CacheRead, u.CacheWrite, u.CacheWrite1h, u.Output, u.Terms.Region)
	}
	return out
}

// TestUsageOfOtherCalls: an advisor's tokens and those of a compaction are beside the answer's usage.
func TestUsageOfOtherCalls(t *testing.T) {
	const want = " 180000/0/0/0 3500 us;claude-opus-4-8 943/100/20/20 1612 us;"
	body := chunk(`{"type":"message","model":"claude-haiku-4-5","content":[],"stop_reason":"end_turn","usage":`+advised+`}`, gateway.FormBody)
	event := chunk(`{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":`+advised+`}`, gateway.FormEvent)
	for _, c := range []gateway.Chunk{body, event} {
		if got := besides(&c); got != want || c.Usage.Input != 412 || c.Usage.Output != 531 {
			t.Errorf("got %q and %+v, want %q", got, c.Usage, want)
		}
	}
}

// TestUsageOfOtherCallsIsBounded: what is no call, is absurd or is too much is left out.
func TestUsageOfOtherCallsIsBounded(t *testing.T) {
	for usage, want := range map[string]string{
		`{"iterations":null}`:               "",
		`{"iterations":5}`:                  "",
		`{"iterations":[5,null,"x",[],{}]}`: "",
		`{"iterations":[{"type":"advisor_message","model":5,"input_tokens":-3,"output_tokens":"9"}]}`:                                     "",
		`{"iterations":[{"type":"advisor_message","model":"m","input_tokens":1e18}]}`:                                                     "m 10000000/0/0/0 0 ;",
		`{"iterations":[{"type":"compaction","input_tokens":1,"iterations":[{"type":"compaction","input_tokens":7}]}]}`:                   " 1/0/0/0 0 ;",
		`{"iterations":[{"type":"fallback_message","model":"m","input_tokens":4}]}`:                                                       "",
		`{"iterations":[` + strings.Repeat(`{"type":"compaction","input_tokens":1},`, 200) + `{}]}`:                                       strings.Repeat(" 1/0/0/0 0 ;", maxOthers),
		`{"iterations":[{"type":"compaction","input_tokens":1}],"iterations":[{"type":"advisor_message","model":"m","output_tokens":2}]}`: "m 0/0/0/0 2 ;",
	} {
		c := chunk(`{"type":"message_delta","delta":{},"usage":`+usage+`}`, gateway.FormEvent)
		if got := besides(&c); got != want {
			t.Errorf("%.120s: got %q, want %q", usage, got, want)
		}
	}
}
