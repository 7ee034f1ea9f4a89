package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

// TestResponsesGoOn: a response is read, listed, gone on from and deleted, whatever the target, in
// its workspace only, and after a restart.
func TestResponsesGoOn(t *testing.T) {
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	up.Set("first", gatewaytest.Reply{Text: "I am Ada.", Tools: []gatewaytest.Tool{{ID: "call_1", Name: "f", Args: []string{`{}`}}}})
	s := start(t, responsesConfig+`
workspaces: [{name: team}]
api_keys: [{name: team, key: `+teamKey+`, role: admin, workspace: team}]
`, up)
	other := as(teamKey)
	ids := map[string]string{}
	for _, target := range responsesTargets {
		first := s.post("/v1/responses", `{"model":"@`+target+`/first","tools":[{"type":"function","name":"f"}],"input":"Who are you?"}`)
		id := first.json("id").String()
		ids[target] = id
		kept := s.get("/v1/responses/" + id)
		if kept.StatusCode != 200 || kept.body != first.body || !strings.HasPrefix(id, "resp_") || (id == "resp_upstream") != (target == "native") {
			t.Fatalf("%s: %d %s\n%s", target, kept.StatusCode, kept.body, first.body)
		}
		if target != "native" && !first.json("store").Bool() {
			t.Errorf("%s: %s", target, first.body)
		}
		for _, stream := range []bool{false, true} {
			next := s.post("/v1/responses", fmt.Sprintf(`{"model":"@%s/second","stream":%t,"previous_response_id":%q,"input":[{"type":"function_call_output","call_id":"call_1","output":"42"},{"role":"user","content":"And now?"}]}`, target, stream, id))
			if said := readResponse(t, next, stream); said.text != "And now?" {
				t.Errorf("%s: %d %s", target, next.StatusCode, next.body)
			}
			body := string(up.Last().Body)
			if target == "native" {
				if !strings.Contains(body, `"previous_response_id":"resp_upstream"`) || strings.Contains(body, "Who are you?") {
					t.Errorf("the vendor knows the response: %s", body)
				}
				continue
			}
			at := -1
			for _, text := range []string{"Who are you?", "I am Ada.", `"call_1"`, "42", "And now?"} {
				found := strings.Index(body, text)
				if found <= at {
					t.Errorf("%s: %q is missing or out of order: %s", target, text, body)
				}
				at = found
			}
			if stream { // it can be gone on from at once
				last := events(next.body)
				next.body = gjson.Get(last[len(last)-1], "response").Raw
			}
			if next.json("previous_response_id").String() != id {
				t.Errorf("%s: %s", target, next.body)
			}
			third := s.post("/v1/responses", `{"model":"@claude/third","previous_response_id":"`+next.json("id").String()+`","input":"Then?"}`)
			if third.StatusCode != 200 || !strings.Contains(string(up.Last().Body), "Who are you?") || !strings.Contains(string(up.Last().Body), "And now?") {
				t.Errorf("%s, the third turn: %s\n%s", target, third.body, up.Last().Body)
			}
		}
		// Another target gets the conversation itself.
		across := s.post("/v1/responses", `{"model":"@local/across","previous_response_id":"`+id+`","input":[{"type":"function_call_output","call_id":"call_1","output":"42"},{"role":"user","content":"And there?"}]}`)
		if body := string(up.Last().Body); across.StatusCode != 200 || !strings.Contains(body, "Who are you?") || !strings.Contains(body, "And there?") || strings.Contains(body, "previous_response_id") {
			t.Errorf("%s, another target: %s\n%s", target, across.body, body)
		}
		for _, r := range []reply{s.do("GET", "/v1/responses/"+id, "", other...), s.do("DELETE", "/v1/responses/"+id, "", other...), s.do("GET", "/v1/responses/"+id+"/input_items", "", other...),
			s.do("POST", "/v1/responses/"+id+"/cancel", "", other...), s.post("/v1/responses", `{"model":"mock/echo","previous_response_id":"`+id+`","input":"x"}`, other...)} {
			if r.StatusCode != 404 || r.json("error.message").String() == "" || strings.Contains(r.body, "Ada") {
				t.Errorf("in another workspace: %d %s", r.StatusCode, r.body)
			}
		}
	}
	s.stop(syscall.SIGTERM)
	s.launch()
	for _, target := range responsesTargets {
		id := ids[target]
		if r := s.get("/responses/" + id); r.StatusCode != 200 || r.json("id").String() != id {
			t.Errorf("after a restart: %d %s", r.StatusCode, r.body)
		}
		if r := s.post("/v1/responses/"+id+"/cancel", ""); r.StatusCode != 400 {
			t.Errorf("cancel: %d %s", r.StatusCode, r.body)
		}
		if r := s.do("DELETE", "/v1/responses/"+id, ""); r.StatusCode != 200 || !r.json("deleted").Bool() {
			t.Errorf("delete: %d %s", r.StatusCode, r.body)
		}
		if last := up.Last(); target == "native" && (last.Method != "DELETE" || last.Path != "/v1/responses/resp_upstream" || last.Header.Get("Authorization") != "Bearer sk-upstream") {
			t.Errorf("at the vendor: %s %s %v", last.Method, last.Path, last.Header)
		}
		for _, r := range []reply{s.get("/v1/responses/" + id), s.do("DELETE", "/v1/responses/"+id, ""), s.post("/v1/responses", `{"model":"@`+target+`/x","previous_response_id":"`+id+`","input":"x"}`)} {
			if r.StatusCode != 404 {
				t.Errorf("after the delete: %d %s", r.StatusCode, r.body)
			}
		}
	}
}

// TestResponsesNotKept: store: false keeps nothing, and what cannot be kept is refused.
func TestResponsesNotKept(t *testing.T) {
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	s := start(t, responsesConfig, up)
	for _, target := range responsesTargets {
		r := s.post("/v1/responses", `{"model":"@`+target+`/x","store":false,"input":"Hello"}`)
		if again := s.get("/v1/responses/" + r.json("id").String()); r.StatusCode != 200 || again.StatusCode != 404 || r.json("store").Bool() {
			t.Errorf("%s: %s\n%d %s", target, r.body, again.StatusCode, again.body)
		}
		refused := `{"model":"@` + target + `/x","background":true,"input":"Hello"}`
		if target == "native" {
			refused = strings.Replace(refused, "{", `{"store":false,`, 1)
		}
		if r := s.post("/v1/responses", refused); r.StatusCode != 400 || r.json("error.param").String() != "background" {
			t.Errorf("%s: %d %s", target, r.StatusCode, r.body)
		}
	}
	if r := s.post("/v1/responses", `{"model":"@native/x","previous_response_id":"resp_of_somebody","input":"Hello"}`); r.StatusCode != 404 || r.json("error.code").String() != "previous_response_not_found" || up.Hits("x") != 3 {
		t.Errorf("%d %s, %d calls", r.StatusCode, r.body, up.Hits("x"))
	}
}

// TestResponsesInputItems lists the input of a response in pages.
func TestResponsesInputItems(t *testing.T) {
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	s := start(t, responsesConfig, up)
	id := s.post("/v1/responses", `{"model":"@local/x","input":[{"role":"user","content":"one"},{"type":"message","id":"msg_two","role":"assistant","content":"two"},{"role":"user","content":[{"type":"input_text","text":"three"}]}]}`).json("id").String()
	path := "/v1/responses/" + id + "/input_items"
	all := s.get(path + "?order=asc")
	texts := all.json("data.#.content.0.text").Raw
	if all.StatusCode != 200 || texts != `["one","two","three"]` || all.json("data.#.type").Raw != `["message","message","message"]` || all.json("data.1.id").String() != "msg_two" || all.json("has_more").Bool() {
		t.Errorf("%s", all.body)
	}
	page := s.get(path + "?limit=2")
	if page.json("data.0.content.0.text").String() != "three" || !page.json("has_more").Bool() || page.json("last_id").String() != "msg_two" {
		t.Errorf("%s", page.body)
	}
	if rest := s.get(path + "?limit=2&after=msg_two"); rest.json("data.#").Int() != 1 || rest.json("data.0.content.0.text").String() != "one" || rest.json("has_more").Bool() {
		t.Errorf("%s", rest.body)
	}
	for _, bad := range []string{"limit=0", "limit=x", "order=up", "after=nobody"} {
		if r := s.get(path + "?" + bad); r.StatusCode != 400 {
			t.Errorf("%s: %d %s", bad, r.StatusCode, r.body)
		}
	}
}

// TestResponsesKeptRedacted: what is kept is sealed, the next turn is redacted as a whole, and the
// caller gets the values back.
func TestResponsesKeptRedacted(t *testing.T) {
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	up.Set("answers", gatewaytest.Reply{Text: "Hello [EMAIL_1]"})
	up.Set("next", gatewaytest.Reply{Text: "First [EMAIL_1], then [EMAIL_2]"})
	s := start(t, responsesConfig, up)
	for _, target := range responsesTargets {
		first := s.respond("@"+target+"/answers", false, "I am ada@mail.example", "X-Sluice-Config", redacting)
		id := first.json("id").String()
		if kept := s.get("/v1/responses/" + id); !strings.Contains(kept.body, "Hello ada@mail.example") {
			t.Errorf("%s: %s", target, kept.body)
		}
		next := s.post("/v1/responses", `{"model":"@`+target+`/next","previous_response_id":"`+id+`","input":"Write to bob@mail.example"}`, "X-Sluice-Config", redacting)
		if said := readResponse(t, next, false); said.text != "First ada@mail.example, then bob@mail.example" {
			t.Errorf("%s: %s", target, next.body)
		}
		body := string(up.Last().Body)
		for _, text := range []string{"I am [EMAIL_1]", "Hello [EMAIL_1]", "Write to [EMAIL_2]"} {
			if !strings.Contains(body, text) || strings.Contains(body, "mail.example") {
				t.Errorf("%s: upstream got %s", target, body)
			}
		}
	}
	s.stop(syscall.SIGTERM)
	files, err := filepath.Glob(filepath.Join(s.dir, "data", "*"))
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	for _, file := range files {
		if raw, err := os.ReadFile(file); err == nil && strings.Contains(string(raw), "mail.example") {
			t.Errorf("%s holds personal data", file)
		}
	}
}

// TestResponsesOnlyTarget: a server that has nothing but the Responses API answers callers of every
// format, and reasoning of another vendor's model does not reach it.
func TestResponsesOnlyTarget(t *testing.T) {
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	scriptResponses(up)
	s := start(t, strings.Replace(responsesConfig, "prompts:", `  - {name: only, provider: openai, base_url: UPSTREAM/v1, api_key: sk-upstream, formats: [responses]}
prompts:`, 1), up)
	for _, stream := range []bool{false, true} {
		r := s.post(chat, fmt.Sprintf(`{"model":"@only/hello","stream":%t,"messages":[{"role":"system","content":"Be kind."},{"role":"user","content":"Hi"}]}`, stream))
		if said := r.json("choices.0.message.content").String() + texts(r.body); r.StatusCode != 200 || said != "Hello you there" || up.Last().Path != "/v1/responses" {
			t.Errorf("chat, %v: %d %s to %s", stream, r.StatusCode, r.body, up.Last().Path)
		}
		m := s.messages("@only/thinks", stream, "Hi")
		if said := readMessage(t, m, stream); said.text != "Forty-two." || said.thinking != thought {
			t.Errorf("messages, %v: %+v\n%s", stream, said, m.body)
		}
	}
	compare(t, "chat", sent(up, "hello").Body, map[string]string{"instructions": "Be kind.", "input.0.content.0.text": "Hi", "store": "false"})
	items := s.post("/v1/responses", `{"model":"@claude/thinks","reasoning":{"effort":"low"},"input":"Hi"}`).json("output").Raw
	if !strings.Contains(items, `"encrypted_content":"sluice1_`) {
		t.Fatalf("%s", items)
	}
	r := s.post("/v1/responses", `{"model":"@only/next","input":[`+items[1:len(items)-1]+`,{"role":"user","content":"Go on"}]}`)
	if body := string(up.Last().Body); r.StatusCode != 200 || strings.Contains(body, "sluice1_") || !strings.Contains(body, "Forty-two.") {
		t.Errorf("%d %s\n%s", r.StatusCode, r.body, body)
	}
}
