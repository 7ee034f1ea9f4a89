package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

// respond sends one question to the Responses API.
func (s *server) respond(model string, stream bool, text string, header ...string) reply {
	s.t.Helper()
	return s.post("/v1/responses", fmt.Sprintf(`{"model":%q,"stream":%t,"input":%q}`, model, stream, text), header...)
}

// responseSaid is what a response says: said everywhere alike, in pieces and in what repeats them.
type responseSaid struct{ text, thinking, arguments, status string }

func sayingOf(response gjson.Result) responseSaid {
	return responseSaid{response.Get(`output.#(type=="message").content.0.text`).String(), response.Get(`output.#(type=="reasoning").summary.0.text`).String(),
		response.Get(`output.#(type=="function_call").arguments`).String(), response.Get("status").String()}
}

// readResponse reads an answer of either form. A stream must keep the grammar, and its last event
// must say what the pieces said.
func readResponse(t *testing.T, r reply, stream bool) responseSaid {
	t.Helper()
	if !stream {
		return sayingOf(gjson.Parse(r.body))
	}
	if err := responsesGrammar(r.body); err != nil {
		t.Errorf("%v\n%s", err, r.body)
	}
	var pieces, whole responseSaid
	for _, data := range events(r.body) {
		e := gjson.Parse(data)
		switch e.Get("type").String() {
		case "response.output_text.delta":
			pieces.text += e.Get("delta").String()
		case "response.reasoning_summary_text.delta":
			pieces.thinking += e.Get("delta").String()
		case "response.function_call_arguments.delta":
			pieces.arguments += e.Get("delta").String()
		case "response.completed", "response.incomplete":
			whole = sayingOf(e.Get("response"))
			pieces.status = e.Get("response.status").String()
		}
	}
	if pieces != whole {
		t.Errorf("pieces %+v\nwhole  %+v", pieces, whole)
	}
	return whole
}

// responsesGrammar checks that a stream is a whole response: events are named and numbered, items
// open and close, and each complete text is that of its pieces.
func responsesGrammar(sse string) error {
	last, number := "", int64(-1)
	pieces, open := map[string]string{}, map[int64]bool{}
	for frame := range strings.SplitSeq(strings.TrimSuffix(sse, "\n\n"), "\n\n") {
		name, data, ok := strings.Cut(frame, "\ndata: ")
		name, named := strings.CutPrefix(name, "event: ")
		e := gjson.Parse(data)
		if !ok || !named || e.Get("type").String() != name {
			return fmt.Errorf("not an event: %q", frame)
		}
		if n := e.Get("sequence_number"); !n.Exists() || n.Int() != number+1 {
			return fmt.Errorf("number %s after %d", n.Raw, number)
		}
		number++
		index := e.Get("output_index")
		key := strings.TrimSuffix(strings.TrimSuffix(name, ".delta"), ".done") + index.Raw + "," + e.Get("content_index").Raw + e.Get("summary_index").Raw
		fits := true
		switch {
		case name == "response.created":
			fits = last == "" && e.Get("response.id").String() != "" && e.Get("response.model").String() != "" && e.Get("response.created_at").Exists() && e.Get("response.object").String() == "response"
		case name == "response.output_item.added":
			fits = index.Exists() && !open[index.Int()] && e.Get("item.id").String() != ""
			open[index.Int()] = true
		case name == "response.output_item.done":
			fits = open[index.Int()] && e.Get("item.id").String() != ""
			open[index.Int()] = false
		case strings.HasSuffix(name, ".delta"):
			fits = open[index.Int()] && e.Get("item_id").String() != ""
			pieces[key] += e.Get("delta").String()
		case strings.HasSuffix(name, "_text.done"):
			fits = e.Get("text").String() == pieces[key]
		case strings.HasSuffix(name, "_arguments.done"):
			fits = e.Get("arguments").String() == pieces[key]
		case name == "response.completed" || name == "response.incomplete":
			for i, isOpen := range open {
				fits = fits && !isOpen && e.Get(fmt.Sprintf("response.output.%d.id", i)).Exists()
			}
		}
		if !fits || last == "response.completed" {
			return fmt.Errorf("after %q: %s", last, frame)
		}
		last = name
	}
	if last != "response.completed" && last != "response.incomplete" {
		return fmt.Errorf("the stream ends with %q", last)
	}
	return nil
}

// TestResponsesRedaction: values are replaced on the way to the target and restored on the way
// back, in pieces and in whatever repeats them, wherever a stream is cut.
func TestResponsesRedaction(t *testing.T) {
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	s := start(t, responsesConfig, up)
	const key = "-----BEGIN PRIVATE KEY-----\nMIIE\"\\\n-----END PRIVATE KEY-----"
	answer := gatewaytest.Reply{Reasoning: "Is [EMAIL_1] [EMAIL_2]? [EMAIL_", Text: "Sent to [email_1], not [EMAIL_3] or [EMAIL_12]! [EMAIL_1",
		Tools: []gatewaytest.Tool{{ID: "toolu_1", Name: "send", Args: []string{`{"to":"[EMAIL_1]","key":"[SECRET_1]","[EMAIL_2]":[ 1.0]}`}}}}
	want := responseSaid{"Sent to ada@mail.example, not [EMAIL_3] or [EMAIL_12]! [EMAIL_1", "Is ada@mail.example bob@mail.example? [EMAIL_",
		`{"to":"ada@mail.example","key":"-----BEGIN PRIVATE KEY-----\nMIIE\"\\\n-----END PRIVATE KEY-----","bob@mail.example":[ 1.0]}`, "completed"}
	for _, target := range responsesTargets {
		for size := range 14 {
			answer.PieceSize = size
			up.Set("answers", answer)
			for _, stream := range []bool{false, true} {
				r := s.respond("@"+target+"/answers", stream, "Mail ada@mail.example and bob@mail.example this: "+key, "X-Sluice-Config", redacting)
				if got := readResponse(t, r, stream); got != want {
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
	// The echo of the request is restored like the answer.
	for _, target := range responsesTargets {
		r := s.post("/v1/responses", `{"model":"@`+target+`/answers","stream":true,"instructions":"I am ada@mail.example","input":"Hi"}`, "X-Sluice-Config", redacting)
		if !strings.Contains(events(r.body)[0], `"instructions":"I am ada@mail.example"`) {
			t.Errorf("%s: %s", target, events(r.body)[0])
		}
	}
	if r := s.post("/v1/responses/input_tokens", `{"model":"@native/answers","input":"ada@mail.example"}`, "X-Sluice-Config", redacting); r.json("input_tokens").Int() != 9 || r.json("object").String() != "response.input_tokens" || strings.Contains(string(up.Last().Body), "ada@") {
		t.Errorf("%s\n%s", r.body, up.Last().Body)
	}
	if r := s.post("/v1/responses/input_tokens", `{"model":"@claude/answers","input":"Hello"}`); r.StatusCode != 200 || r.json("input_tokens").Int() == 0 {
		t.Errorf("%s", r.body)
	}
	if r := s.post("/v1/responses/input_tokens", `{"model":"@local/answers","input":"Hello"}`); !r.json("estimated").Bool() {
		t.Errorf("%s", r.body)
	}
}

// TestResponsesFreeForm: the input of a tool that takes any text is restored as it is, without
// escapes, and sealed reasoning reaches the target as it was signed.
func TestResponsesFreeForm(t *testing.T) {
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	s := start(t, responsesConfig, up)
	for size := range 8 {
		up.Set("custom", gatewaytest.Reply{PieceSize: size, Tools: []gatewaytest.Tool{{ID: "call_1", Name: "exec", Args: []string{`{"input":"mail [EMAIL_1] \"now\""}`}}}})
		for _, stream := range []bool{false, true} {
			r := s.post("/v1/responses", fmt.Sprintf(`{"model":"@claude/custom","stream":%t,"tools":[{"type":"custom","name":"exec"}],"input":"I am bob@mail.example"}`, stream), "X-Sluice-Config", redacting)
			call := r.json(`output.0.input`).String()
			if stream {
				for _, data := range events(r.body) {
					if e := gjson.Parse(data); e.Get("type").String() == "response.custom_tool_call_input.delta" {
						call += e.Get("delta").String()
					}
				}
			}
			if call != `mail bob@mail.example "now"` {
				t.Errorf("pieces of %d, stream %v: %q\n%s", size, stream, call, r.body)
			}
		}
	}
	up.Set("thinks", gatewaytest.Reply{Reasoning: "The caller is [EMAIL_1].", Signature: signature, Text: "Hello [EMAIL_1]"})
	first := s.post("/v1/responses", `{"model":"@claude/thinks","reasoning":{"effort":"low"},"input":"I am bob@mail.example"}`, "X-Sluice-Config", redacting)
	items := first.json("output").Raw
	if !strings.Contains(items, "The caller is bob@mail.example.") {
		t.Errorf("%s", first.body)
	}
	s.post("/v1/responses", `{"model":"@claude/thinks","reasoning":{"effort":"low"},"input":[{"role":"user","content":"I am bob@mail.example"},`+items[1:len(items)-1]+`,{"role":"user","content":"Go on"}]}`, "X-Sluice-Config", redacting)
	compare(t, "the next turn", up.Last().Body, map[string]string{"messages.1.content.0.thinking": "The caller is [EMAIL_1].", "messages.1.content.0.signature": signature, "messages.1.content.1.text": "Hello [EMAIL_1]"})
}

// TestResponsesGuards: input and output guardrails flag and deny, and the results are told.
func TestResponsesGuards(t *testing.T) {
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	up.Set("answer", gatewaytest.Reply{Reasoning: "Let me see.", Pieces: []string{"the ans", "wer is for", "ty-two"}})
	up.Set("tool", gatewaytest.Reply{Tools: []gatewaytest.Tool{{ID: "toolu_1", Name: "f", Args: []string{`{"a":"for`, `ty-two"}`}}}})
	s := start(t, responsesConfig, up)
	none, fortytwo := `{"operator":"none","words":["Forbidden"]}`, `{"rule":"forty-two","not":true}`
	for _, c := range []struct {
		name, model, config, text string
		status, calls             int
		failed                    string
	}{
		{"input flags", "answer", `{` + guards("input", "contains", none, "") + `}`, "say Forbidden", 246, 1, "default.contains"},
		{"input denies", "answer", `{` + guards("input", "contains", none, `,"deny":true`) + `}`, "say Forbidden", 446, 0, "default.contains"},
		{"output flags", "answer", `{` + guards("output", "regexMatch", fortytwo, "") + `}`, "hi", 246, 1, "default.regexMatch"},
		{"output denies", "answer", `{` + guards("output", "regexMatch", fortytwo, `,"deny":true`) + `}`, "hi", 446, 1, "default.regexMatch"},
		{"output denies arguments", "tool", `{` + guards("output", "regexMatch", fortytwo, `,"deny":true`) + `}`, "hi", 446, 1, "default.regexMatch"},
	} {
		for _, target := range responsesTargets {
			for _, stream := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s %s %v", c.name, target, stream), func(t *testing.T) {
					before := up.Hits("")
					r := s.respond("@"+target+"/"+c.model, stream, c.text, "X-Sluice-Config", c.config, "X-Portkey-Strict-Open-Ai-Compliance", "false")
					if r.StatusCode != c.status || up.Hits("")-before != c.calls {
						t.Fatalf("%d, %d calls: %s", r.StatusCode, up.Hits("")-before, r.body)
					}
					results := r.json("hook_results")
					if c.status == 446 {
						if r.json("error.message").String() == "" || strings.Contains(r.body, "forty-two") {
							t.Errorf("denied: %s", r.body)
						}
					} else if got := readResponse(t, r, stream); got.text != "the answer is forty-two" || got.thinking != "Let me see." {
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

// TestResponsesCache: an answer is stored once and told again as a body and as a stream, and the
// row says that it cost nothing.
func TestResponsesCache(t *testing.T) {
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	up.Set("answers", gatewaytest.Reply{Reasoning: thought, Signature: signature, Text: "Let me look.", Tools: []gatewaytest.Tool{{ID: "toolu_1", Name: "f", Args: []string{`{"a": 1.0,`, `"b":[ ]}`}}}, Input: 30, Output: 5})
	s := start(t, responsesConfig, up)
	for _, target := range responsesTargets {
		for _, first := range []bool{false, true} {
			var want responseSaid
			before := up.Hits("")
			for i, stream := range []bool{first, false, true, true} {
				r := s.respond("@"+target+"/answers", stream, fmt.Sprintf("Look, %s %v", target, first), "X-Sluice-Config", `{"cache":"simple"}`)
				got := readResponse(t, r, stream)
				if i == 0 {
					want = got
				}
				status := r.Header.Get("X-Sluice-Cache-Status")
				if got != want || got.arguments != `{"a": 1.0,"b":[ ]}` || got.thinking != thought || strings.HasSuffix(status, "HIT") != (i > 0) {
					t.Errorf("%s %d: %s\n got %+v\nwant %+v\n%s", target, i, status, got, want, r.body)
				}
				row := s.logged(r.Header.Get("X-Sluice-Request-Id"))
				if cost := row.Get("cost_usd").Float(); (cost > 0) != (i == 0) || row.Get("usage.output_tokens").Int() != 5 {
					t.Errorf("%s %d: the row: %s", target, i, row.Raw)
				}
			}
			if n := up.Hits("") - before; n != 1 {
				t.Errorf("%s: %d calls", target, n)
			}
		}
	}
}
