package batchfile

import (
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/vendorobject"
)

// Lines as Mistral (https://docs.mistral.ai/capabilities/batch) and Google
// (https://ai.google.dev/gemini-api/docs/batch-api) document them, without the call's name.
const (
	mistralBody = `{"max_tokens":100,"messages":[{"role":"user","content":"Hi"}]}`
	geminiBody  = `{"contents":[{"parts":[{"text":"Hi"}]}],"generation_config":{"maxOutputTokens":50,"candidateCount":2}}`
)

// TestFormats: the calls of vendors whose jobs name the model are bounded like those of OpenAI.
func TestFormats(t *testing.T) {
	input := func(body string) int64 { return int64(len(body)) }
	for name, c := range map[string]struct {
		format  Format
		line    string
		calls   []gateway.CallsOf // of the job's model j
		objects []string
		refused string
	}{
		"Azure":                      {OpenAI, strings.Replace(chat, "/v1/chat", "/chat", 1), []gateway.CallsOf{{Model: "m", Input: input(`{"model":"m","max_tokens":10,"messages":[{"role":"user","content":"Hi"}]}`), Output: 10}}, nil, ""},
		"Mistral":                    {Mistral, `{"custom_id":"0","body":` + mistralBody + `}`, []gateway.CallsOf{{Model: "j", Input: input(mistralBody), Output: 100}}, nil, ""},
		"Mistral, embeddings":        {Mistral, `{"body":{"input":["Hi"]}}`, []gateway.CallsOf{{Model: "j", Input: input(`{"input":["Hi"]}`)}}, nil, ""},
		"Mistral, fill in":           {Mistral, `{"body":{"prompt":"a","suffix":"b","max_tokens":9}}`, []gateway.CallsOf{{Model: "j", Input: input(`{"prompt":"a","suffix":"b","max_tokens":9}`), Output: 9}}, nil, ""},
		"Mistral, the job's model":   {Mistral, `{"body":{"model":"j","input":"Hi"}}`, []gateway.CallsOf{{Model: "j", Input: input(`{"model":"j","input":"Hi"}`)}}, nil, ""},
		"Mistral, another model":     {Mistral, `{"body":{"model":"k","input":"Hi"}}`, []gateway.CallsOf{{Model: "k", Input: input(`{"model":"j","input":"Hi"}`)}, {Model: "j", Input: input(`{"model":"j","input":"Hi"}`)}}, nil, ""},
		"Mistral, a document":        {Mistral, `{"body":{"document":{"type":"file","file_id":"x"}}}`, nil, nil, "line 1 of its file has no 'messages'"},
		"Gemini":                     {Gemini, `{"key":"a","request":` + geminiBody + `}`, []gateway.CallsOf{{Model: "j", Input: input(geminiBody), Output: 100}}, nil, ""},
		"Gemini, no limit":           {Gemini, `{"key":"a","request":{"contents":[{"parts":[{"text":"Hi"}]}]}}`, []gateway.CallsOf{{Model: "j", Input: input(`{"contents":[{"parts":[{"text":"Hi"}]}]}`), Open: 1}}, nil, ""},
		"Gemini, embeddings":         {Gemini, `{"key":"a","request":{"model":"models/j","content":{"parts":[{"text":"Hi"}]}}}`, []gateway.CallsOf{{Model: "j", Input: input(`{"model":"models/j","content":{"parts":[{"text":"Hi"}]}}`)}}, nil, ""},
		"Gemini, what is kept":       {Gemini, `{"request":{"contents":[{"parts":[{"fileData":{"fileUri":"https://generativelanguage.googleapis.com/v1beta/files/abc"}}]}],"generationConfig":{"maxOutputTokens":1}}}`, []gateway.CallsOf{{Model: "j", Input: input(`{"contents":[{"parts":[{"fileData":{"fileUri":"https://generativelanguage.googleapis.com/v1beta/files/abc"}}]}],"generationConfig":{"maxOutputTokens":1}}`) + 200_000, Output: 1}}, []string{"files/abc"}, ""},
		"Gemini, the limit twice":    {Gemini, `{"request":{"contents":[],"generationConfig":{"maxOutputTokens":1},"generation_config":{"maxOutputTokens":9}}}`, nil, nil, "line 1 of its file"},
		"Gemini, no request":         {Gemini, `{"key":"a"}`, nil, nil, "has no request"},
		"Gemini, a line of OpenAI's": {Gemini, chat, nil, nil, "has no request"},
	} {
		counter := Counter{Format: c.format}
		_, _ = io.WriteString(&counter, c.line+"\n")
		got := Of(counter.Batch(), "j")
		if c.refused != "" {
			if !strings.Contains(got.Unbounded, c.refused) {
				t.Errorf("%s: %+v", name, got)
			}
			continue
		}
		if d := cmp.Diff(vendorobject.Batch{Calls: c.calls, Objects: c.objects}, got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	list := `[{"request":` + geminiBody + `,"metadata":{"key":"a"}},{"request":` + geminiBody + `}]`
	if got := Of(Inline(Gemini, []byte(list)), "j"); len(got.Calls) != 1 || got.Calls[0].Output != 200 || got.Calls[0].Input != 2*input(geminiBody) {
		t.Errorf("in a body: %+v", got)
	}
	for list, why := range map[string]string{`[]`: "no calls", `[{"request":` + geminiBody + `},{}]`: "requests[1] has no request", ``: "no calls"} {
		if got := Inline(Gemini, []byte(list)); !strings.Contains(got.Unbounded, why) {
			t.Errorf("%s: %+v", list, got)
		}
	}
}

// TestGeminiUpload: of a file for Gemini (multipart/related, https://ai.google.dev/api/files) the second
// part is read.
func TestGeminiUpload(t *testing.T) {
	form := func(kind, content string) string {
		return "--b\r\nContent-Type: application/json\r\n\r\n{\"file\":{\"display_name\":\"x\"}}\r\n--b\r\nContent-Type: " + kind + "\r\n\r\n" + content + "\r\n--b--\r\n"
	}
	line := `{"key":"a","request":` + geminiBody + `}`
	for name, c := range map[string]struct {
		body    string
		calls   int
		refused bool
		none    bool
	}{
		"a batch":      {body: form("application/jsonl", line+"\n"+line), calls: 1},
		"of any type":  {body: form("text/plain", line), calls: 1},
		"other lines":  {body: form("application/jsonl", "{}"), refused: true},
		"an image":     {body: form("image/png", "\x89PNG"), none: true},
		"without file": {body: "--b\r\n\r\n{}\r\n--b--\r\n", none: true},
	} {
		u := NewUpload(Gemini, "multipart/related; boundary=b", strings.NewReader(c.body), nil)
		passed, err := io.ReadAll(u)
		if err != nil || string(passed) != c.body {
			t.Errorf("%s: passed on %q, %v", name, passed, err)
		}
		got := u.Batch()
		if (got == nil) != c.none || got != nil && ((got.Unbounded != "") != c.refused || len(got.Calls) != c.calls) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
