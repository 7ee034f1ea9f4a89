package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

// ranked has one key that is cheap to read and dear to write, and one the other way round.
const ranked = `
virtual_keys:
  - {name: reader, provider: openai, base_url: UPSTREAM/v1, api_key: sk-reader, prices: {"*": {input: 1, output: 30}}}
  - {name: writer, provider: openai, base_url: UPSTREAM/v1, api_key: sk-writer, prices: {"*": {input: 5, output: 6}}}
  - {name: local, provider: openai, base_url: UPSTREAM/v1, api_key: none}
`

// TestCheapestByCall: which target is the cheaper one depends on the call. A target without a price is
// asked last, and what is charged is the price of the one that answers.
func TestCheapestByCall(t *testing.T) {
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	s := start(t, ranked, up)
	leaves := target("local", "unheard-of", "") + `,` + target("reader", "gpt-a", "") + `,` + target("writer", "gpt-b", "")
	config := `{"strategy":{"mode":"cheapest"},"targets":[` + leaves + `]}`
	ask := func(content, fields, config string) reply {
		return s.post(chat, `{"model":"x","messages":[{"role":"user","content":"`+content+`"}]`+fields+`}`, "X-Portkey-Config", config)
	}
	long := strings.Repeat("word ", 8_000)
	for name, c := range map[string]struct{ content, fields, want string }{
		"long input, short output": {long, `,"max_tokens":50`, "config.targets[1]"},
		"short input, long output": {"Hi", `,"max_tokens":4000`, "config.targets[2]"},
		"long input, no limit":     {long, ``, "config.targets[1]"},
		"short input, no limit":    {"Hi", ``, "config.targets[2]"},
	} {
		r := ask(c.content, c.fields, config)
		if got := r.Header.Get("X-Sluice-Last-Used-Option-Index"); r.StatusCode != 200 || got != c.want {
			t.Errorf("%s: %d, %s answered, want %s: %s", name, r.StatusCode, got, c.want, r.body)
		}
	}
	if r := ask("Hi", "", config); r.Header.Get("X-Sluice-Target-Order") != "cheapest config: config.targets[2], config.targets[1], config.targets[0] (unpriced)" {
		t.Errorf("the order told: %v", r.Header)
	}
	failing := `{"strategy":{"mode":"cheapest"},"targets":[` + target("local", "unheard-of", "") + `,` + target("reader", "fault-503", "") + `,` + target("writer", "fault-429", "") + `]}`
	if r := ask("Hi", "", failing); r.Header.Get("X-Sluice-Last-Used-Option-Index") != "config.targets[0]" {
		t.Errorf("both priced targets fail: %d %v", r.StatusCode, r.Header)
	}
}

// TestFastestByDelay: two upstreams of 10 and 80 ms; the calls follow when they change places.
func TestFastestByDelay(t *testing.T) {
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	delay := func(model string, d time.Duration) {
		up.Set(model, gatewaytest.Reply{Fault: gatewaytest.Fault{BeforeHeaders: d}})
	}
	delay("one", 80*time.Millisecond)
	delay("two", 10*time.Millisecond)
	s := start(t, routing, up)
	config := `{"strategy":{"mode":"fastest"},"targets":[` + target("a", "one", "") + `,` + target("b", "two", "") + `]}`
	calls := func(n int, stream string) (one, two int) {
		before, before2 := up.Hits("one"), up.Hits("two")
		for range n {
			if r := s.post(chat, ask("x", stream), "X-Portkey-Config", config); r.StatusCode != 200 {
				t.Fatalf("%d %s", r.StatusCode, r.body)
			}
		}
		return up.Hits("one") - before, up.Hits("two") - before2
	}
	for _, stream := range []string{"", `"stream":true,`} { // each is measured by itself
		if one, two := calls(40, stream); one < 1 || two < 28 { // 1 to be measured, and about 2 of 40 at random
			t.Errorf("%q: %d calls to the slow one, %d to the fast one", stream, one, two)
		}
	}
	delay("one", 0)
	delay("two", 80*time.Millisecond)
	calls(150, "") // without a call at random among them: 0.95 ^ 150, once in 2,000 runs
	if one, two := calls(40, ""); one < 28 {
		t.Errorf("after the change: %d calls to the fast one, %d to the slow one", one, two)
	}
}
