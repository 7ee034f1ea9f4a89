package e2e

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

const googleKey = `  - {name: google, provider: google, base_url: UPSTREAM, api_key: goog-upstream, prices: {"*": {input: 1, output: 2}}}
`

// geminiTargets are the targets that Google's surface is tested with: one of its own format,
// and two whose requests and answers are translated.
var geminiTargets = []string{"google", "claude", "local"}

func startGemini(t *testing.T, files ...string) (*server, *gatewaytest.Upstream) {
	t.Helper()
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	return start(t, strings.Replace(messagesConfig, "prompts:", googleKey+"prompts:", 1), up, files...), up
}

// gemini asks for an answer, with thoughts.
func (s *server) gemini(model string, stream bool, text string, header ...string) reply {
	s.t.Helper()
	method := "generateContent"
	if stream {
		method = "streamGenerateContent?alt=sse"
	}
	body := fmt.Sprintf(`{"contents":[{"role":"user","parts":[{"text":%q}]}],"generationConfig":{"maxOutputTokens":1000,"thinkingConfig":{"includeThoughts":true}}}`, text)
	return s.post("/v1beta/models/"+model+":"+method, body, header...)
}

// geminiSaid is what an answer says.
type geminiSaid struct{ text, thought, name, args, finish string }

func (g *geminiSaid) add(t *testing.T, event gjson.Result) {
	t.Helper()
	if g.finish != "" && event.Get("candidates.0.content.parts").Exists() {
		t.Errorf("parts follow the finish reason: %s", event.Raw)
	}
	for _, p := range event.Get("candidates.0.content.parts").Array() {
		switch {
		case p.Get("thought").Bool():
			g.thought += p.Get("text").String()
		case p.Get("functionCall").Exists():
			g.name += p.Get("functionCall.name").String()
			g.args += p.Get("functionCall.args").Raw
		default:
			g.text += p.Get("text").String()
		}
	}
	g.finish += event.Get("candidates.0.finishReason").String()
}

// readGemini reads an answer of either form. It must have a finish reason.
func readGemini(t *testing.T, r reply, stream bool) geminiSaid {
	t.Helper()
	var g geminiSaid
	if !stream {
		g.add(t, gjson.Parse(r.body))
	}
	for _, data := range events(r.body) {
		g.add(t, gjson.Parse(data))
	}
	return g
}

// TestGeminiRedaction: values are replaced on the way to the target and restored on the way
// back, in texts, in thoughts and in the arguments of functions, wherever a stream is cut.
func TestGeminiRedaction(t *testing.T) {
	s, up := startGemini(t)
	reply := gatewaytest.Reply{Reasoning: "Is [EMAIL_1] [EMAIL_2]? [EMAIL_", Signature: signature, Text: "Sent to [email_1], not [EMAIL_3] or [EMAIL_12]! [EMAIL_1",
		Tools: []gatewaytest.Tool{{ID: "call_1", Name: "send", Args: []string{`{"to":"[EMAIL_1]","quote":"\"[EMAIL_1]\\","[EMAIL_2]":[ 1.0]}`}}}}
	want := geminiSaid{"Sent to ada@mail.example, not [EMAIL_3] or [EMAIL_12]! [EMAIL_1", "Is ada@mail.example bob@mail.example? [EMAIL_", "send",
		`{"to":"ada@mail.example","quote":"\"ada@mail.example\\","bob@mail.example":[ 1.0]}`, "STOP"}
	for _, target := range geminiTargets {
		for size := range 14 {
			reply.PieceSize = size
			up.Set("answers", reply)
			for _, stream := range []bool{false, true} {
				r := s.gemini("@"+target+"/answers", stream, "Mail ada@mail.example and bob@mail.example", "X-Sluice-Config", redacting)
				got := readGemini(t, r, stream)
				got.args = strings.ReplaceAll(got.args, "[1.0]", "[ 1.0]") // a translated object is written anew
				if got != want {
					t.Fatalf("%s, pieces of %d, stream %v:\n got %+v\nwant %+v\n%s", target, size, stream, got, want, r.body)
				}
			}
		}
	}
	for _, r := range up.Requests() {
		if body := string(r.Body); strings.Contains(body, "mail.example") || !strings.Contains(body, "Mail [EMAIL_1] and [EMAIL_2]") {
			t.Fatalf("upstream: %s", body)
		}
	}
	for _, c := range []struct{ method, body string }{
		{"countTokens", `{"contents":[{"parts":[{"text":"ada@mail.example"}]}]}`},
		{"countTokens", `{"generateContentRequest":{"contents":[{"parts":[{"text":"ada@mail.example"}]}]}}`},
		{"embedContent", `{"content":{"parts":[{"text":"ada@mail.example"}]}}`},
		{"batchEmbedContents", `{"requests":[{"content":{"parts":[{"text":"ada@mail.example"}]}}]}`},
	} {
		if r := s.post("/v1/models/@google/answers:"+c.method, c.body, "X-Sluice-Config", redacting); r.StatusCode != 200 || !strings.Contains(string(up.Last().Body), "[EMAIL_1]") {
			t.Errorf("%s: %d %s\n%s", c.method, r.StatusCode, r.body, up.Last().Body)
		}
	}
}

// TestGeminiNative: a target of Google's gets the body byte for byte, and the caller gets
// every byte of its events.
func TestGeminiNative(t *testing.T) {
	s, up := startGemini(t)
	up.Set("hello", gatewaytest.Reply{Text: "Hello you", Input: 30, Output: 5})
	body := `{ "contents" : [{"role":"user","parts":[{"text":"H\u0069"}]}],  "newField": {"a": 1.0e0} }`
	for path, model := range map[string]string{
		"/v1beta/models/@google/hello": "hello", "/v1/models/%40google%2Fhello": "hello", "/models/models/@google/hello": "hello", "/api/v1beta/models/@google/hello": "hello",
	} {
		r := s.post(path+":generateContent", body, "Authorization", "", "X-Goog-Api-Key", ownerKey)
		if last := up.Last(); r.StatusCode != 200 || string(last.Body) != body || last.Path != "/v1beta/models/"+model+":generateContent" || last.Header.Get("X-Goog-Api-Key") != "goog-upstream" {
			t.Errorf("%s: %d %s\n%s %s", path, r.StatusCode, r.body, last.Path, last.Body)
		}
	}
	r := s.post("/v1beta/models/@google/hello:streamGenerateContent?alt=sse", body)
	first := `data: {"candidates":[{"content":{"parts":[{"text":"Hello "}],"role":"model"},"index":0}],"modelVersion":"hello","responseId":"resp_upstream"}`
	if !strings.HasPrefix(r.body, first+"\n\n") || len(events(r.body)) != 2 || up.Last().Path != "/v1beta/models/hello:streamGenerateContent?alt=sse" {
		t.Errorf("%s\n%s", up.Last().Path, r.body)
	}
	r = s.post("/v1beta/models/@google/hello:streamGenerateContent", body)
	if list := gjson.Parse(r.body); !gjson.Valid(r.body) || list.Get("#").Int() != 2 || list.Get("1.candidates.0.finishReason").String() != "STOP" || !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		t.Errorf("as a list: %s", r.body)
	}
	row := s.logged(r.Header.Get("X-Sluice-Request-Id"))
	if row.Get("route").String() != "/v1beta/models/{model}:streamGenerateContent" || row.Get("response_model").String() != "hello" || row.Get("usage.input_tokens").Int() != 30 ||
		row.Get("usage.output_tokens").Int() != 5 || row.Get("cost_usd").Float() == 0 || row.Get("operation").String() != "chat" || !row.Get("stream").Bool() {
		t.Errorf("the row: %s", row.Raw)
	}
}

// TestGeminiErrors: Google's envelope before and in an answer, and no clean end of one that
// broke off.
func TestGeminiErrors(t *testing.T) {
	s, up := startGemini(t)
	up.Set("quota", gatewaytest.Reply{Status: 429, Body: `{"error":{"code":429,"message":"Quota exceeded","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"7s"}]}}`})
	up.Set("breaks", gatewaytest.Reply{Pieces: []string{"one ", "two ", "three ", "four ", "five ", "six ", "seven "}, Fault: gatewaytest.Fault{Cut: true, CutAfter: 5}})
	up.Set("never", gatewaytest.Reply{Text: "never ends", Fault: gatewaytest.Fault{NoFinish: true}})
	for _, c := range []struct {
		path, body string
		code       int
		status     string
		text       string
		header     []string
	}{
		{"/v1beta/models/@google/quota:generateContent", `{"contents":[{"parts":[{"text":"Hi"}]}]}`, 429, "RESOURCE_EXHAUSTED", "Quota exceeded", nil},
		{"/v1beta/models/@google/hello:generateContent", `{"contents":[]}`, 400, "INVALID_ARGUMENT", "'contents'", nil},
		{"/v1beta/models/@google/hello:generateContent", `{}`, 400, "INVALID_ARGUMENT", "'contents'", nil},
		{"/v1beta/models/@google/hello:generateContent", `[`, 400, "INVALID_ARGUMENT", "JSON", nil},
		{"/v1beta/models/@google/hello:embedContent", `{"content":{},"requests":[]}`, 400, "INVALID_ARGUMENT", "'requests'", nil},
		{"/v1beta/models/@nobody/hello:generateContent", `{"contents":[{"parts":[{"text":"Hi"}]}]}`, 400, "INVALID_ARGUMENT", "nobody", nil},
		{"/v1beta/models/:generateContent", `{"contents":[{"parts":[{"text":"Hi"}]}]}`, 400, "INVALID_ARGUMENT", "model", nil},
		{"/v1beta/models/@google/hello:translate", `{}`, 404, "NOT_FOUND", "generateContent", nil},
		{"/v1beta/models/@google/../../x:generateContent", `{"contents":[{"parts":[{"text":"Hi"}]}]}`, 400, "INVALID_ARGUMENT", "'model'", nil},
		{"/v1beta/models/@google/hello:generateContent", `{"contents":[{"parts":[{"text":"Hi"}]}]}`, 401, "UNAUTHENTICATED", "", as("sk-sl-wrong")},
		{"/v1beta/models/@claude/hello:generateContent", `{"contents":[{"parts":[{"text":"Hi"}]}],"generationConfig":{"responseModalities":["IMAGE"]}}`, 400, "INVALID_ARGUMENT", "'generationConfig.responseModalities'", nil},
		{"/v1beta/models/@claude/hello:embedContent", `{"content":{"parts":[{"text":"a"}]}}`, 400, "INVALID_ARGUMENT", "no embeddings", nil},
	} {
		r := s.post(c.path, c.body, c.header...)
		if r.StatusCode != c.code || r.json("error.code").Int() != int64(c.code) || r.json("error.status").String() != c.status || !strings.Contains(r.json("error.message").String(), c.text) {
			t.Errorf("%s %s: %d %s", c.path, c.body, r.StatusCode, r.body)
		}
	}
	if r := s.gemini("@google/quota", false, "Hi"); r.Header.Get("Retry-After") != "7" || !strings.Contains(r.body, `"retryDelay":"7s"`) {
		t.Errorf("the delay: %v %s", r.Header, r.body)
	}
	for _, target := range geminiTargets {
		for _, model := range []string{"breaks", "never"} {
			if target != "google" && model == "never" {
				continue // the other formats have an end mark of their own
			}
			for _, alt := range []string{"?alt=sse", ""} {
				r := s.broken("/v1beta/models/@"+target+"/"+model+":streamGenerateContent"+alt, `{"contents":[{"parts":[{"text":"Hi"}]}]}`)
				if !strings.Contains(r.body, `{"error":{"code":502`) || !strings.Contains(r.body, `"UNAVAILABLE"`) || strings.Contains(r.body, "finishReason") || gjson.Valid(r.body) {
					t.Errorf("%s %s%s: %s", target, model, alt, r.body)
				}
			}
		}
	}
}

// TestGeminiGuards: input and output guardrails flag and deny, and the results are told.
func TestGeminiGuards(t *testing.T) {
	s, up := startGemini(t)
	up.Set("answer", gatewaytest.Reply{Reasoning: "Let me see.", Pieces: []string{"the ans", "wer is for", "ty-two"}})
	up.Set("tool", gatewaytest.Reply{Tools: []gatewaytest.Tool{{ID: "call_1", Name: "f", Args: []string{`{"a":"for`, `ty-two"}`}}}})
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
		for _, target := range geminiTargets {
			for _, stream := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s %s %v", c.name, target, stream), func(t *testing.T) {
					before := up.Hits("")
					r := s.gemini("@"+target+"/"+c.model, stream, c.text, "X-Sluice-Config", c.config, "X-Portkey-Strict-Open-Ai-Compliance", "false")
					if r.StatusCode != c.status || up.Hits("")-before != c.calls {
						t.Fatalf("%d, %d calls: %s", r.StatusCode, up.Hits("")-before, r.body)
					}
					results := r.json("hook_results")
					if c.status == 446 {
						if r.json("error.code").Int() != 446 || strings.Contains(r.body, "forty-two") {
							t.Errorf("denied: %s", r.body)
						}
					} else if got := readGemini(t, r, stream); got.text != "the answer is forty-two" || got.thought != "Let me see." || got.finish != "STOP" {
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

// TestGeminiCache: an answer is stored once and told again as a body and as a stream, with
// thoughts and function calls, and the row says that it cost nothing.
func TestGeminiCache(t *testing.T) {
	s, up := startGemini(t)
	up.Set("answers", gatewaytest.Reply{Reasoning: thought, Text: "Let me look.", Tools: []gatewaytest.Tool{{ID: "call_1", Name: "f", Args: []string{`{"a":1.0,`, `"b":[]}`}}}, Input: 30, Output: 5})
	cached := []string{"X-Sluice-Config", `{"cache":"simple"}`}
	for _, target := range geminiTargets {
		for _, first := range []bool{false, true} {
			want := geminiSaid{"Let me look.", thought, "f", `{"a":1.0,"b":[]}`, "STOP"}
			before := up.Hits("")
			for i, stream := range []bool{first, false, true} {
				r := s.gemini("@"+target+"/answers", stream, fmt.Sprintf("Look, %v", first), cached...)
				status := r.Header.Get("X-Sluice-Cache-Status")
				if got := readGemini(t, r, stream); got != want || strings.HasSuffix(status, "HIT") != (i > 0) {
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
}

// TestGeminiMetering: usage and cost are on the row and are charged to the key, until its
// budget is spent. A body without a limit gets one.
func TestGeminiMetering(t *testing.T) {
	s, up := startGemini(t)
	up.Set("dear", gatewaytest.Reply{Input: 1000, Cached: 800, Output: 500})
	up.Set("cheap", gatewaytest.Reply{Input: 10, Output: 5})
	for _, target := range geminiTargets {
		for _, stream := range []bool{false, true} {
			name := fmt.Sprintf("gemini-%s-%v", target, stream)
			key := as(s.post("/v1/api-keys", `{"name":"`+name+`","member":"poor@example.com","budget_usd":0.005}`).json("key").String()) // 2.5 answers
			var r reply
			for range 2 {
				r = s.gemini("@"+target+"/dear", stream, "Hello", key...)
				row := s.logged(r.Header.Get("X-Sluice-Request-Id"))
				if r.StatusCode != 200 || row.Get("usage.input_tokens").Int() != 1000 || row.Get("usage.output_tokens").Int() != 500 || row.Get("usage.cache_read_tokens").Int() != 800 {
					t.Errorf("%s: %d %s\n%s", name, r.StatusCode, r.body, row.Raw)
				}
			}
			if spent := s.get("/v1/api-keys/" + name).json("spent_usd").Float(); spent < 0.0039 || spent > 0.0041 {
				t.Errorf("%s spent %v", name, spent)
			}
			s.post("/v1beta/models/@"+target+"/cheap:generateContent", `{"contents":[{"parts":[{"text":"Hi"}]}]}`, key...)
			if limits := string(up.Last().Body); !strings.Contains(limits, "max") {
				t.Errorf("%s: no limit was written: %s", name, limits)
			}
			for range 2 {
				r = s.gemini("@"+target+"/dear", stream, "Hello", key...)
			}
			if r.StatusCode != 429 || r.json("error.status").String() != "RESOURCE_EXHAUSTED" || !strings.Contains(r.json("error.message").String(), "budget") {
				t.Errorf("%s: %d %s", name, r.StatusCode, r.body)
			}
		}
	}
}

// TestGeminiPrompt: a config names a template and parameters; both go where Google's format
// has them.
func TestGeminiPrompt(t *testing.T) {
	s, up := startGemini(t, "prompts/persona.prompt.yaml", persona)
	body := `{"variables":{"tone":"kind","name":"Ada"},"systemInstruction":{"parts":[{"text":"Be brief."}]},"contents":[{"role":"user","parts":[{"text":"Hello"}]}],"generationConfig":{"topK":3}}`
	r := s.post("/v1beta/models/gemini-2.5-flash:generateContent", body, "X-Sluice-Config", `{"prompt_id":"persona","virtual_key":"google","override_params":{"seed":7,"top_p":0.5}}`)
	if r.StatusCode != 200 || r.json("candidates.0.content.parts.0.text").String() != "Hello" {
		t.Fatalf("%d %s", r.StatusCode, r.body)
	}
	compare(t, "google", up.Last().Body, map[string]string{"contents.#": "3", "contents.0.parts.0.text": "My name is Ada.", "contents.1.role": "model", "contents.2.parts.0.text": "Hello",
		"systemInstruction.parts.#.text": `["Be kind.","Be brief."]`, "generationConfig": `{"maxOutputTokens":77,"temperature":0.5,"topK":3,"seed":7,"topP":0.5}`, "variables": "", "model": ""})
}

// TestGeminiToolLoop: what a vendor signed comes back to it with the next turn, through
// Google's clients, which return the signature of a call and leave out the thoughts.
func TestGeminiToolLoop(t *testing.T) {
	s, up := startGemini(t)
	for _, target := range geminiTargets {
		up.Set("tools", gatewaytest.Reply{Reasoning: thought, Signature: signature, Text: "Let me look.", Tools: []gatewaytest.Tool{{ID: "call_1", Name: "f", Args: []string{`{"a":1}`}}}})
		ask := func(more string) reply {
			return s.post("/v1beta/models/@"+target+"/tools:generateContent", `{"contents":[{"role":"user","parts":[{"text":"Look"}]}`+more+`],"tools":[{"functionDeclarations":[{"name":"f","parameters":{"type":"OBJECT"}}]}],"generationConfig":{"maxOutputTokens":9000,"thinkingConfig":{"thinkingBudget":2048}}}`)
		}
		r := ask("")
		var kept []string
		for _, p := range r.json("candidates.0.content.parts").Array() {
			if !p.Get("thought").Bool() {
				kept = append(kept, p.Raw)
			}
		}
		up.Set("tools", gatewaytest.Reply{Text: "Done"})
		if r = ask(`,{"role":"model","parts":[` + strings.Join(kept, ",") + `]},{"role":"user","parts":[{"functionResponse":{"name":"f","response":{"output":"ok"}}}]}`); r.json("candidates.0.content.parts.0.text").String() != "Done" {
			t.Fatalf("%s: %d %s", target, r.StatusCode, r.body)
		}
		want := map[string]map[string]string{
			"google": {"contents.1.parts.1.thoughtSignature": signature, "contents.2.parts.0.functionResponse.name": "f"},
			"claude": {"messages.1.content.#.type": `["text","thinking","tool_use"]`, "messages.1.content.1.thinking": thought, "messages.1.content.1.signature": signature, "messages.2.content.0.tool_use_id": "call_1", "thinking.type": "enabled"},
			"local":  {"messages.1.tool_calls.0.id": "call_1", "messages.2.tool_call_id": "call_1", "messages.2.content": "ok"},
		}[target]
		compare(t, target, up.Last().Body, want)
	}
}

// TestGoogleSignaturesReturn: a thought signature of Google's comes back to it from callers
// of other formats, and no other vendor gets it.
func TestGoogleSignaturesReturn(t *testing.T) {
	s, up := startGemini(t)
	sign := base64.StdEncoding.EncodeToString([]byte("signed"))
	up.Set("gemini-3-pro", gatewaytest.Reply{Signature: sign, Tools: []gatewaytest.Tool{{ID: "call_1", Name: "f", Args: []string{`{"a":1}`}}}})
	tools := `"tools":[{"type":"function","function":{"name":"f"}}],`
	r := s.post(chat, `{"model":"@google/gemini-3-pro",`+tools+`"messages":[{"role":"user","content":"Look"}]}`)
	turn := r.json("choices.0.message").Raw
	s.post(chat, `{"model":"@google/gemini-3-pro",`+tools+`"messages":[{"role":"user","content":"Look"},`+turn+`,{"role":"tool","tool_call_id":"call_1","content":"ok"}]}`)
	compare(t, "chat", up.Last().Body, map[string]string{"contents.1.parts.0.thoughtSignature": sign, "contents.1.parts.#": "1"})

	r = s.messages("@google/gemini-3-pro", false, "Look")
	content := r.json("content").Raw
	conversation := `"max_tokens":100,"messages":[{"role":"user","content":"Look"},{"role":"assistant","content":` + content + `},{"role":"user","content":[{"type":"tool_result","tool_use_id":"call_1","content":"ok"}]}]}`
	s.post("/v1/messages", `{"model":"@google/gemini-3-pro",`+conversation)
	compare(t, "messages", up.Last().Body, map[string]string{"contents.1.parts.0.thoughtSignature": sign, "contents.1.parts.#": "1"})
	s.post("/v1/messages", `{"model":"@claude/claude-opus-4-7",`+conversation)
	s.post("/v1/messages", `{"model":"@local/gpt",`+conversation)
	for _, got := range up.Requests()[len(up.Requests())-2:] {
		// a target of the caller's own format gets the caller's bytes
		if got.Path != "/v1/messages" && strings.Contains(string(got.Body), sign) {
			t.Errorf("%s: %s", got.Path, got.Body)
		}
	}
}

// TestGeminiCountsAndEmbeddings: both work for every target that can.
func TestGeminiCountsAndEmbeddings(t *testing.T) {
	s, up := startGemini(t)
	up.Set("m", gatewaytest.Reply{Input: 77})
	for target, want := range map[string]string{"google": `{"totalTokens":77}`, "claude": `{"totalTokens":77}`, "local": `{"totalTokens":5,"estimated":true}`} {
		if r := s.post("/v1beta/models/@"+target+"/m:countTokens", `{"contents":[{"parts":[{"text":"Hello"}]}]}`); r.body != want {
			t.Errorf("%s: %d %s", target, r.StatusCode, r.body)
		}
	}
	if r := s.post("/v1/messages/count_tokens", `{"model":"@google/m","messages":[{"role":"user","content":"Hello"}]}`); r.body != `{"input_tokens":77}` {
		t.Errorf("%s", r.body)
	}
	for _, target := range []string{"google", "local"} {
		one := s.post("/v1beta/models/@"+target+"/m:embedContent", `{"content":{"parts":[{"text":"abc"}]}}`)
		two := s.post("/v1beta/models/@"+target+"/m:batchEmbedContents", `{"requests":[{"model":"models/m","content":{"parts":[{"text":"abc"}]}},{"model":"models/m","content":{"parts":[{"text":"d"}]}}]}`)
		if v := one.json("embedding.values").Raw; v == "" || two.json("embeddings.0.values").Raw != v || two.json("embeddings.#").Int() != 2 {
			t.Errorf("%s: %s %s", target, one.body, two.body)
		}
	}
	r := s.post("/v1/embeddings", `{"model":"@google/m","input":["abc","d"],"encoding_format":"base64"}`)
	if r.json("data.0.embedding").String() != "AABAQAAAgD4AAIC/" || r.json("data.#").Int() != 2 || r.json("model").String() != "m" {
		t.Errorf("%d %s\n%s", r.StatusCode, r.body, up.Last().Body)
	}
	row := s.logged(r.Header.Get("X-Sluice-Request-Id"))
	if strings.Contains(row.Raw, "AABAQ") || row.Get("operation").String() != "embeddings" {
		t.Errorf("the row: %s", row.Raw)
	}
}
