package e2e

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

// events lists the data of an event stream.
func events(sse string) []string {
	var out []string
	for line := range strings.Lines(sse) {
		if data, ok := strings.CutPrefix(strings.TrimSpace(line), "data: "); ok {
			out = append(out, data)
		}
	}
	return out
}

const streaming = `
virtual_keys:
  - {name: claude, provider: anthropic, base_url: UPSTREAM, api_key: sk-ant-upstream}
  - {name: local, provider: openai, base_url: UPSTREAM/v1, api_key: sk-upstream, prices: {"*": {input: 1, output: 2}}}
timeouts: {connect: 2s, first_byte: 5s, idle_stream: 1s}
`

// TestStreamBreaks: a failure after the first chunk is one error event, and the row records it;
// a failure before it is an error with a status.
func TestStreamBreaks(t *testing.T) {
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	s := start(t, streaming, up)
	for _, c := range []struct {
		fault string
		text  string // what came before
		kind  string // error.type
	}{
		{"cut:3", "a b ", "upstream_error"},
		{"reset:3", "", "upstream_error"}, // a reset may overtake sent bytes
		{"error-event:3", "a b ", ""},
		{"malformed:4", "a b ", "upstream_error"},
		{"stall:3", "a b ", "timeout_error"},
		{"no-end", "a b c d", "upstream_error"},
	} {
		for _, model := range []string{"@local/", "@claude/"} {
			if model == "@claude/" && (c.fault == "malformed:4" || c.fault == "no-end") {
				continue // other events stand at that place
			}
			fault := c.fault
			if model == "@claude/" {
				fault = strings.Replace(fault, ":3", ":5", 1) // its text begins later
			}
			t.Run(model+fault, func(t *testing.T) {
				t.Parallel()
				trace := "break " + model + fault
				r := s.post(chat, `{"model":"`+model+`fault-`+fault+`","stream":true,"messages":[{"role":"user","content":"a b c d"}]}`, "X-Portkey-Trace-Id", trace)
				all := events(r.body)
				if r.StatusCode == 502 && strings.HasPrefix(c.fault, "reset") {
					return
				}
				if r.StatusCode != 200 || len(all) == 0 {
					t.Fatalf("%d %s", r.StatusCode, r.body)
				}
				e := gjson.Get(all[len(all)-1], "error")
				if e.Get("message").String() == "" || c.kind != "" && e.Get("type").String() != c.kind || strings.Contains(r.body, "[DONE]") || strings.Count(r.body, `"error"`) != 1 {
					t.Errorf("the end: %s", r.body)
				}
				if model == "@local/" && !strings.HasPrefix(texts(r.body), c.text) {
					t.Errorf("came before: %q", texts(r.body))
				}
				row := s.logged(trace)
				if row.Get("outcome").String() != "provider_error" || row.Get("error.message").String() == "" || row.Get("attempts.0.error.message").String() == "" {
					t.Errorf("the row: %s", row.Raw)
				}
			})
		}
	}
}

// TestStreamUsage: usage is measured for every stream and sent to callers that asked for it.
func TestStreamUsage(t *testing.T) {
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	s := start(t, streaming, up)
	for _, model := range []string{"@local/gpt-mock", "@claude/claude-opus-4-7", "@local/fault-usage-early", "@local/fault-usage-twice", "mock/echo"} {
		for _, c := range []struct {
			options string
			wants   bool
		}{{``, false}, {`"stream_options":null,`, false}, {`"stream_options":{"include_usage":false},`, false}, {`"stream_options":{"include_usage":true},`, true}} {
			t.Run(model+c.options, func(t *testing.T) {
				trace := "usage " + model + c.options
				r := s.post(chat, ask(model, `"stream":true,`+c.options), "X-Portkey-Trace-Id", strings.ReplaceAll(trace, `"`, "'"))
				shown, empty := 0, 0
				for _, data := range events(r.body) {
					if gjson.Get(data, "usage.total_tokens").Int() > 0 {
						shown++
					}
					if data != "[DONE]" && gjson.Get(data, "choices.#").Int() == 0 {
						empty++
					}
				}
				if (shown > 0) != c.wants || !c.wants && (empty > 0 || strings.Contains(r.body, `"usage"`)) {
					t.Errorf("shown %d times, %d empty events: %s", shown, empty, r.body)
				}
				if !strings.HasSuffix(r.body, "data: [DONE]\n\n") || strings.Count(r.body, "[DONE]") != 1 {
					t.Errorf("the end: %q", r.body[max(0, len(r.body)-60):])
				}
				if !strings.HasPrefix(model, "mock") && !strings.Contains(string(up.Last().Body), `"stream":true`) {
					t.Errorf("upstream: %s", up.Last().Body)
				}
				if row := s.logged(strings.ReplaceAll(trace, `"`, "'")); row.Get("usage.output_tokens").Int() == 0 {
					t.Errorf("the row: %s", row.Raw)
				}
			})
		}
	}
}

// TestStreamTools: streamed tool calls arrive as they were sent and fold to the unary ones.
func TestStreamTools(t *testing.T) {
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	s := start(t, streaming, up)
	for _, model := range []string{"@local/fault-tool-split", "@claude/fault-tool-split"} {
		r := s.post(chat, ask(model, `"stream":true,`))
		names, args, finish := map[int64]string{}, map[int64]string{}, ""
		for _, data := range events(r.body) {
			for _, call := range gjson.Get(data, "choices.0.delta.tool_calls").Array() {
				names[call.Get("index").Int()] += call.Get("function.name").String()
				args[call.Get("index").Int()] += call.Get("function.arguments").String()
			}
			finish += gjson.Get(data, "choices.0.finish_reason").String()
		}
		if names[0] != "get_weather" || names[1] != "get_time" || args[0] != `{"city":"Paris"}` || args[1] != "{}" || finish != "tool_calls" {
			t.Errorf("%s: %v %v %s\n%s", model, names, args, finish, r.body)
		}
		u := s.post(chat, ask(model, ""))
		if u.json("choices.0.message.tool_calls.0.function.arguments").String() != args[0] || u.json("choices.0.message.tool_calls.#").Int() != 2 ||
			u.json("choices.0.message.content").Type != gjson.Null || u.json("choices.0.finish_reason").String() != "tool_calls" {
			t.Errorf("%s unary: %s", model, u.body)
		}
	}
}

// TestStreamManyChoices: n > 1 keeps its indexes when streamed, stored and replayed.
func TestStreamManyChoices(t *testing.T) {
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	s := start(t, streaming, up)
	const two = `{"id":"c","object":"chat.completion","created":1,"model":"two","choices":[{"index":0,"message":{"role":"assistant","content":"left"},"finish_reason":"stop"},{"index":1,"message":{"role":"assistant","content":"right"},"finish_reason":"length"}],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}`
	up.Set("two", gatewaytest.Reply{Status: 200, Body: two})
	for i, status := range []string{"MISS", "HIT"} {
		r := s.post(chat, ask("@local/two", `"n":2,`), "X-Portkey-Config", `{"cache":"simple"}`)
		if r.body != two || r.Header.Get("X-Portkey-Cache-Status") != status {
			t.Errorf("%d: %s %s", i, r.Header.Get("X-Portkey-Cache-Status"), r.body)
		}
	}
	r := s.post(chat, ask("@local/two", `"n":2,"stream":true,`), "X-Portkey-Config", `{"cache":"simple"}`)
	said, finish := map[int64]string{}, map[int64]string{}
	for _, data := range events(r.body) {
		for _, c := range gjson.Get(data, "choices").Array() {
			said[c.Get("index").Int()] += c.Get("delta.content").String()
			finish[c.Get("index").Int()] += c.Get("finish_reason").String()
		}
	}
	if said[0] != "left" || said[1] != "right" || finish[0] != "stop" || finish[1] != "length" || r.Header.Get("X-Portkey-Cache-Status") != "HIT" {
		t.Errorf("replayed: %v %v %s", said, finish, r.body)
	}
}

// TestStreamHangUp: a caller that disconnects cancels the upstream call, before and after the
// answer began, and the row records it.
func TestStreamHangUp(t *testing.T) {
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	up.Set("endless", gatewaytest.Reply{Text: strings.Repeat("word ", 2000), Fault: gatewaytest.Fault{Between: 10 * time.Millisecond}})
	up.Set("silent", gatewaytest.Reply{Fault: gatewaytest.Fault{Stall: true}})
	s := start(t, streaming, up)
	for _, c := range []struct{ name, model, more, config string }{
		{"in the middle", "@local/endless", `"stream":true,`, `{}`},
		{"in the middle of Claude", "@claude/endless", `"stream":true,`, `{}`},
		{"before the first chunk", "@local/silent", `"stream":true,`, `{"retry":3}`},
		{"unary", "@local/silent", ``, `{"retry":3,"fallback":["gpt-mock"]}`},
		{"while a guardrail collects", "@local/endless", `"stream":true,`, `{"output_guardrails":[{"default.contains":{"operator":"none","words":["x"]}}]}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			before, calls := up.Cancelled(), up.Hits("")
			ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
			defer cancel()
			req, err := http.NewRequestWithContext(ctx, "POST", s.url+chat, strings.NewReader(ask(c.model, c.more)))
			if err != nil {
				t.Fatal(err)
			}
			trace := "hang up " + c.name
			req.Header.Set("Authorization", "Bearer "+ownerKey)
			req.Header.Set("X-Portkey-Trace-Id", trace)
			req.Header.Set("X-Portkey-Config", c.config)
			if res, err := http.DefaultClient.Do(req); err == nil {
				lines := bufio.NewScanner(res.Body)
				for lines.Scan() {
				}
				_ = res.Body.Close()
			}
			for end := time.Now().Add(2 * time.Second); up.Cancelled() == before && time.Now().Before(end); {
				time.Sleep(5 * time.Millisecond)
			}
			if up.Cancelled() != before+1 || !up.WaitIdle(time.Second) || up.Hits("") != calls+1 {
				t.Errorf("%d calls cancelled, %d open, %d made", up.Cancelled()-before, up.Open(), up.Hits("")-calls)
			}
			row := s.logged(trace)
			if row.Get("outcome").String() != "cancelled" || row.Get("attempts.#").Int() != 1 || row.Get("attempts.0.error.kind").String() != "cancelled" {
				t.Errorf("the row: %s", row.Raw)
			}
		})
	}
}
