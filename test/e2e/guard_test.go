package e2e

import (
	"strconv"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

const guarded = `
virtual_keys:
  - {name: a, provider: openai, base_url: UPSTREAM/v1, api_key: sk-a-upstream}
  - {name: b, provider: openai, base_url: UPSTREAM/v1, api_key: sk-b-upstream}
api_keys:
  - {name: one, key: sk-sl-member-one-000000000001, member: one@example.com}
  - {name: two, key: sk-sl-member-two-000000000002, member: two@example.com}
prompts: {dir: ./prompts}
`

// guards returns a list with one guardrail that has one check.
func guards(where, check, params, more string) string {
	return `"` + where + `_guardrails":[{"default.` + check + `":` + params + more + `}]`
}

// TestGuardOutcomes: statuses 246 and 446 and the retries and fallbacks on them, unary and
// streamed.
func TestGuardOutcomes(t *testing.T) {
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	up.Set("answer", gatewaytest.Reply{Pieces: []string{"the ans", "wer is for", "ty-two"}})
	s := start(t, guarded, up)
	none := `{"operator":"none","words":["Forbidden"]}`
	fortytwo, object := `{"rule":"forty-two","not":true}`, `{"schema":{"type":"object"}}`
	for _, c := range []struct {
		name, config, text string
		status, calls      int
		failed             string // the check that hook_results must name as failed
		option             string
	}{
		{"input flags", `{` + guards("input", "contains", none, "") + `}`, "say Forbidden", 246, 1, "default.contains", "config"},
		{"input denies", `{` + guards("input", "contains", none, `,"deny":true`) + `}`, "say Forbidden", 446, 0, "default.contains", ""},
		{"input passes", `{` + guards("input", "contains", none, `,"deny":true`) + `}`, "fine", 200, 1, "", "config"},
		{"an earlier turn is seen", `{` + guards("input", "contains", none, `,"deny":true`) + `}`, `Forbidden"},{"role":"user","content":"fine`, 446, 0, "default.contains", ""},
		{"output flags", `{` + guards("output", "jsonSchema", object, "") + `}`, "hi", 246, 1, "default.jsonSchema", "config"},
		{"output denies over the cuts of the stream", `{` + guards("output", "regexMatch", fortytwo, `,"deny":true`) + `}`, "hi", 446, 1, "default.regexMatch", "config"},
		{"246 falls back", `{"strategy":{"mode":"fallback","on_status_codes":[246]},"targets":[{"virtual_key":"a",` + guards("output", "jsonSchema", object, "") + `},{"virtual_key":"b"}]}`, "hi", 200, 2, "", "config.targets[1]"},
		{"446 falls back", `{"strategy":{"mode":"fallback","on_status_codes":[446]},"targets":[{"virtual_key":"a",` + guards("output", "jsonSchema", object, `,"deny":true`) + `},{"virtual_key":"b"}]}`, "hi", 200, 2, "", "config.targets[1]"},
		{"446 of another status stays", `{"strategy":{"mode":"fallback","on_status_codes":[500]},"targets":[{"virtual_key":"a",` + guards("output", "jsonSchema", object, `,"deny":true`) + `},{"virtual_key":"b"}]}`, "hi", 446, 1, "default.jsonSchema", "config.targets[0]"},
		{"a target's own input", `{"strategy":{"mode":"fallback"},"targets":[{"virtual_key":"a",` + guards("input", "contains", none, `,"deny":true`) + `},{"virtual_key":"b"}]}`, "Forbidden", 200, 1, "", "config.targets[1]"},
		{"446 is retried where listed", `{"retry":{"attempts":1,"on_status_codes":[446]},` + guards("output", "jsonSchema", object, `,"deny":true`) + `}`, "hi", 446, 2, "default.jsonSchema", "config"},
		{"hooks by their older name", `{"before_request_hooks":[{"id":"pg-1","type":"guardrail","checks":[{"id":"contains","parameters":` + none + `}],"deny":true}]}`, "Forbidden", 446, 0, "default.contains", ""},
	} {
		for _, stream := range []bool{false, true} {
			t.Run(c.name+" "+strconv.FormatBool(stream), func(t *testing.T) {
				before := up.Hits("")
				model := "@a/answer"
				if strings.Contains(c.config, "targets") {
					model = "answer"
				}
				r := s.post(chat, `{"model":"`+model+`","stream":`+strconv.FormatBool(stream)+`,"messages":[{"role":"user","content":"`+c.text+`"}]}`,
					"X-Portkey-Config", c.config, "X-Portkey-Strict-Open-Ai-Compliance", "false")
				if r.StatusCode != c.status || up.Hits("")-before != c.calls || r.Header.Get("X-Portkey-Last-Used-Option-Index") != c.option {
					t.Fatalf("%d, %d calls, %q: %s", r.StatusCode, up.Hits("")-before, r.Header.Get("X-Portkey-Last-Used-Option-Index"), r.body)
				}
				results := r.json("hook_results")
				if c.status != 446 && stream {
					if texts(r.body) != "the answer is forty-two" || !strings.HasSuffix(r.body, "data: [DONE]\n\n") {
						t.Errorf("the stream: %s", r.body)
					}
					results = reply{body: events(r.body)[0]}.json("hook_results")
				} else if c.status == 446 && (r.json("error.type").String() != "hooks_failed" || strings.Contains(r.body, "forty-two")) {
					t.Errorf("denied: %s", r.body)
				}
				if got := results.Get(`@values.@flatten.#.checks.@flatten.#(verdict==false)#.id`).String(); c.failed != "" && !strings.Contains(results.Raw, c.failed) {
					t.Errorf("hook_results %s: %s", got, results.Raw)
				}
			})
		}
	}
	strict := s.post(chat, ask("@a/answer", `"stream":true,`), "X-Portkey-Config", `{`+guards("output", "jsonSchema", object, "")+`}`)
	if strict.StatusCode != 246 || strings.Contains(strict.body, "hook_results") || texts(strict.body) != "the answer is forty-two" {
		t.Errorf("strict stream: %d %s", strict.StatusCode, strict.body)
	}
}

// arms is a prompt with two variants.
const arms = `
slug: arms
model: "@a/gpt-mock"
messages: [{role: user, content: "old {{name}}"}]
by: metadata._user
variants:
  - {name: control, weight: 50}
  - {name: trial, weight: 50, prompt: "new {{name}}"}
`

// TestPromptArms: a member keeps its variant, the row names it, and the weights hold.
func TestPromptArms(t *testing.T) {
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	s := start(t, guarded, up, "prompts/arms.prompt.yaml", arms,
		"prompts/plain.prompt.yaml", `{model: "@a/gpt-mock", messages: [{role: user, content: "plain {{name}}"}]}`,
		"prompts/terse.prompt.yaml", `{model: "@b/gpt-mock", messages: [{role: user, content: "terse {{name}}"}]}`)
	call := func(path, body string, header ...string) (string, reply) {
		t.Helper()
		r := s.post(path, body, header...)
		word, _, _ := strings.Cut(r.json("choices.0.message.content").String(), " ")
		if r.StatusCode != 200 {
			t.Fatalf("%d %s", r.StatusCode, r.body)
		}
		return word, r
	}
	for _, by := range []struct{ config, a, b string }{
		{`{}`, "old", "new"},
		{`{"strategy":{"mode":"loadbalance"},"targets":[{"prompt_id":"plain","virtual_key":"a"},{"prompt_id":"terse@latest","virtual_key":"b"}]}`, "plain", "terse"},
	} {
		seen := map[string]int{}
		for m := range 24 {
			header := []string{"X-Portkey-Config", by.config, "X-Portkey-Metadata", `{"_user":"member-` + strconv.Itoa(m) + `"}`}
			first, r := call("/v1/prompts/arms/completions", `{"variables":{"name":"Ada"}}`, header...)
			seen[first]++
			for range 2 {
				if again, _ := call("/v1/prompts/arms/completions", `{"variables":{"name":"Bob"}}`, header...); again != first {
					t.Fatalf("member %d moved from %q to %q", m, first, again)
				}
			}
			if m > 0 {
				continue
			}
			if row := s.logged(r.Header.Get("X-Sluice-Request-Id")).Get("prompt"); row.Get("slug").String() == "" || row.Get("version").Int() != 1 || row.Get("variant").String() == "" {
				t.Errorf("the row: %s", row.Raw)
			}
		}
		if seen[by.a]+seen[by.b] != 24 || seen[by.a] < 3 || seen[by.b] < 3 {
			t.Errorf("the arms: %v", seen)
		}
	}
	one, _ := call("/v1/prompts/arms/completions", `{"variables":{"name":"x"}}`, "Authorization", "Bearer sk-sl-member-one-000000000001")
	for range 5 {
		if again, _ := call("/v1/prompts/arms/completions", `{"variables":{"name":"y"}}`, "Authorization", "Bearer sk-sl-member-one-000000000001"); again != one {
			t.Error("the member of an API key moved to another arm")
		}
	}
}

// TestPromptsOverHTTP: references, rendering, overrides by the call, and stable variants.
func TestPromptsOverHTTP(t *testing.T) {
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	s := start(t, guarded, up)
	create := func(path, body string) {
		t.Helper()
		if r := s.post(path, body); r.StatusCode != 201 {
			t.Fatalf("%s: %d %s", path, r.StatusCode, r.body)
		}
	}
	create("/v1/prompts", `{"slug":"greet","body":{"model":"@a/old","messages":[{"role":"system","content":"Be {{tone}}."},{"role":"user","content":"Hi {{name}}{{#items}} <{{.}}>{{/items}}"}],"parameters":{"temperature":0.1}}}`)
	create("/v1/prompts/greet/versions", `{"body":{"model":"@a/new","messages":[{"role":"user","content":"Hello {{name}}"}],"parameters":{"temperature":0.2}}}`)
	if r := s.do("PUT", "/v1/prompts/greet/labels/production", `{"version":1}`); r.StatusCode != 200 {
		t.Fatalf("label: %d %s", r.StatusCode, r.body)
	}
	if r := s.do("PUT", "/v1/prompts/greet/labels/staging", `{"version":2}`); r.StatusCode != 200 {
		t.Fatalf("label: %d %s", r.StatusCode, r.body)
	}
	const odd = `A\"d\na {{x}} é 😀 </script>`
	for _, c := range []struct{ id, variables, says, model string }{
		{"greet@1", `{"tone":"kind","name":"` + odd + `","items":["a","b"]}`, "Hi A\"d\na {{x}} é 😀 </script> <a> <b>", "old"},
		{"greet@2", `{"name":"Ada"}`, "Hello Ada", "new"},
		{"greet@latest", `{"name":"Ada"}`, "Hello Ada", "new"},
		{"greet@production", `{"tone":"kind","name":"Ada","items":[]}`, "Hi Ada", "old"},
		{"greet@staging", `{"name":"Ada"}`, "Hello Ada", "new"},
	} {
		r := s.post("/v1/prompts/"+c.id+"/completions", `{"variables":`+c.variables+`,"temperature":0.9}`)
		if r.StatusCode != 200 || r.json("choices.0.message.content").String() != c.says || up.Last().Model != c.model || !strings.Contains(string(up.Last().Body), `"temperature":0.9`) {
			t.Errorf("%s: %d %s\n%s", c.id, r.StatusCode, r.body, up.Last().Body)
		}
		render := s.post("/v1/prompts/"+c.id+"/render", `{"variables":`+c.variables+`}`)
		if !render.json("success").Bool() || render.json("data.messages.@reverse.0.content").String() != c.says || render.json("data.temperature").Float() > 0.2 {
			t.Errorf("%s rendered: %s", c.id, render.body)
		}
	}
	if r := s.post("/v1/prompts/greet@2/completions", `{"variables":{"name":"Ada"},"stream":true}`); texts(r.body) != "Hello Ada" {
		t.Errorf("streamed: %s", r.body)
	}
	for id, status := range map[string]int{"greet@9": 404, "greet@nolabel": 404, "nobody": 404, "greet@": 404} {
		if r := s.post("/v1/prompts/"+id+"/completions", `{"variables":{"name":"x"}}`); r.StatusCode != status {
			t.Errorf("%s: %d %s", id, r.StatusCode, r.body)
		}
	}
	for body, names := range map[string]string{`{"variables":{}}`: "name", `{"variables":{"name":"a","nmae":"b"}}`: "nmae", `{"variables":[]}`: "variables", `{"variables":"x"}`: "variables"} {
		if r := s.post("/v1/prompts/greet@2/completions", body); r.StatusCode != 400 || !strings.Contains(r.json("error.message").String(), names) {
			t.Errorf("%s: %d %s", body, r.StatusCode, r.body)
		}
	}
}

const pinned = `
organisation: {config: everywhere}
virtual_keys:
  - {name: a, provider: openai, base_url: UPSTREAM/v1, api_key: sk-a-upstream}
  - {name: a, workspace: team, provider: openai, base_url: UPSTREAM/v1, api_key: sk-a-upstream}
configs:
  - slug: everywhere
    config: {input_guardrails: [{id: all, deny: true, checks: [{id: contains, parameters: {words: [nowhere], operator: none}}]}], redact: [card]}
  - slug: guarded
    config: {input_guardrails: [{id: no, deny: true, checks: [{id: contains, parameters: {words: [forbidden], operator: none}}]}], redact: [email]}
api_keys:
  - {name: one, key: sk-sl-member-one-000000000001, member: one@example.com, config: guarded}
  - {name: two, key: sk-sl-member-two-000000000002, member: two@example.com, workspace: team}
`

// TestPinnedGuardrailsBind: the guardrails and the redaction of an API key's config hold under
// every config that its caller sends, and for everything that would go upstream.
func TestPinnedGuardrailsBind(t *testing.T) {
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	up.Set("answer", gatewaytest.Reply{Pieces: []string{"fine"}})
	s := start(t, pinned, up)
	body := func(more, text string) string {
		return `{"model":"@a/answer"` + more + `,"messages":[{"role":"user","content":[{"type":"text","text":"` + text + `"}]}]}`
	}
	for name, c := range map[string]struct{ config, body string }{
		"an empty config":      {`{}`, body("", "FORBIDDEN")},
		"a weaker guardrail":   {`{"input_guardrails":[{"id":"no","checks":[{"id":"contains","parameters":{"words":["x"]}}],"on_error":"allow"}]}`, body("", "forbidden")},
		"an override":          {`{"override_params":{"messages":[{"role":"user","content":"forbidden"}]}}`, body("", "hello")},
		"a default":            {`{"default_params":{"user":"forbidden"}}`, body("", "hello")},
		"user":                 {`{}`, body(`,"user":"forbidden"`, "hello")},
		"a key of metadata":    {`{}`, body(`,"metadata":{"forbidden":"x"}`, "hello")},
		"a data URL":           {`{}`, body("", "data:;base64,forbidden")},
		"split over the parts": {`{}`, body("", `for"},{"type":"text","text":"bidden`)},
		"full width":           {`{}`, body("", "ｆｏｒｂｉｄｄｅｎ")},
	} {
		t.Run(name, func(t *testing.T) {
			before := up.Hits("")
			r := s.post(chat, c.body, "Authorization", "Bearer sk-sl-member-one-000000000001", "X-Portkey-Config", c.config)
			if r.StatusCode != 446 || up.Hits("") != before {
				t.Errorf("%d, %d calls: %s", r.StatusCode, up.Hits("")-before, r.body)
			}
		})
	}
	for _, key := range []string{"sk-sl-member-one-000000000001", "sk-sl-member-two-000000000002"} { // what the organisation pins
		before := up.Hits("")
		if r := s.post(chat, body("", "nowhere"), "Authorization", "Bearer "+key, "X-Portkey-Config", `{}`); r.StatusCode != 446 || up.Hits("") != before {
			t.Errorf("%s: %d %s", key, r.StatusCode, r.body)
		}
		if r := s.post(chat, body("", "card 4111111111111111"), "Authorization", "Bearer "+key); r.StatusCode != 200 || !strings.Contains(string(up.Last().Body), "[CARD_1]") {
			t.Errorf("%s: %d %s", key, r.StatusCode, up.Last().Body)
		}
	}
	r := s.post(chat, body("", "write to ann@example.com"), "Authorization", "Bearer sk-sl-member-one-000000000001", "X-Portkey-Config", `{}`)
	if r.StatusCode != 200 || strings.Contains(string(up.Last().Body), "ann@") || !strings.Contains(string(up.Last().Body), "[EMAIL_1]") {
		t.Errorf("%d: %s", r.StatusCode, r.body)
	}
	if r := s.post(chat, body("", "hello"), "Authorization", "Bearer sk-sl-member-one-000000000001", "X-Portkey-Config", `{"redact":false}`); r.StatusCode != 400 {
		t.Errorf("redact false: %d %s", r.StatusCode, r.body)
	}
}
