package gemini_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/anthropic"
	"github.com/sluicegate/sluice/gateway/dialect/gemini"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
)

// A body comes back byte for byte once the URL's members are taken out again.
func TestURLMembers(t *testing.T) {
	for _, body := range []string{`{}`, ` { "contents" : [ {"parts":[{"text":"é\u0041"}]} ] , "n":1e2 } `, "{\n}"} {
		held := gemini.FromURL([]byte(body), "@vk/a b", true)
		req, err := gateway.NewRequest(gemini.Dialect{}, gateway.OpChat, held)
		if err != nil || req.Model() != "@vk/a b" || !req.Stream() {
			t.Errorf("%s: %q %v %v", held, req.Model(), req.Stream(), err)
		}
		if got := string(gemini.Wire(held)); got != body {
			t.Errorf("got %q, want %q", got, body)
		}
	}
	held := gemini.FromURL([]byte(`{"model":"other","stream":true}`), "m", false)
	if string(held) != `{"model":"m"}` {
		t.Errorf("%s", held)
	}
}

var everything = strings.NewReplacer("AAAA", strings.Repeat("AAAA", 200), "BBBB", strings.Repeat("BBBB", 200)).Replace(`{"model":"m","contents":[{"role":"user","parts":[{"text":"first"}]},` +
	`{"parts":[{"functionCall":{"id":"i","name":"f","args":{"type":"a1","n":1234567}},"thoughtSignature":"c2ln"}],"role":"model"},` +
	`{"role":"user","parts":[{"functionResponse":{"name":"f","response":{"role":"r1"},"parts":[{"inlineData":{"mimeType":"image/png","data":"AAAA"}}]}},{"inline_data":{"mime_type":"audio/wav","data":"BBBB"}},{"fileData":{"fileUri":"https://f"}},{"text":"last"}]}],` +
	`"system_instruction":{"parts":{"text":"sys"}},"tools":[{"functionDeclarations":[{"name":"f","description":"d1","parameters":{"type":"OBJECT","properties":{"p":{"type":"STRING","description":"d2"}}}}]},{"googleSearch":{}}],` +
	`"generationConfig":{"stopSequences":["s1"],"responseMimeType":"application/json","responseSchema":{"type":"OBJECT","title":"t1"},"maxOutputTokens":50,"candidateCount":2,"thinkingConfig":{"thinkingBudget":100}},"cachedContent":"c","unknown":{"x":"u1"}}`)

func TestTexts(t *testing.T) {
	var got []string
	for _, x := range (gemini.Dialect{}).Texts([]byte(everything)) {
		s := x.Path + " " + x.Role + " " + x.Value
		if x.Name {
			s += " name"
		}
		if x.Signed {
			s += " signed"
		}
		got = append(got, s)
	}
	want := []string{
		"tools[0].functionDeclarations[0].name  f name",
		"tools[0].functionDeclarations[0].description  d1",
		"tools[0].functionDeclarations[0].parameters.properties.p.description  d2",
		"generationConfig.stopSequences[0]  s1",
		"generationConfig.responseSchema.title  t1",
		"system_instruction.parts.text system sys",
		"contents[0].parts[0].text user first",
		"contents[1].parts[0].functionCall.id assistant i",
		"contents[1].parts[0].functionCall.name assistant f name",
		"contents[1].parts[0].functionCall.args.type assistant a1",
		"contents[1].parts[0].functionCall.args.n assistant 1234567",
		"contents[1].parts[0].thoughtSignature assistant c2ln signed",
		"contents[2].parts[0].functionResponse.name user f name",
		"contents[2].parts[0].functionResponse.response.role user r1",
		"contents[2].parts[2].fileData.fileUri user https://f",
		"contents[2].parts[3].text user last",
		"unknown.x  u1",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// Everything in a body is judged that is no word of the format and no data in place; the
// request that a countTokens body holds is read like a body.
func TestJudged(t *testing.T) {
	for _, raw := range []string{everything, `{"model":"m","generateContentRequest":` + everything + `}`} {
		seen := map[string]bool{}
		for _, x := range gateway.JudgedIn(gemini.Dialect{}, []byte(raw)) {
			seen[x.Value] = true
		}
		for _, s := range []string{"first", "a1", "1234567", "r1", "last", "sys", "d1", "d2", "p", "s1", "t1", "u1", "x", "unknown", "c", "m", "50"} {
			if !seen[s] {
				t.Errorf("%q is not judged in %s", s, raw)
			}
		}
		if seen[strings.Repeat("AAAA", 200)] || seen[strings.Repeat("BBBB", 200)] {
			t.Error("data in place is judged")
		}
	}
}

// Reasoning that is sealed in a signature is judged, since its vendor reads it.
func TestSealedReasoningIsJudged(t *testing.T) {
	signature := "c2x1aWNlLnJlYXNvbmluZzpbeyJ0ZXh0IjoiV2hvIGFza3M/Iiwic2lnbmF0dXJlIjoiYzJsbiJ9XQ=="
	raw := `{"contents":[{"role":"model","parts":[{"functionCall":{"name":"f","args":{}},"thoughtSignature":"` + signature + `"}]}]}`
	texts := (gemini.Dialect{}).Texts([]byte(raw))
	if x := texts[len(texts)-1]; x.Value != "Who asks?" || !x.Signed {
		t.Errorf("%+v", texts)
	}
	m, err := gemini.Dialect{}.ReadRequest([]byte(raw))
	if err != nil || m.Messages[0].Parts[0].Sign.Value != "c2ln" || m.Messages[0].Parts[0].Text != "Who asks?" {
		t.Errorf("%+v, %v", m, err)
	}
}

func TestParameters(t *testing.T) {
	got := gemini.Dialect{}.Parameters([]byte(everything))
	want := gateway.Parameters{MaxOutput: 50, Bounded: true, Thinking: 100, Choices: 2, JSON: true}
	if got != want {
		t.Errorf("%+v", got)
	}
	if a := (gemini.Dialect{}).Attachments([]byte(everything)); a != (gateway.Attachments{Images: 1, Files: 2, Hosted: 1, Tools: true}) {
		t.Errorf("%+v", a)
	}
	for body, want := range map[string]gateway.Parameters{
		`{"generation_config":{"max_output_tokens":5}}`:                                               {MaxOutput: 5, Bounded: true, Choices: 1},
		`{"generationConfig":{"maxOutputTokens":0}}`:                                                  {Choices: 1},
		`{"generationConfig":{"maxOutputTokens":"9"}}`:                                                {Choices: 1},
		`{"generationConfig":{"maxOutputTokens":5},"generation_config":{"maxOutputTokens":-1}}`:       {MaxOutput: 5, Choices: 1},
		`{"generationConfig":{"candidateCount":"x"}}`:                                                 {Choices: 1, BadChoices: "generationConfig.candidateCount"},
		`{"generationConfig":{"thinkingConfig":{"thinkingBudget":-1},"responseLogprobs":true}}`:       {Choices: 1, Effort: true, Logprobs: true},
		`{"generationConfig":{"max_output_tokens":7,"maxOutputTokens":9,"thinking_config":{"a":""}}}`: {MaxOutput: 9, Bounded: true, Choices: 1},
	} {
		if got := (gemini.Dialect{}).Parameters([]byte(body)); got != want {
			t.Errorf("%s: %+v", body, got)
		}
		limited := (gemini.Dialect{}).WithMaxOutput([]byte(body), 3)
		if p := (gemini.Dialect{}).Parameters(limited); p.MaxOutput != 3 || !p.Bounded || strings.Count(string(limited), "utput") != 1 {
			t.Errorf("%s", limited)
		}
	}
}

func TestQuestion(t *testing.T) {
	for body, want := range map[string]string{
		`{"contents":[{"parts":[{"text":"a"},{"text":"b"}]}]}`:                                                           `"b"`,
		`{"contents":{"role":"user","parts":{"text":"a"}},"tools":[{"x":{"text":"no"}}]}`:                                `"a"`,
		`{"contents":[{"role":"user","parts":[{"text":"a"}]},{"role":"model","parts":[{"text":"b"}]}]}`:                  "",
		`{"contents":[{"role":"user","parts":[{"functionResponse":{"name":"f"}},{"text":"a"}]}]}`:                        "",
		`{"contents":[{"role":"model","parts":[{"text":"x","thoughtSignature":"c2ln"}]},{"parts":[{"text":"a"}]}]}`:      "",
		`{"contents":[{"role":"user","parts":[{"functionResponse":{}}]},{"role":"user","parts":[{"text":"question"}]}]}`: `"question"`,
	} {
		span, ok := (gemini.Dialect{}).Question([]byte(body))
		if got := body[span.Start:span.End]; got != want || ok != (want != "") {
			t.Errorf("%s: %q %v", body, got, ok)
		}
	}
}

func TestJoin(t *testing.T) {
	got := string(gemini.Dialect{}.Join([]byte(`{"model":"t","system_instruction":{"parts":[{"text":"s1"}]},"contents":[{"parts":[{"text":"a"}]}],"generationConfig":{"topK":1,"max_output_tokens":1}}`),
		[]byte(`{"model":"","systemInstruction":{"parts":{"text":"s2"}},"contents":[{"parts":[{"text":"b"}]}],"generationConfig":{"maxOutputTokens":2}}`)))
	want := `{"model":"t","system_instruction":{"parts":[{"text":"s1"},{"text":"s2"}]},"contents":[{"parts":[{"text":"a"}]},{"parts":[{"text":"b"}]}],"generationConfig":{"topK":1,"maxOutputTokens":2}}`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestRefusedBodies(t *testing.T) {
	for body, field := range map[string]string{
		`{"contents":[]}`: "contents", `{"contents":"x"}`: "contents", `{"contents":["x"]}`: "contents[0]", `{"model":5}`: "model", `{"stream":1}`: "stream",
		`{"generationConfig":[]}`: "generationConfig", `{"system_instruction":"x"}`: "system_instruction", `{"requests":[]}`: "requests",
	} {
		_, err := gateway.NewRequest(gemini.Dialect{}, gateway.OpChat, []byte(body))
		var e *gateway.Error
		if !errors.As(err, &e) || e.Param != field {
			t.Errorf("%s: %v", body, err)
		}
	}
}

// FuzzReadRequest: no body makes a reader or a writer panic, and what is written is JSON.
func FuzzReadRequest(f *testing.F) {
	f.Add(everything)
	f.Add(`{"contents":[{"parts":[{"functionCall":5},{"text":null},{"thoughtSignature":"AA=="}]}],"generationConfig":{"thinkingConfig":{"thinkingLevel":"HIGH"},"topP":"x"}}`)
	f.Add(`{"requests":[{"content":{"parts":{"text":"a"}}},{"outputDimensionality":3}],"content":{"parts":[{}]}}`)
	f.Fuzz(func(t *testing.T, raw string) {
		if gateway.CheckBody("test", []byte(raw)) != nil {
			return
		}
		d := gemini.Dialect{}
		d.Texts([]byte(raw))
		d.Parameters([]byte(raw))
		d.Attachments([]byte(raw))
		if limited := d.WithMaxOutput([]byte(raw), 3); !json.Valid(limited) || !json.Valid(d.Join(limited, []byte(raw))) {
			t.Fatalf("%s", limited)
		}
		if _, err := d.ReadEmbeddings([]byte(raw)); err != nil && gateway.AsError(err).Kind != gateway.Invalid {
			t.Fatal(err)
		}
		m, err := d.ReadRequest([]byte(raw))
		for _, write := range []func() ([]byte, error){
			func() ([]byte, error) { return d.WriteRequest(m) },
			func() ([]byte, error) { return openai.Dialect{}.WriteRequest(m) },
			func() ([]byte, error) { return anthropic.Dialect{}.WriteRequest(m) },
		} {
			if err != nil {
				break
			}
			if body, err := write(); err == nil && !json.Valid(body) {
				t.Fatalf("%s became %s", raw, body)
			} else if err != nil && gateway.AsError(err).Kind != gateway.Invalid {
				t.Fatal(err)
			}
		}
		if err != nil && gateway.AsError(err).Kind != gateway.Invalid {
			t.Fatal(err)
		}
	})
}

// Parameters of a config are put where this format has them.
func TestConfigParameters(t *testing.T) {
	target := &gateway.Target{Model: "m", Default: []byte(`{"temperature":0.1,"top_p":0.5,"labels":{"a":"b"}}`), Override: []byte(`{"max_tokens":9,"stop":"END"}`), Drop: []string{"seed"}}
	req, err := gateway.NewRequest(gemini.Dialect{}, gateway.OpChat, []byte(`{"contents":[{"parts":[]}],"generationConfig":{"temperature":1.0,"seed":4,"maxOutputTokens":99}}`))
	if err != nil {
		t.Fatal(err)
	}
	got, err := target.Apply(req)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"contents":[{"parts":[]}],"generationConfig":{"temperature":1.0,"maxOutputTokens":9,"topP":0.5,"stopSequences":["END"]},"labels":{"a":"b"},"model":"m"}`
	if string(got.Raw) != want {
		t.Errorf("got  %s\nwant %s", got.Raw, want)
	}
}
