package app

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// TestNativeBudgets: batches of Azure, Gemini and Mistral, videos that a form asks for and videos that are
// made of others are held to budgets and lists of models: the most that they can cost is reserved before
// the vendor gets them.
func TestNativeBudgets(t *testing.T) {
	vendor := &recording{vendor: &keeper{}}
	o := openOfficeWith(t, vendor)
	o.virtualKey(`"name":"azure","provider":"azure-openai","settings":{"resource":"acme","deployments":"gpt-4o=chat-eu"},"prices":{"gpt-4o":{"input":1,"output":10}}`)
	o.virtualKey(`"name":"gemini","provider":"google","prices":{"gemini-2.5-flash":{"input":1,"output":10},"imagen-4.0-generate-001":{"image":0.04}}`)
	o.virtualKey(`"name":"mistral","provider":"mistral-ai","prices":{"mistral-small-latest":{"input":1,"output":10}}`)
	o.virtualKey(`"name":"sora","provider":"openai","prices":{"sora-2":{"second":0.1}}`)
	const (
		azureBody   = `{"model":"chat-eu","max_tokens":100,"messages":[{"role":"user","content":"Hi"}]}`
		geminiBody  = `{"contents":[{"parts":[{"text":"Hi"}]}],"generationConfig":{"maxOutputTokens":100}}`
		mistralBody = `{"max_tokens":100,"messages":[{"role":"user","content":"Hi"}]}`
	)
	upload := related(`{"file":{}}`, "application/jsonl", `{"key":"a","request":`+geminiBody+`}`)
	tokens := func(body string) int64 { return int64(len(body))*1_000 + 100*10_000 } // nano-USD
	video := func(seconds string) string {
		return form(field("prompt", "a cat"), field("model", "sora-2"), field("seconds", seconds), attached("input_reference", "a.png", strings.Repeat("x", 100_000)))
	}
	for _, c := range []struct {
		name, account, file, sent, path, body string // %s in the body is the file's id
		most                                  int64
		refused                               string // although there is money
	}{
		{name: "Azure", account: "azure", file: "/azure/openai/files", sent: batchForm(`{"custom_id":"a","method":"POST","url":"/chat/completions","body":` + azureBody + `}`),
			path: "/azure/openai/batches?api-version=2024-10-21", body: `{"input_file_id":"%s","endpoint":"/chat/completions","completion_window":"24h"}`, most: tokens(azureBody)},
		{name: "Azure, a blob", account: "azure", path: "/azure/openai/v1/batches", body: `{"input_blob":"https://x","endpoint":"/chat/completions"}`, refused: "it names no file in 'input_file_id'"},
		{name: "Azure, a bad line", account: "azure", file: "/azure/openai/v1/files", sent: batchForm(`{"url":"/chat/completions","body":{"messages":[]}}`),
			path: "/azure/openai/v1/batches", body: `{"input_file_id":"%s"}`, refused: "line 1 of its file"},
		{name: "Gemini", account: "gemini", path: "/gemini/v1beta/models/gemini-2.5-flash:batchGenerateContent", body: `{"batch":{"input_config":{"requests":{"requests":[{"request":` + geminiBody + `,"metadata":{"key":"a"}}]}}}}`, most: tokens(geminiBody)},
		{name: "Gemini, a file", account: "gemini", file: "/gemini/upload/v1beta/files?uploadType=multipart", sent: upload,
			path: "/gemini/v1beta/models/gemini-2.5-flash:batchGenerateContent", body: `{"batch":{"inputConfig":{"fileName":"%s"}}}`, most: tokens(geminiBody)},
		{name: "Gemini, twice", account: "gemini", path: "/gemini/v1beta/models/gemini-2.5-flash:batchGenerateContent",
			body: `{"batch":{"inputConfig":{"requests":{"requests":[]}},"input_config":{"requests":{"requests":[{"request":` + geminiBody + `}]}}}}`, refused: "says twice which calls"},
		{name: "Mistral", account: "mistral", file: "/mistral/v1/files", sent: batchForm(`{"custom_id":"0","body":` + mistralBody + `}`),
			path: "/mistral/v1/batch/jobs", body: `{"input_files":["%s"],"model":"mistral-small-latest","endpoint":"/v1/chat/completions"}`, most: tokens(mistralBody)},
		{name: "Mistral, an agent", account: "mistral", path: "/mistral/v1/batch/jobs", body: `{"requests":[{"body":` + mistralBody + `}],"agent_id":"ag_1","model":"mistral-small-latest"}`, refused: "an agent"},
		{name: "Mistral, no file", account: "mistral", path: "/mistral/v1/batch/jobs", body: `{"requests":[{"body":` + mistralBody + `}],"model":"mistral-small-latest"}`, most: tokens(mistralBody)},
		{name: "a video by a form", account: "sora", path: "/openai/v1/videos", body: video("8"), most: 8 * 100_000_000},
		{name: "a field twice", account: "sora", path: "/openai/v1/videos", body: form(field("seconds", "4"), field("seconds", "12")), refused: "given twice"},
		{name: "a video of a video", account: "sora", path: "/openai/v1/videos/video_001/remix", body: `{"prompt":"a dog"}`, most: 8 * 100_000_000},
	} {
		slug := strings.NewReplacer(" ", "-", ",", "").Replace(c.name)
		key, made := o.apiKey(slug, `"budget_usd":10`)
		poor, _ := o.apiKey("poor-"+slug, `"budget_usd":0.0000001`)
		listed, _ := o.apiKey("listed-"+slug, `"models":["other"]`)
		sent := c.body
		if c.file != "" {
			sent = fmt.Sprintf(c.body, o.keep(key, c.account, c.file, c.sent))
		}
		vendor.seen()
		for who, refused := range map[string]string{poor: "spent|cost up to|Nobody can tell", listed: "may not use the model|may use some models only"} {
			code, answer := o.ask(who, c.account, "POST", c.path, sent)
			known := c.refused != "" && strings.Contains(answer, c.refused)
			for _, text := range strings.Split(refused, "|") {
				known = known || strings.Contains(answer, text)
			}
			if up := vendor.seen(); code < 400 || !known || up != "" {
				t.Errorf("%s: %d %s; the vendor got %q", c.name, code, answer, up)
			}
		}
		code, answer := o.ask(key, c.account, "POST", c.path, sent)
		up := vendor.seen()
		if c.refused != "" {
			if code != http.StatusBadRequest || !strings.Contains(answer, c.refused) || up != "" {
				t.Errorf("%s: %d %s", c.name, code, answer)
			}
			continue
		}
		path, _, _ := strings.Cut(c.path[strings.IndexByte(c.path[1:], '/')+1:], "?")
		if code != http.StatusOK || !strings.HasPrefix(up, path+" ") || !strings.HasSuffix(up, " "+sent) {
			t.Errorf("%s: %d %s; the vendor got %.500q at %q, want %.500q", c.name, code, answer, up, path, sent)
		}
		most := c.most*12/10 + 1 // what the workspace charges, and what keeps out a spent budget
		if _, reserved := o.budgetOf(made); reserved != most {
			t.Errorf("%s: %d reserved, want %d", c.name, reserved, most)
		}
	}
	// Images of Imagen are reserved by how many are asked for, and charged by how many came.
	for budget, want := range map[string]int{"0.19": http.StatusOK, "0.11": http.StatusTooManyRequests} {
		key, made := o.apiKey("images-"+budget, `"budget_usd":`+budget)
		code, answer := o.ask(key, "gemini", "POST", "/gemini/v1beta/models/imagen-4.0-generate-001:predict", `{"instances":[{"prompt":"a cat"}],"parameters":{"sampleCount":3}}`)
		if spent, _ := o.budgetOf(made); code != want || want == http.StatusOK && spent != 2*48_000_000 {
			t.Errorf("with %s USD: %d %s, spent %d", budget, code, answer, spent)
		}
	}
}
