package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

// TestResponsesItemReferences: a tool loop that names items of earlier answers by their ids, as the
// Vercel AI SDK does by default, works at every target. An id means nothing to another API key.
func TestResponsesItemReferences(t *testing.T) {
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	up.Set("first", gatewaytest.Reply{Text: "Let me look.", Tools: []gatewaytest.Tool{{ID: "call_1", Name: "f", Args: []string{`{"city":"Paris"}`}}}})
	s := start(t, responsesConfig+`
workspaces: [{name: team}]
api_keys: [{name: team, key: `+teamKey+`, role: admin, workspace: team}, {name: second, key: sk-sl-second-0123456789abcdef0123456789abcdef, role: admin}]
`, up)
	reference := func(id string) string { return `{"type":"item_reference","id":"` + id + `"}` }
	for _, target := range responsesTargets {
		first := s.post("/v1/responses", `{"model":"@`+target+`/first","tools":[{"type":"function","name":"f"}],"input":"Who are you?"}`)
		said, called := first.json("output.0.id").String(), first.json("output.1.id").String()
		if said == "" || called == "" || said == called {
			t.Fatalf("%s: %s", target, first.body)
		}
		ask := func(path, more string, headers ...string) reply {
			return s.post(path, fmt.Sprintf(`{"model":"@%s/second",%s"input":[{"role":"user","content":"Who are you?"},%s,%s,{"type":"function_call_output","call_id":"call_1","output":"42"},{"role":"user","content":"And now?"}]}`,
				target, more, reference(said), reference(called)), headers...)
		}
		for _, headers := range [][]string{as(teamKey), as("sk-sl-second-0123456789abcdef0123456789abcdef")} {
			if r := ask("/v1/responses", "", headers...); r.StatusCode != 404 || r.json("error.param").String() != "input" || !strings.Contains(r.body, "Item with id '"+called+"' not found") {
				t.Errorf("%s, another key: %d %s", target, r.StatusCode, r.body)
			}
		}
		if n := ask("/v1/responses/input_tokens", "").json("input_tokens").Int(); n <= 0 {
			t.Errorf("%s: %d tokens", target, n)
		}
		next := ask("/v1/responses", `"stream":true,`)
		if got := readResponse(t, next, true); got.text != "And now?" {
			t.Fatalf("%s: %d %s", target, next.StatusCode, next.body)
		}
		body, at := string(up.Last().Body), -1
		for _, text := range []string{"Who are you?", "Let me look.", `"call_1"`, "42", "And now?"} {
			found := strings.Index(body, text)
			if found <= at || strings.Contains(body, "item_reference") || !strings.Contains(body, "Paris") {
				t.Errorf("%s: %q is missing or out of order: %s", target, text, body)
			}
			at = found
		}
		if target == "native" { // the scripted vendor numbers its items from the start in each answer
			continue
		}
		// The answer to references can be referred to as well, with all that led to it.
		last := events(next.body)
		response := gjson.Get(last[len(last)-1], "response")
		third := s.post("/v1/responses", `{"model":"@claude/third","previous_response_id":"`+response.Get("id").String()+`","input":"Then?"}`)
		if body := string(up.Last().Body); third.StatusCode != 200 || !strings.Contains(body, "Let me look.") || !strings.Contains(body, "And now?") {
			t.Errorf("%s: %s\n%s", target, third.body, body)
		}
		both := s.post("/v1/responses", fmt.Sprintf(`{"model":"@local/across","input":[{"role":"user","content":"x"},%s,{"id":%q},{"role":"user","content":"Both?"}]}`, reference(said), response.Get("output.0.id").String()))
		if body := string(up.Last().Body); both.StatusCode != 200 || !strings.Contains(body, "Let me look.") || !strings.Contains(body, "And now?") {
			t.Errorf("%s: %s\n%s", target, both.body, body)
		}
		twice := s.post("/v1/responses", `{"model":"@`+target+`/x","input":[`+reference(said)+`,`+reference(said)+`]}`)
		unknown := s.post("/v1/responses", `{"model":"@`+target+`/x","input":[`+reference("msg_of_nobody")+`]}`)
		s.do("DELETE", "/v1/responses/"+first.json("id").String(), "")
		if gone := ask("/v1/responses", ""); twice.StatusCode != 400 || unknown.StatusCode != 404 || gone.StatusCode != 404 {
			t.Errorf("%s: %d %d %d", target, twice.StatusCode, unknown.StatusCode, gone.StatusCode)
		}
	}
}

// TestResponsesReferencesToHits: an answer from the cache has items of its own, so that a reference
// to them yields the personal data of the caller who got it.
func TestResponsesReferencesToHits(t *testing.T) {
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	up.Set("answers", gatewaytest.Reply{Text: "Hello [EMAIL_1]"})
	s := start(t, responsesConfig, up)
	const cached = `{"redact":{"input":["email"],"restore":true},"cache":{"mode":"simple"}}`
	for _, stream := range []bool{false, true} {
		ids := map[string]string{}
		for _, who := range []string{"ada", "bob"} {
			r := s.respond("@local/answers", stream, fmt.Sprintf("I am %s@mail.example %t", who, stream), "X-Sluice-Config", cached)
			body := r.body
			if stream {
				all := events(body)
				body = gjson.Get(all[len(all)-1], "response").Raw
				if !strings.Contains(all[len(all)/2], gjson.Get(body, "output.0.id").String()) {
					t.Errorf("the events have another id: %s", r.body)
				}
			}
			if ids[who] = gjson.Get(body, "output.0.id").String(); who == "bob" && r.Header.Get("X-Sluice-Cache-Status") != "HIT" {
				t.Fatalf("%v %s", r.Header, r.body)
			}
		}
		for who, id := range ids {
			s.post("/v1/responses", `{"model":"@local/next","input":[{"role":"user","content":"x"},{"type":"item_reference","id":"`+id+`"},{"role":"user","content":"y"}]}`)
			if body := string(up.Last().Body); !strings.Contains(body, "Hello "+who+"@mail.example") {
				t.Errorf("%s: %s", who, body)
			}
		}
	}
}
