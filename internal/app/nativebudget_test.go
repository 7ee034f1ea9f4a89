package app

import (
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sluicegate/sluice/internal/config"
)

// keeper stands in for Azure, Gemini, Mistral and OpenAI, of which it takes files, batches and films, and
// never ends any. It counts the bytes of the last body.
type keeper struct {
	mu    sync.Mutex
	calls []string
	films int
}

func (v *keeper) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	v.mu.Lock()
	defer v.mu.Unlock()
	sent, _ := io.ReadAll(r.Body)
	w.Header().Set("Content-Type", "application/json")
	if r.Method == http.MethodGet {
		fmt.Fprint(w, `{}`)
		return
	}
	v.calls = append(v.calls, fmt.Sprintf("%s %d", r.URL.Path, len(sent)))
	n := len(v.calls)
	switch path := r.URL.Path; {
	case path == "/upload/v1beta/files": // https://ai.google.dev/api/files
		fmt.Fprintf(w, `{"file":{"name":"files/f%d","uri":"https://generativelanguage.googleapis.com/v1beta/files/f%[1]d"}}`, n)
	case strings.HasSuffix(path, ":predict"): // https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/imagen-api
		fmt.Fprint(w, `{"predictions":[{"mimeType":"image/png","bytesBase64Encoded":"iVBORw0="},{"raiFilteredReason":"x"},{"mimeType":"image/png","gcsUri":"gs://a/b.png"}]}`)
	case strings.HasSuffix(path, "/files"):
		fmt.Fprintf(w, `{"id":"file-%03d","object":"file"}`, n)
	case strings.HasSuffix(path, "/batches"):
		fmt.Fprintf(w, `{"id":"batch_%03d","object":"batch","status":"validating"}`, n)
	case strings.HasSuffix(path, "/batch/jobs"):
		fmt.Fprintf(w, `{"id":"job-%03d","object":"batch","status":"QUEUED"}`, n)
	case strings.Contains(path, ":batch"), strings.Contains(path, ":asyncBatch"):
		fmt.Fprintf(w, `{"name":"batches/b%d","metadata":{"state":"BATCH_STATE_PENDING"}}`, n)
	default: // "/v1/videos", "/v1/videos/video_001/remix"; https://platform.openai.com/docs/api-reference/videos
		v.films++
		fmt.Fprintf(w, `{"id":"video_%03d","object":"video","model":"sora-2","seconds":"8","status":"queued"}`, v.films)
	}
}

func (v *keeper) last() string {
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.calls) == 0 {
		return ""
	}
	return v.calls[len(v.calls)-1]
}

// TestNativeBudgets: batches of Azure, Gemini and Mistral, films that a form asks for and films that are
// made of others are held to budgets and lists of models: the most that they can cost is reserved before
// the vendor gets them.
func TestNativeBudgets(t *testing.T) {
	vendor := &keeper{}
	upstream := httptest.NewServer(vendor)
	defer upstream.Close()
	o := openOffice(t, func(cfg *config.Config) {
		cfg.TrustedHosts, cfg.AskEvery = []string{strings.TrimPrefix(upstream.URL, "http://")}, time.Hour
	})
	for _, vk := range []string{
		`"name":"azure","provider":"azure-openai","settings":{"resource":"acme","deployments":"gpt-4o=chat-eu"},"prices":{"gpt-4o":{"input":1,"output":10}}`,
		`"name":"gemini","provider":"google","prices":{"gemini-2.5-flash":{"input":1,"output":10},"imagen-4.0-generate-001":{"image":0.04}}`,
		`"name":"mistral","provider":"mistral-ai","prices":{"mistral-small-latest":{"input":1,"output":10}}`,
		`"name":"sora","provider":"openai","prices":{"sora-2":{"second":0.1}}`,
	} {
		o.must("POST", "/v1/virtual-keys", fmt.Sprintf(`{`+vk+`,"api_key":"k","base_url":"%s","workspace":"a"}`, upstream.URL))
	}
	const (
		azureBody   = `{"model":"chat-eu","max_tokens":100,"messages":[{"role":"user","content":"Hi"}]}`
		geminiBody  = `{"contents":[{"parts":[{"text":"Hi"}]}],"generationConfig":{"maxOutputTokens":100}}`
		mistralBody = `{"max_tokens":100,"messages":[{"role":"user","content":"Hi"}]}`
	)
	formOf := func(parts ...string) string {
		form := ""
		for i := 0; i < len(parts); i += 2 {
			form += "--b\r\nContent-Disposition: form-data; name=\"" + parts[i] + "\"\r\n\r\n" + parts[i+1] + "\r\n"
		}
		return form + "--b--\r\n"
	}
	fileOf := func(line string) string {
		return formOf("purpose", "batch", `file"; filename="a.jsonl`, line)
	}
	related := "--b\r\nContent-Type: application/json\r\n\r\n{\"file\":{}}\r\n--b\r\nContent-Type: application/jsonl\r\n\r\n" + `{"key":"a","request":` + geminiBody + `}` + "\r\n--b--\r\n"
	tokens := func(body string) int64 { return int64(len(body))*1_000 + 100*10_000 } // nano-USD
	film := func(seconds string) string {
		return formOf("prompt", "a cat", "model", "sora-2", "seconds", seconds, `input_reference"; filename="a.png`, strings.Repeat("x", 100_000))
	}
	do := func(key, account, path, sent string) (int, string) {
		kind := "application/json"
		if strings.HasPrefix(sent, "--b") {
			if kind = "multipart/form-data; boundary=b"; strings.Contains(path, "upload/") {
				kind = "multipart/related; boundary=b"
			}
		}
		res := o.as(key, "POST", path, sent, "X-Sluice-Virtual-Key", account, "Content-Type", kind)
		return res.StatusCode, body(t, res)
	}
	for _, c := range []struct {
		name, account, file, sent, path, body string // %s in the body is the file's id
		most                                  int64
		refused                               string // although there is money
	}{
		{name: "Azure", account: "azure", file: "/azure/openai/files", sent: fileOf(`{"custom_id":"a","method":"POST","url":"/chat/completions","body":` + azureBody + `}`),
			path: "/azure/openai/batches?api-version=2024-10-21", body: `{"input_file_id":"%s","endpoint":"/chat/completions","completion_window":"24h"}`, most: tokens(azureBody)},
		{name: "Azure, a blob", account: "azure", path: "/azure/openai/v1/batches", body: `{"input_blob":"https://x","endpoint":"/chat/completions"}`, refused: "it names no file in 'input_file_id'"},
		{name: "Azure, a bad line", account: "azure", file: "/azure/openai/v1/files", sent: fileOf(`{"url":"/chat/completions","body":{"messages":[]}}`),
			path: "/azure/openai/v1/batches", body: `{"input_file_id":"%s"}`, refused: "line 1 of its file"},
		{name: "Gemini", account: "gemini", path: "/gemini/v1beta/models/gemini-2.5-flash:batchGenerateContent", body: `{"batch":{"input_config":{"requests":{"requests":[{"request":` + geminiBody + `,"metadata":{"key":"a"}}]}}}}`, most: tokens(geminiBody)},
		{name: "Gemini, a file", account: "gemini", file: "/gemini/upload/v1beta/files?uploadType=multipart", sent: related,
			path: "/gemini/v1beta/models/gemini-2.5-flash:batchGenerateContent", body: `{"batch":{"inputConfig":{"fileName":"%s"}}}`, most: tokens(geminiBody)},
		{name: "Gemini, twice", account: "gemini", path: "/gemini/v1beta/models/gemini-2.5-flash:batchGenerateContent",
			body: `{"batch":{"inputConfig":{"requests":{"requests":[]}},"input_config":{"requests":{"requests":[{"request":` + geminiBody + `}]}}}}`, refused: "says twice which calls"},
		{name: "Mistral", account: "mistral", file: "/mistral/v1/files", sent: fileOf(`{"custom_id":"0","body":` + mistralBody + `}`),
			path: "/mistral/v1/batch/jobs", body: `{"input_files":["%s"],"model":"mistral-small-latest","endpoint":"/v1/chat/completions"}`, most: tokens(mistralBody)},
		{name: "Mistral, an agent", account: "mistral", path: "/mistral/v1/batch/jobs", body: `{"requests":[{"body":` + mistralBody + `}],"agent_id":"ag_1","model":"mistral-small-latest"}`, refused: "an agent"},
		{name: "Mistral, no file", account: "mistral", path: "/mistral/v1/batch/jobs", body: `{"requests":[{"body":` + mistralBody + `}],"model":"mistral-small-latest"}`, most: tokens(mistralBody)},
		{name: "a film by a form", account: "sora", path: "/openai/v1/videos", body: film("8"), most: 8 * 100_000_000},
		{name: "a field twice", account: "sora", path: "/openai/v1/videos", body: formOf("seconds", "4", "seconds", "12"), refused: "given twice"},
		{name: "a film of a film", account: "sora", path: "/openai/v1/videos/video_001/remix", body: `{"prompt":"a dog"}`, most: 8 * 100_000_000},
	} {
		slug := strings.NewReplacer(" ", "-", ",", "").Replace(c.name)
		made := o.must("POST", "/v1/api-keys", fmt.Sprintf(`{"name":%q,"workspace":"a","member":"member@example.com","budget_usd":10}`, slug))
		key := made.Get("key").String()
		poor := o.must("POST", "/v1/api-keys", fmt.Sprintf(`{"name":"poor-%s","workspace":"a","member":"member@example.com","budget_usd":0.0000001}`, slug)).Get("key").String()
		listed := o.must("POST", "/v1/api-keys", fmt.Sprintf(`{"name":"listed-%s","workspace":"a","member":"member@example.com","models":["other"]}`, slug)).Get("key").String()
		sent := c.body
		if c.file != "" {
			code, answer := do(key, c.account, c.file, c.sent)
			id := answer[strings.Index(answer, `":"`)+3:]
			if strings.HasPrefix(answer, `{"file"`) {
				id = answer[strings.Index(answer, `"name":"`)+8:]
			}
			id, _, _ = strings.Cut(id, `"`)
			if code != http.StatusOK {
				t.Errorf("%s: %d %s", c.name, code, answer)
				continue
			}
			sent = fmt.Sprintf(c.body, id)
		}
		before := vendor.last()
		for who, refused := range map[string]string{poor: "spent|cost up to|Nobody can tell", listed: "may not use the model|may use some models only"} {
			code, answer := do(who, c.account, c.path, sent)
			known := c.refused != "" && strings.Contains(answer, c.refused)
			for _, text := range strings.Split(refused, "|") {
				known = known || strings.Contains(answer, text)
			}
			if code < 400 || !known || vendor.last() != before {
				t.Errorf("%s: %d %s; the vendor got %q", c.name, code, answer, vendor.last())
			}
		}
		code, answer := do(key, c.account, c.path, sent)
		if c.refused != "" {
			if code != http.StatusBadRequest || !strings.Contains(answer, c.refused) || vendor.last() != before {
				t.Errorf("%s: %d %s", c.name, code, answer)
			}
			continue
		}
		path, _, _ := strings.Cut(c.path[strings.IndexByte(c.path[1:], '/')+1:], "?")
		if want := fmt.Sprintf("%s %d", path, len(sent)); code != http.StatusOK || vendor.last() != want {
			t.Errorf("%s: %d %s; the vendor got %q, want %q", c.name, code, answer, vendor.last(), want)
		}
		most := c.most*12/10 + 1 // what the workspace charges, and what keeps out a spent budget
		if got := int64(math.Round(o.must("GET", "/v1/api-keys/"+made.Get("id").String(), "").Get("reserved_usd").Float() * 1e9)); got != most {
			t.Errorf("%s: %d reserved, want %d", c.name, got, most)
		}
	}
	// Images of Imagen are reserved by how many are asked for, and charged by how many came.
	for budget, want := range map[string]int{"0.19": http.StatusOK, "0.11": http.StatusTooManyRequests} {
		made := o.must("POST", "/v1/api-keys", `{"name":"images-`+budget+`","workspace":"a","member":"member@example.com","budget_usd":`+budget+`}`)
		code, answer := do(made.Get("key").String(), "gemini", "/gemini/v1beta/models/imagen-4.0-generate-001:predict", `{"instances":[{"prompt":"a cat"}],"parameters":{"sampleCount":3}}`)
		spent := int64(math.Round(o.must("GET", "/v1/api-keys/"+made.Get("id").String(), "").Get("spent_usd").Float() * 1e9))
		if code != want || want == http.StatusOK && spent != 2*48_000_000 {
			t.Errorf("with %s USD: %d %s, spent %d", budget, code, answer, spent)
		}
	}
}
