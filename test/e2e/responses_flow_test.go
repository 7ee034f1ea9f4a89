package e2e

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

// TestResponsesPrompt: a config names a template; its messages stand before the caller's, and its
// system text before the caller's instructions.
func TestResponsesPrompt(t *testing.T) {
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	s := start(t, responsesConfig, up, "prompts/persona.prompt.yaml", persona)
	for _, target := range responsesTargets {
		r := s.post("/v1/responses", `{"model":"gpt-mock","variables":{"tone":"kind","name":"Ada"},"instructions":"Be brief.","input":"Hello"}`, "X-Sluice-Config", `{"prompt_id":"persona","virtual_key":"`+target+`"}`)
		body := string(up.Last().Body)
		if r.StatusCode != 200 || readResponse(t, r, false).text != "Hello" || strings.Contains(body, "variables") {
			t.Errorf("%s: %d %s\n%s", target, r.StatusCode, r.body, body)
		}
		at := -1
		for _, text := range []string{"Be kind.", "Be brief.", "My name is Ada.", "Noted.", "Hello"} {
			next := strings.Index(body, text)
			if next <= at {
				t.Errorf("%s: %q is missing or out of order: %s", target, text, body)
			}
			at = next
		}
		if !strings.Contains(body, "77") || !strings.Contains(body, "0.5") {
			t.Errorf("%s: %s", target, body)
		}
	}
}

// TestResponsesMetering: usage and cost are on the row and are charged to the key, until its
// budget is spent. The reservation follows max_output_tokens.
func TestResponsesMetering(t *testing.T) {
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	up.Set("dear", gatewaytest.Reply{Input: 20, Output: 990})
	s := start(t, responsesConfig, up)
	for _, target := range responsesTargets {
		for _, stream := range []bool{false, true} {
			name := fmt.Sprintf("poor-%s-%v", target, stream)
			key := as(s.post("/v1/api-keys", `{"name":"`+name+`","member":"poor@example.com","budget_usd":0.005}`).json("key").String()) // 2.5 answers
			ask := func(limit int) reply {
				return s.post("/v1/responses", fmt.Sprintf(`{"model":"@%s/dear","stream":%t,"max_output_tokens":%d,"input":"Hello"}`, target, stream, limit), key...)
			}
			if r := ask(1_000_000); r.StatusCode != 429 || !strings.Contains(r.json("error.message").String(), "budget") {
				t.Errorf("%s: a limit that the budget does not cover: %d %s", name, r.StatusCode, r.body)
			}
			for range 2 {
				r := ask(1000)
				row := s.logged(r.Header.Get("X-Sluice-Request-Id"))
				if r.StatusCode != 200 || row.Get("usage.input_tokens").Int() != 20 || row.Get("usage.output_tokens").Int() != 990 || row.Get("cost_usd").Float() == 0 {
					t.Errorf("%s: %d %s\n%s", name, r.StatusCode, r.body, row.Raw)
				}
			}
			if spent := s.get("/v1/api-keys/" + name).json("spent_usd").Float(); spent < 0.0039 || spent > 0.0041 {
				t.Errorf("%s spent %v", name, spent)
			}
			if r := ask(2000); r.StatusCode != 429 {
				t.Errorf("%s: %d %s", name, r.StatusCode, r.body)
			}
		}
	}
}

// TestResponsesRouting: a target fails and the next one answers, in another format. What the first
// one alone knows is dropped and listed. A stream that has begun ends in an error event.
func TestResponsesRouting(t *testing.T) {
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	up.Set("next", gatewaytest.Reply{Text: "From the second", Input: 40, Output: 6})
	s := start(t, responsesConfig, up)
	for _, fault := range []string{"fault-529", "fault-cut:1"} {
		for _, next := range []string{"local", "claude"} {
			for _, stream := range []bool{false, true} {
				r := s.post("/v1/responses", fmt.Sprintf(`{"model":"x","stream":%t,"prompt_cache_key":"k","text":{"verbosity":"low"},"input":[{"role":"user","content":"Hi"},{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"gAAAAAB=="},{"role":"user","content":"Hello"}]}`, stream),
					"X-Sluice-Config", fallback("", target("native", fault, ""), target(next, "next", "")))
				if got := readResponse(t, r, stream); r.StatusCode != 200 || got.text != "From the second" {
					t.Errorf("%s: %d %+v\n%s", fault, r.StatusCode, got, r.body)
				}
				if dropped := r.Header.Get("X-Sluice-Dropped"); dropped != "input[1], text.verbosity, prompt_cache_key" {
					t.Errorf("dropped: %s", dropped)
				}
				row := s.logged(r.Header.Get("X-Sluice-Request-Id"))
				if row.Get("attempts.#").Int() != 2 || row.Get("attempts.1.usage.input_tokens").Int() != 40 || row.Get("metadata._dropped").String() == "" || strings.Contains(string(up.Last().Body), "gAAAAAB") {
					t.Errorf("the row: %s\n%s", row.Raw, up.Last().Body)
				}
			}
		}
	}
	for _, name := range responsesTargets {
		for _, fault := range []string{"fault-cut:6", "fault-no-end", "fault-error-event:6"} {
			r := s.respond("@"+name+"/"+fault, true, "a b c d e f g h")
			if r.StatusCode != 200 || responsesGrammar(r.body) == nil || strings.Count(r.body, "event: error\ndata: {\"type\":\"error\",") != 1 || strings.Contains(r.body, "response.completed") {
				t.Errorf("%s %s: %d %s", name, fault, r.StatusCode, r.body)
			}
		}
	}
}

// TestResponsesOfAnUnknownServer: a server at an address of one's own is asked once whether it
// has the API.
func TestResponsesOfAnUnknownServer(t *testing.T) {
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	s := start(t, `
virtual_keys:
  - {name: own, provider: openai, base_url: UPSTREAM/only-chat/v1, api_key: none}
  - {name: whole, provider: openai, base_url: UPSTREAM/v1, api_key: none}
`, up)
	up.Set("hello", gatewaytest.Reply{Handle: func(w http.ResponseWriter, r *http.Request, _ []byte) {
		if strings.HasSuffix(r.URL.Path, "/responses") {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, `data: {"id":"c","choices":[{"index":0,"delta":{"content":"Hello"},"finish_reason":"stop"}]}`+"\n\ndata: [DONE]\n\n")
	}})
	for range 3 {
		if r := s.respond("@own/hello", true, "Hello"); r.StatusCode != 200 || readResponse(t, r, true).text != "Hello" {
			t.Errorf("%d %s", r.StatusCode, r.body)
		}
	}
	var paths []string
	for _, r := range up.Requests() {
		paths = append(paths, r.Path)
	}
	if got := strings.Join(paths, " "); got != "/only-chat/v1/responses"+strings.Repeat(" /only-chat/v1/chat/completions", 3) {
		t.Error(got)
	}
	up.Set("absent", gatewaytest.Reply{Status: 404, Body: `{"error":{"message":"The model 'absent' does not exist","type":"invalid_request_error","param":null,"code":"model_not_found"}}`})
	if r := s.respond("@whole/absent", false, "Hello"); r.StatusCode != 404 || up.Last().Path != "/v1/responses" {
		t.Errorf("%d %s %s", r.StatusCode, r.body, up.Last().Path)
	}
}

// TestResponsesBody: a target with the API gets the caller's bytes, and the answer's bytes come
// back; the row has both.
func TestResponsesBody(t *testing.T) {
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	s := start(t, responsesConfig, up)
	const body = `{ "input" : [ {"role":"user","content":"Hello \u00e9", "x":1.0} ], "model":"plain","tools":[{"type":"web_search"}],"unheard_of":{"a":[1e3]}}`
	r := s.post("/v1/responses", body, "X-Sluice-Config", `{"virtual_key":"native"}`)
	if got := string(up.Last().Body); got != body {
		t.Errorf("sent %s", got)
	}
	if r.json("vendor_field.kept").Bool() != true || r.json("id").String() != "resp_upstream" {
		t.Errorf("%s", r.body)
	}
	row := s.logged(r.Header.Get("X-Sluice-Request-Id"))
	if !strings.Contains(row.Raw, "unheard_of") || gjson.Get(row.Raw, "response.body.output.0.type").String() == "" && !strings.Contains(row.Raw, "msg_up") {
		t.Errorf("the row: %s", row.Raw)
	}
}
