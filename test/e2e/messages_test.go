package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

// Everything that works on chat works on /v1/messages, for a target of the same format and
// for one whose requests and answers are translated.
var messagesTargets = []string{"claude", "local"}

// said is what a message says.
type said struct {
	text, thinking, signature, input string
	stop                             string
}

// unarySaid reads a whole message.
func unarySaid(body string) said {
	m := gjson.Parse(body)
	return said{m.Get(`content.#(type=="text").text`).String(), m.Get(`content.#(type=="thinking").thinking`).String(),
		m.Get(`content.#(type=="thinking").signature`).String(), m.Get(`content.#(type=="tool_use").input`).Raw, m.Get("stop_reason").String()}
}

// streamSaid joins the pieces of a streamed message.
func streamSaid(sse string) said {
	var s said
	for _, data := range events(sse) {
		e := gjson.Parse(data)
		s.text += e.Get("delta.text").String()
		s.thinking += e.Get("delta.thinking").String()
		s.signature += e.Get("delta.signature").String()
		s.input += e.Get("delta.partial_json").String()
		s.stop += e.Get("delta.stop_reason").String()
	}
	return s
}

// readMessage reads an answer of either form; a stream must keep the grammar.
func readMessage(t *testing.T, r reply, stream bool) said {
	t.Helper()
	if !stream {
		return unarySaid(r.body)
	}
	if err := grammar(r.body); err != nil {
		t.Errorf("%v\n%s", err, r.body)
	}
	return streamSaid(r.body)
}

// TestMessagesRedaction: values are replaced on the way to the target and restored on the way
// back, in texts, in reasoning and in the input of tools, wherever a stream is cut.
func TestMessagesRedaction(t *testing.T) {
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	s := start(t, messagesConfig, up)
	const key = "-----BEGIN PRIVATE KEY-----\nMIIE\"\\\n-----END PRIVATE KEY-----"
	reply := gatewaytest.Reply{Reasoning: "Is [EMAIL_1] [EMAIL_2]? [EMAIL_", Signature: signature, Text: "Sent to [email_1], not [EMAIL_3] or [EMAIL_12]! [EMAIL_1",
		Tools: []gatewaytest.Tool{{ID: "toolu_1", Name: "send", Args: []string{`{"to":"[EMAIL_1]","key":"[SECRET_1]","[EMAIL_2]":[ 1.0]}`}}}}
	want := said{"Sent to ada@mail.example, not [EMAIL_3] or [EMAIL_12]! [EMAIL_1", "Is ada@mail.example bob@mail.example? [EMAIL_", signature,
		`{"to":"ada@mail.example","key":"-----BEGIN PRIVATE KEY-----\nMIIE\"\\\n-----END PRIVATE KEY-----","bob@mail.example":[ 1.0]}`, "tool_use"}
	for _, target := range messagesTargets {
		if target == "local" {
			want.signature = ""
		}
		for size := range 14 {
			reply.PieceSize = size
			up.Set("answers", reply)
			for _, stream := range []bool{false, true} {
				r := s.messages("@"+target+"/answers", stream, "Mail ada@mail.example and bob@mail.example this: "+key, "X-Sluice-Config", redacting)
				if got := readMessage(t, r, stream); got != want {
					t.Errorf("%s, pieces of %d, stream %v:\n got %+v\nwant %+v", target, size, stream, got, want)
				}
			}
		}
	}
	for _, r := range up.Requests() {
		if body := string(r.Body); strings.Contains(body, "mail.example") || strings.Contains(body, "MIIE") || !strings.Contains(body, "Mail [EMAIL_1] and [EMAIL_2] this: [SECRET_1]") {
			t.Fatalf("upstream: %s", body)
		}
	}
	if r := s.post("/v1/messages/count_tokens", `{"model":"@claude/answers","messages":[{"role":"user","content":"ada@mail.example"}]}`, "X-Sluice-Config", redacting); r.json("input_tokens").Int() != 9 || strings.Contains(string(up.Last().Body), "ada@") {
		t.Errorf("%s\n%s", r.body, up.Last().Body)
	}
}

// TestMessagesGuards: input and output guardrails flag and deny, and the results are told.
func TestMessagesGuards(t *testing.T) {
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	up.Set("answer", gatewaytest.Reply{Reasoning: "Let me see.", Pieces: []string{"the ans", "wer is for", "ty-two"}})
	up.Set("tool", gatewaytest.Reply{Tools: []gatewaytest.Tool{{ID: "toolu_1", Name: "f", Args: []string{`{"a":"for`, `ty-two"}`}}}})
	s := start(t, messagesConfig, up)
	none, fortytwo := `{"operator":"none","words":["Forbidden"]}`, `{"rule":"forty-two","not":true}`
	for _, c := range []struct {
		name, model, config, text string
		status, calls             int
		failed                    string
	}{
		{"input flags", "answer", `{` + guards("input", "contains", none, "") + `}`, "say Forbidden", 246, 1, "default.contains"},
		{"input denies", "answer", `{` + guards("input", "contains", none, `,"deny":true`) + `}`, "say Forbidden", 446, 0, "default.contains"},
		{"input passes", "answer", `{` + guards("input", "contains", none, `,"deny":true`) + `}`, "fine", 200, 1, ""},
		{"output flags", "answer", `{` + guards("output", "regexMatch", fortytwo, "") + `}`, "hi", 246, 1, "default.regexMatch"},
		{"output denies", "answer", `{` + guards("output", "regexMatch", fortytwo, `,"deny":true`) + `}`, "hi", 446, 1, "default.regexMatch"},
		{"output denies a tool's input", "tool", `{` + guards("output", "regexMatch", fortytwo, `,"deny":true`) + `}`, "hi", 446, 1, "default.regexMatch"},
		{"446 falls back", "answer", `{"strategy":{"mode":"fallback","on_status_codes":[446]},"targets":[{"virtual_key":"TARGET",` + guards("output", "regexMatch", fortytwo, `,"deny":true`) + `},{"virtual_key":"local"}]}`, "hi", 200, 2, ""},
	} {
		for _, target := range messagesTargets {
			for _, stream := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s %s %v", c.name, target, stream), func(t *testing.T) {
					before := up.Hits("")
					model := "@" + target + "/" + c.model
					if strings.Contains(c.config, "targets") {
						model = c.model
					}
					r := s.messages(model, stream, c.text, "X-Sluice-Config", strings.Replace(c.config, "TARGET", target, 1), "X-Portkey-Strict-Open-Ai-Compliance", "false")
					if r.StatusCode != c.status || up.Hits("")-before != c.calls {
						t.Fatalf("%d, %d calls: %s", r.StatusCode, up.Hits("")-before, r.body)
					}
					results := r.json("hook_results")
					if c.status == 446 {
						if r.json("type").String() != "error" || r.json("error.type").String() == "" || strings.Contains(r.body, "forty-two") {
							t.Errorf("denied: %s", r.body)
						}
					} else if got := readMessage(t, r, stream); got.text != "the answer is forty-two" || got.thinking != "Let me see." {
						t.Errorf("%+v", got)
					}
					if stream && c.status != 446 {
						results = gjson.Get(events(r.body)[0], "hook_results")
					}
					if !strings.Contains(results.Raw, c.failed) {
						t.Errorf("hook_results: %s", r.body)
					}
				})
			}
		}
	}
}

// TestMessagesCache: an answer is stored once and told again as a body and as a stream, with
// its reasoning, signature and tool calls, and the row says that it cost nothing.
func TestMessagesCache(t *testing.T) {
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	up.Set("answers", gatewaytest.Reply{Reasoning: thought, Signature: signature, Text: "Let me look.", Tools: []gatewaytest.Tool{{ID: "toolu_1", Name: "f", Args: []string{`{"a": 1.0,`, `"b":[ ]}`}}}, Input: 30, Output: 5})
	s := start(t, messagesConfig, up)
	cached := []string{"X-Sluice-Config", `{"cache":"simple"}`}
	for _, target := range messagesTargets {
		for _, first := range []bool{false, true} {
			var want said
			before := up.Hits("")
			for i, stream := range []bool{first, false, true, true} {
				r := s.messages("@"+target+"/answers", stream, fmt.Sprintf("Look, %v", first), cached...)
				got := readMessage(t, r, stream)
				if i == 0 {
					want = got
				}
				status := r.Header.Get("X-Sluice-Cache-Status")
				if got != want || got.input != `{"a": 1.0,"b":[ ]}` || got.thinking != thought || (got.signature == signature) != (target == "claude") || strings.HasSuffix(status, "HIT") != (i > 0) {
					t.Errorf("%s %d: %s\n got %+v\nwant %+v\n%s", target, i, status, got, want, r.body)
				}
				row := s.logged(r.Header.Get("X-Sluice-Request-Id"))
				if cost := row.Get("cost_usd").Float(); (cost > 0) != (i == 0) {
					t.Errorf("%s %d: the row costs %v: %s", target, i, cost, row.Raw)
				}
			}
			if n := up.Hits("") - before; n != 1 {
				t.Errorf("%s: %d calls", target, n)
			}
		}
	}
	if r := s.messages("@claude/answers", false, "Look, false", "X-Sluice-Config", `{"cache":"simple"}`, "X-Sluice-Cache-Force-Refresh", "true"); !strings.HasSuffix(r.Header.Get("X-Sluice-Cache-Status"), "REFRESH") {
		t.Errorf("refresh: %v", r.Header)
	}
	chatted := s.post(chat, `{"model":"@local/answers","messages":[{"role":"user","content":"Look, false"}]}`, cached...)
	if strings.HasSuffix(chatted.Header.Get("X-Sluice-Cache-Status"), "HIT") || chatted.json("choices.#").Int() != 1 {
		t.Errorf("an answer crossed into another format: %s", chatted.body)
	}
}

const persona = `
slug: persona
messages:
  - {role: system, content: "Be {{tone}}."}
  - {role: user, content: "My name is {{name}}."}
  - {role: assistant, content: "Noted."}
parameters: {temperature: 0.5, max_tokens: 77}
`

// TestMessagesPrompt: a config names a template; its messages stand before the caller's, and
// its system text before the caller's system.
func TestMessagesPrompt(t *testing.T) {
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	s := start(t, messagesConfig, up, "prompts/persona.prompt.yaml", persona)
	call := func(target, more string) reply {
		return s.post("/v1/messages", `{"model":"gpt-mock",`+more+`"variables":{"tone":"kind","name":"Ada"},"messages":[{"role":"user","content":[{"type":"text","text":"Hello","cache_control":{"type":"ephemeral"}}]}]}`,
			"X-Sluice-Config", `{"prompt_id":"persona","virtual_key":"`+target+`"}`)
	}
	for _, more := range []string{``, `"system":"Be brief.",`, `"system":[{"type":"text","text":"Be brief.","cache_control":{"type":"ephemeral"}}],`} {
		r := call("claude", more)
		body := up.Last().Body
		system := gjson.GetBytes(body, "system")
		if system.IsArray() {
			system = gjson.Parse(gjson.GetBytes(body, "system.#.text").String())
		}
		if text := system.String(); r.StatusCode != 200 || !strings.Contains(text, "Be kind.") || strings.Contains(text, "Be brief.") != (more != "") || r.json("content.0.text").String() != "Hello" {
			t.Errorf("%d %s\n%s", r.StatusCode, r.body, body)
		}
		compare(t, "claude", body, map[string]string{"messages.#": "3", "messages.0.role": "user", "messages.1.content|@ugly|@tostr": gjson.GetBytes(body, "messages.1.content|@ugly|@tostr").String(),
			"messages.2.content.0.cache_control.type": "ephemeral", "temperature": "0.5", "max_tokens": "77", "variables": "", "model": "gpt-mock"})
		if !strings.Contains(gjson.GetBytes(body, "messages.0").Raw, "My name is Ada.") {
			t.Errorf("%s", body)
		}
		r = call("local", more)
		body = up.Last().Body
		if r.StatusCode != 200 || r.json("content.0.text").String() != "Hello" {
			t.Errorf("%d %s", r.StatusCode, r.body)
		}
		if roles := gjson.GetBytes(body, "messages.#.role").Raw; !strings.HasSuffix(roles, `"user","assistant","user"]`) || !strings.Contains(gjson.GetBytes(body, "messages.0").Raw, "Be kind.") {
			t.Errorf("%s", body)
		}
	}
	if r := call("claude", `"temperature":0.9,"stream":true,`); grammar(r.body) != nil || gjson.GetBytes(up.Last().Body, "temperature").Raw != "0.9" {
		t.Errorf("%s\n%s", r.body, up.Last().Body)
	}
	if r := s.post("/v1/messages", `{"model":"gpt-mock","variables":{},"messages":[{"role":"user","content":"Hello"}]}`, "X-Sluice-Config", `{"prompt_id":"persona","virtual_key":"claude"}`); r.StatusCode != 400 || r.json("type").String() != "error" || !strings.Contains(r.json("error.message").String(), "name") {
		t.Errorf("a missing variable: %d %s", r.StatusCode, r.body)
	}
}

// TestMessagesMetering: usage and cost are on the row and are charged to the key, until its
// budget is spent.
func TestMessagesMetering(t *testing.T) {
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	up.Set("dear", gatewaytest.Reply{Input: 1000, Output: 500})
	up.Set("cached", gatewaytest.Reply{Input: 1000, Cached: 800, Output: 500})
	s := start(t, messagesConfig, up)
	for _, target := range messagesTargets {
		for _, stream := range []bool{false, true} {
			name := fmt.Sprintf("poor-%s-%v", target, stream)
			key := as(s.post("/v1/api-keys", `{"name":"`+name+`","member":"poor@example.com","budget_usd":0.005}`).json("key").String()) // 2.5 answers
			ask := func(model string, more ...string) reply {
				return s.messages("@"+target+"/"+model, stream, "Hello", append(key, more...)...)
			}
			for _, model := range []string{"dear", "cached"} {
				r := ask(model)
				row := s.logged(r.Header.Get("X-Sluice-Request-Id"))
				if r.StatusCode != 200 || row.Get("usage.input_tokens").Int() != 1000 || row.Get("usage.output_tokens").Int() != 500 || row.Get("cost_usd").Float() == 0 ||
					model == "cached" && row.Get("usage.cache_read_tokens").Int() != 800 {
					t.Errorf("%s %s: %d %s\n%s", name, model, r.StatusCode, r.body, row.Raw)
				}
			}
			spent := s.get("/v1/api-keys/" + name).json("spent_usd").Float()
			if spent < 0.003 || spent > 0.0041 {
				t.Errorf("%s spent %v", name, spent)
			}
			var r reply
			for range 3 {
				r = ask("dear")
			}
			if r.StatusCode != 429 || r.Header.Get("X-Should-Retry") != "false" || r.json("type").String() != "error" || r.json("error.type").String() != "billing_error" || !strings.Contains(r.json("error.message").String(), "budget") {
				t.Errorf("%s: %d %s", name, r.StatusCode, r.body)
			}
		}
	}
}

// TestMessagesCountTokens: counting goes through redaction, prompts and parameters like the
// message that is counted, costs nothing, and has no answer that a guardrail could judge.
func TestMessagesCountTokens(t *testing.T) {
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	up.Set("dear", gatewaytest.Reply{Input: 1000})
	s := start(t, messagesConfig, up, "prompts/persona.prompt.yaml", persona)
	free := as(s.post("/v1/api-keys", `{"name":"free","member":"free@example.com","budget_usd":0.005}`).json("key").String())
	for _, target := range messagesTargets {
		r := s.post("/v1/messages/count_tokens", `{"model":"@`+target+`/dear","messages":[{"role":"user","content":"Hello"}]}`, free...)
		if row := s.logged(r.Header.Get("X-Sluice-Request-Id")); r.StatusCode != 200 || row.Get("cost_usd").Float() != 0 {
			t.Errorf("%s: counting costs: %d %s\n%s", target, r.StatusCode, r.body, row.Raw)
		}
	}
	if spent := s.get("/v1/api-keys/free").json("spent_usd").Float(); spent != 0 {
		t.Errorf("counting tokens was charged %v", spent)
	}
	count := func(target, more, config string) reply {
		return s.post("/v1/messages/count_tokens", `{"model":"@`+target+`/dear",`+more+`"messages":[{"role":"user","content":"Write to ada@mail.example"}]}`, "X-Sluice-Config", config)
	}
	denies := `{"default_params":{"max_tokens":5},"override_params":{"temperature":0.1},` + guards("output", "jsonSchema", `{"schema":{"type":"object"}}`, `,"deny":true`) + `,` + redacting[1:]
	if r := count("claude", `"thinking":{"type":"adaptive"},`, denies); r.StatusCode != 200 || r.body != `{"input_tokens":1000}` ||
		string(up.Last().Body) != `{"model":"dear","thinking":{"type":"adaptive"},"messages":[{"role":"user","content":"Write to [EMAIL_1]"}]}` || up.Last().Path != "/v1/messages/count_tokens" {
		t.Errorf("%d %s\n%s %s", r.StatusCode, r.body, up.Last().Path, up.Last().Body)
	}
	plain, prompted := count("local", "", denies), count("local", `"variables":{"tone":"kind","name":"Ada"},`, `{"prompt_id":"persona"}`)
	if plain.StatusCode != 200 || prompted.StatusCode != 200 || plain.json("input_tokens").Int() >= prompted.json("input_tokens").Int() {
		t.Errorf("%s %s", plain.body, prompted.body)
	}
	if r := count("claude", `"variables":{"tone":"kind","name":"Ada"},`, `{"prompt_id":"persona"}`); r.StatusCode != 200 || !strings.Contains(string(up.Last().Body), "Be kind.") || strings.Contains(string(up.Last().Body), "variables") {
		t.Errorf("%d %s\n%s", r.StatusCode, r.body, up.Last().Body)
	}
	if r := count("claude", "", `{`+guards("input", "contains", `{"operator":"none","words":["Write"]}`, `,"deny":true`)+`}`); r.StatusCode != 446 {
		t.Errorf("an input guardrail: %d %s", r.StatusCode, r.body)
	}
}

// TestMessagesRouting: retries, and a fallback from an Anthropic target to one of another
// format, which gets neither signatures nor cache points. The row tells every attempt.
func TestMessagesRouting(t *testing.T) {
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	up.Set("next", gatewaytest.Reply{Text: "From the second", Input: 40, Output: 6})
	s := start(t, messagesConfig, up)
	conversation := `"max_tokens":2000,"thinking":{"type":"enabled","budget_tokens":1024},"tools":[{"name":"f","input_schema":{"type":"object"},"cache_control":{"type":"ephemeral"}}],
		"messages":[{"role":"user","content":"Hello"},{"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"c2ln"},{"type":"redacted_thinking","data":"RU5D"},
		{"type":"tool_use","id":"toolu_1","name":"f","input":{"a":1.0}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":"done","cache_control":{"type":"ephemeral"}}]}]}`
	for _, fault := range []string{"fault-529", "fault-cut:1", "fault-error-event:1"} {
		for _, stream := range []bool{false, true} {
			if !stream && strings.Contains(fault, "event") {
				continue
			}
			r := s.post("/v1/messages", fmt.Sprintf(`{"model":"x","stream":%t,`, stream)+conversation, "X-Sluice-Config", fallback("", target("claude", fault, ""), target("local", "next", "")))
			if got := readMessage(t, r, stream); r.StatusCode != 200 || got.text != "From the second" || got.stop != "end_turn" {
				t.Errorf("%s: %d %+v\n%s", fault, r.StatusCode, got, r.body)
			}
			body := up.Last().Body
			compare(t, fault, body, map[string]string{"messages.1.tool_calls.0.function.arguments": `{"a":1.0}`, "messages.2.role": "tool", "messages.2.content": "done", "model": "next"})
			for _, word := range []string{"c2ln", "RU5D", "cache_control", "thinking"} {
				if strings.Contains(string(body), word) {
					t.Errorf("%s reached another format: %s", word, body)
				}
			}
			row := s.logged(r.Header.Get("X-Sluice-Request-Id"))
			last := row.Get("attempts.1")
			if row.Get("attempts.#").Int() != 2 || row.Get("attempts.0.error.kind").String() == "" || row.Get("attempts.0.provider").String() != "anthropic" ||
				last.Get("provider").String() != "openai" || last.Get("model").String() != "next" || last.Get("usage.input_tokens").Int() != 40 || row.Get("usage.output_tokens").Int() != 6 {
				t.Errorf("the row: %s", row.Raw)
			}
		}
	}
	for _, name := range messagesTargets {
		r := s.messages("@"+name+"/fault-500-then-ok:2", name == "claude", "Hello", "X-Sluice-Config", `{"retry":3}`)
		if got := readMessage(t, r, name == "claude"); r.StatusCode != 200 || got.text != "Hello" || r.Header.Get("X-Portkey-Retry-Attempt-Count") != "2" {
			t.Errorf("%s: %d %v %s", name, r.StatusCode, r.Header, r.body)
		}
	}
	r := s.messages("@claude/fault-cut:5", true, "a b c d", "X-Sluice-Config", fallback("", target("claude", "fault-cut:5", ""), target("local", "next", "")))
	if grammar(r.body) == nil || strings.Contains(r.body, "From the second") {
		t.Errorf("a stream that has begun was answered twice: %s", r.body)
	}
}
