package app

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/internal/config"
)

// bodies stands before a keeper and keeps what it was sent with other methods than GET.
type bodies struct {
	keeper

	mu    sync.Mutex
	calls []string // path, length as announced, body
}

func (b *bodies) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	sent, err := io.ReadAll(r.Body)
	b.mu.Lock()
	if r.Method != http.MethodGet { // which Sluice asks itself: how a batch stands
		b.calls = append(b.calls, fmt.Sprintf("%s %d %s", r.URL.Path, r.ContentLength, sent))
	}
	b.mu.Unlock()
	if err != nil { // a body that broke off
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	r.Body = io.NopCloser(strings.NewReader(string(sent)))
	b.keeper.ServeHTTP(w, r)
}

// seen is what came since the last call of it.
func (b *bodies) seen() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := strings.Join(b.calls, "\n")
	b.calls = nil
	return all
}

// TestBatchPolicies: redaction and guardrails that are pinned on an API key read each line of a batch's
// file before the vendor gets it, and a batch begins only if those that apply have read its file.
func TestBatchPolicies(t *testing.T) {
	vendor := &bodies{}
	upstream := httptest.NewServer(vendor)
	defer upstream.Close()
	o := openOffice(t, func(cfg *config.Config) {
		cfg.TrustedHosts, cfg.AskEvery = []string{strings.TrimPrefix(upstream.URL, "http://")}, time.Hour
	})
	for _, vk := range []string{
		`"name":"open","provider":"openai"`, `"name":"azure","provider":"azure-openai","settings":{"resource":"acme","deployments":"gpt-4o=chat-eu"}`,
		`"name":"gemini","provider":"google"`, `"name":"mistral","provider":"mistral-ai"`, `"name":"vertex","provider":"vertex-ai","settings":{"project":"p","region":"us-central1"}`, `"name":"claude","provider":"anthropic"`,
	} {
		o.must("POST", "/v1/virtual-keys", fmt.Sprintf(`{`+vk+`,"api_key":"k","base_url":"%s","workspace":"a"}`, upstream.URL))
	}
	key := func(name, document string) string {
		o.must("POST", "/v1/configs", `{"slug":"`+name+`","config":`+document+`,"workspace":"a"}`)
		return o.must("POST", "/v1/api-keys", `{"name":"`+name+`","workspace":"a","member":"member@example.com","config":"`+name+`"}`).Get("key").String()
	}
	const deny, flag = `{"id":"no-evil","checks":[{"id":"default.contains","parameters":{"words":["evil"],"operator":"none"}}],"deny":true}`, `{"id":"no-odd","checks":[{"id":"default.contains","parameters":{"words":["odd"],"operator":"none"}}]}`
	plain := o.callers["a"]
	redacting, guarded, both := key("redacting", `{"redact":["email"]}`), key("guarded", `{"input_guardrails":[`+deny+`,`+flag+`]}`), key("both", `{"redact":["email"],"input_guardrails":[`+deny+`]}`)

	call := func(text string) string {
		return `{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"model":"m","max_tokens":5,"messages":[{"role":"user","content":"` + text + `"}]}}`
	}
	request := func(text string) string {
		return `{"key":"a","request":{"contents":[{"parts":[{"text":"` + text + `"}]}]}}`
	}
	form := func(parts ...string) string { return strings.Join(parts, "") + "--b--\r\n" }
	purpose := func(p string) string {
		return "--b\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\n" + p + "\r\n"
	}
	file := func(lines ...string) string {
		return "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jsonl\"\r\n\r\n" + strings.Join(lines, "\n") + "\r\n"
	}
	related := func(lines ...string) string {
		return "--b\r\nContent-Type: application/json\r\n\r\n{}\r\n--b\r\nContent-Type: application/jsonl\r\n\r\n" + strings.Join(lines, "\n") + "\r\n--b--\r\n"
	}
	post := func(key, vk, path, kind, body string) (int, string) {
		res := o.as(key, "POST", path, body, "X-Sluice-Virtual-Key", vk, "Content-Type", kind)
		raw, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, string(raw)
	}
	const formData, multiRelated, asJSON = "multipart/form-data; boundary=b", "multipart/related; boundary=b", "application/json"

	t.Run("files", func(t *testing.T) {
		for _, c := range []struct {
			name, key, vk, path, kind, body string
			status                          int
			answer, up, never               string // what the answer has, what goes up, and what does not
		}{
			{"without policies", plain, "open", "/v1/files", formData, form(purpose("batch"), file(call("a@example.com evil"))), 200, "file-", fmt.Sprint("/files ", len(form(purpose("batch"), file(call("a@example.com evil")))), " ", form(purpose("batch"), file(call("a@example.com evil")))), ""},
			{"redacted", redacting, "open", "/v1/files", formData, form(purpose("batch"), file(call("a@example.com evil"), call("b@example.com"))), 200, "file-", call("[EMAIL_1] evil") + "\n" + call("[EMAIL_1]"), "example.com"},
			{"redacted, purpose behind", redacting, "open", "/openai/v1/files", formData, form(file(call("a@example.com")), purpose("batch")), 200, "file-", call("[EMAIL_1]"), "example.com"},
			{"the file's name", redacting, "open", "/v1/files", formData, form(purpose("batch"), strings.Replace(file(call("x")), "a.jsonl", "a@example.com.jsonl", 1)), 200, "file-", `filename="[EMAIL_1]`, "example.com"},
			{"an id of a call", redacting, "open", "/v1/files", formData, form(purpose("batch"), file(call("x"), strings.Replace(call("x"), `"a"`, `"a@example.com"`, 1))), 400, "Line 2 of the file has personal data", "", "example.com"},
			{"denied", guarded, "open", "/v1/files", formData, form(purpose("batch"), file(call("x"), call("y"), call("evil"))), 446, "In line 3 of the file: The guardrail 'no-evil' denied the call", "", "evil"},
			{"flagged", guarded, "open", "/v1/files", formData, form(purpose("batch"), file(call("x"), call("odd"))), 246, "file-", call("odd"), ""},
			{"both", both, "open", "/v1/files", formData, form(purpose("batch"), file(call("a@example.com"), call("evil"))), 446, "In line 2 of the file", "", "evil"},
			{"no call", guarded, "open", "/v1/files", formData, form(purpose("batch"), file(call("x"), "evil")), 400, "Line 2 of the file is no JSON object", "", "evil"},
			{"another purpose", both, "open", "/v1/files", formData, form(purpose("assistants"), file("of a@example.com")), 200, "file-", "of [EMAIL_1]", "example.com"},
			{"another purpose, denied", both, "open", "/v1/files", formData, form(purpose("assistants"), file("evil")), 446, "In the file", "", "evil"},
			{"another purpose, binary", both, "open", "/v1/files", formData, form(purpose("assistants"), file("\x00evil")), 200, "file-", "\x00evil", ""},
			{"no form", both, "open", "/v1/files", "application/octet-stream", call("evil"), 400, "must come in a form", "", "evil"},
			{"in parts", both, "open", "/v1/uploads", asJSON, `{"purpose":"batch","bytes":3,"filename":"a","mime_type":"text/plain"}`, 400, "in one call", "", "batch"},
			{"another purpose in parts", both, "open", "/v1/uploads", asJSON, `{"purpose":"assistants","bytes":3,"filename":"a","mime_type":"text/plain"}`, 200, "", "assistants", ""},
			{"Azure in parts", both, "azure", "/azure/openai/uploads", asJSON, `{"purpose":"batch","bytes":3}`, 400, "in one call", "", "batch"},
			{"Azure", redacting, "azure", "/azure/openai/files", formData, form(purpose("batch"), file(call("a@example.com"))), 200, "file-", call("[EMAIL_1]"), "example.com"},
			{"Azure, denied", guarded, "azure", "/azure/openai/files", formData, form(file(call("evil")), purpose("batch")), 446, "In line 1 of the file", "", "evil"},
			{"Mistral", both, "mistral", "/mistral/v1/files", formData, form(purpose("batch"), file(`{"custom_id":"a","body":{"messages":[{"role":"user","content":"a@example.com"}]}}`)), 200, "file-", "[EMAIL_1]", "example.com"},
			{"Gemini", both, "gemini", "/gemini/upload/v1beta/files?uploadType=multipart", multiRelated, related(request("a@example.com")), 200, "files/", request("[EMAIL_1]"), "example.com"},
			{"Gemini, denied", both, "gemini", "/gemini/upload/v1beta/files?uploadType=multipart", multiRelated, related(request("x"), request("evil")), 446, "In line 2 of the file", "", "evil"},
			{"Gemini, as it is", both, "gemini", "/gemini/upload/v1beta/files?uploadType=media", "application/jsonl", request("evil"), 400, "must come in a form", "", "evil"},
			{"Gemini, an image as it is", both, "gemini", "/gemini/upload/v1beta/files?uploadType=media", "image/png", "\x89PNG\r\n\x1a\n\x00", 200, "files/", "\x89PNG\r\n\x1a\n\x00", ""},
			{"Anthropic's batch in a body", redacting, "claude", "/anthropic/v1/messages/batches", asJSON, `{"requests":[{"custom_id":"a","params":{"model":"m","max_tokens":5,"messages":[{"role":"user","content":"a@example.com"}]}}]}`, 200, "batch_", "[EMAIL_1]", "example.com"},
			{"Anthropic's batch, denied", guarded, "claude", "/anthropic/v1/messages/batches", asJSON, `{"requests":[{"custom_id":"a","params":{"model":"m","max_tokens":5,"messages":[{"role":"user","content":"evil"}]}}]}`, 446, "hook_results", "", "evil"},
			{"Gemini's batch in a body", guarded, "gemini", "/gemini/v1beta/models/g:batchGenerateContent", asJSON, `{"batch":{"input_config":{"requests":{"requests":[` + request("evil") + `]}}}}`, 446, "hook_results", "", "evil"},
		} {
			vendor.seen()
			status, answer := post(c.key, c.vk, c.path, c.kind, c.body)
			up := vendor.seen()
			if status != c.status || !strings.Contains(answer, c.answer) || !strings.Contains(up, c.up) || c.never != "" && strings.Contains(up, c.never) || status >= 400 && strings.Contains(up, "--b--") {
				t.Errorf("%s: %d %s\nup: %q", c.name, status, answer, up)
			}
		}
	})

	t.Run("batches", func(t *testing.T) {
		upload := func(key, vk, path, kind, body string) string {
			t.Helper()
			status, answer := post(key, vk, path, kind, body)
			if status != 200 {
				t.Fatalf("%d %s", status, answer)
			}
			if name := gjson.Get(answer, "file.name").String(); name != "" {
				return name
			}
			return gjson.Get(answer, "id").String()
		}
		good, mistral := form(purpose("batch"), file(call("x"))), form(purpose("batch"), file(`{"body":{"messages":[{"role":"user","content":"x"}]}}`))
		begin := func(file string) string { return `{"input_file_id":"` + file + `","endpoint":"/v1/chat/completions"}` }
		open := map[string]string{}
		for name, key := range map[string]string{"plain": plain, "redacting": redacting, "guarded": guarded, "both": both} {
			open[name] = upload(key, "open", "/v1/files", formData, good)
		}
		unread := upload(both, "open", "/v1/files", formData, form(purpose("assistants"), file(call("x"))))
		azure, azureRead := upload(plain, "azure", "/azure/openai/files", formData, good), upload(both, "azure", "/azure/openai/files", formData, good)
		gemini, geminiRead := upload(plain, "gemini", "/gemini/upload/v1beta/files?uploadType=multipart", multiRelated, related(request("x"))), upload(both, "gemini", "/gemini/upload/v1beta/files?uploadType=multipart", multiRelated, related(request("x")))
		mistralFile, mistralRead := upload(plain, "mistral", "/mistral/v1/files", formData, mistral), upload(both, "mistral", "/mistral/v1/files", formData, mistral)
		const notRead, elsewhere = "have not read the batch's file", "where redaction and guardrails cannot read them"
		for _, c := range []struct {
			name, key, vk, path, body, refused string
		}{
			{"without policies", plain, "open", "/v1/batches", begin(open["plain"]), ""},
			{"by the same key", both, "open", "/v1/batches", begin(open["both"]), ""},
			{"by one with fewer policies", redacting, "open", "/v1/batches", begin(open["both"]), ""},
			{"that nobody has read", both, "open", "/v1/batches", begin(open["plain"]), notRead},
			{"that redaction has read", both, "open", "/v1/batches", begin(open["redacting"]), notRead},
			{"that another guardrail has read", both, "open", "/v1/batches", begin(open["guarded"]), notRead},
			{"of another purpose", both, "open", "/v1/batches", begin(unread), notRead},
			{"without a file", both, "open", "/v1/batches", `{"endpoint":"/v1/chat/completions"}`, notRead},
			{"Azure", both, "azure", "/azure/openai/batches", begin(azureRead), ""},
			{"Azure, not read", both, "azure", "/azure/openai/batches", begin(azure), notRead},
			{"Azure, a blob", both, "azure", "/azure/openai/batches", `{"input_blob":"https://x/y"}`, elsewhere},
			{"Gemini", both, "gemini", "/gemini/v1beta/models/g:batchGenerateContent", `{"batch":{"input_config":{"file_name":"` + geminiRead + `"}}}`, ""},
			{"Gemini, not read", both, "gemini", "/gemini/v1beta/models/g:batchGenerateContent", `{"batch":{"inputConfig":{"fileName":"` + gemini + `"}}}`, notRead},
			{"Gemini, a name behind calls", both, "gemini", "/gemini/v1beta/models/g:batchGenerateContent", `{"batch":{"inputConfig":{"requests":{"requests":[` + request("x") + `]}},"inputConfig":{"fileName":"` + gemini + `"}}}`, notRead},
			{"Gemini, a name before calls", both, "gemini", "/gemini/v1beta/models/g:batchGenerateContent", `{"batch":{"inputConfig":{"fileName":"` + gemini + `"},"inputConfig":{"requests":{"requests":[` + request("x") + `]}}}}`, elsewhere},
			{"Mistral", both, "mistral", "/mistral/v1/batch/jobs", `{"model":"m","input_files":["` + mistralRead + `"]}`, ""},
			{"Mistral, one of two", both, "mistral", "/mistral/v1/batch/jobs", `{"model":"m","input_files":["` + mistralRead + `","` + mistralFile + `"]}`, notRead},
			{"Mistral, an agent", both, "mistral", "/mistral/v1/batch/jobs", `{"agent_id":"a","input_files":["` + mistralFile + `"]}`, notRead},
			{"Vertex AI", both, "vertex", "/vertex_ai/v1/projects/p/locations/us-central1/batchPredictionJobs", `{"model":"publishers/google/models/m","inputConfig":{"gcsSource":{"uris":["gs://a/b"]}}}`, elsewhere},
		} {
			vendor.seen()
			status, answer := post(c.key, c.vk, c.path, asJSON, c.body)
			up := vendor.seen()
			if refused := status == 400 && strings.Contains(answer, "batch_not_judged") && up == ""; refused != (c.refused != "") || !strings.Contains(answer, c.refused) || !refused && status != 200 {
				t.Errorf("%s: %d %s\nup: %q", c.name, status, answer, up)
			}
		}
	})
}
