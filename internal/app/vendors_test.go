package app

import (
	"cmp"
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

// openOfficeWith is an office whose virtual keys lead to a vendor of the test's. Sluice itself asks that
// vendor how work stands once an hour, unless a setting says otherwise.
func openOfficeWith(t *testing.T, vendor http.Handler, settings ...func(*config.Config)) *office {
	upstream := httptest.NewServer(vendor)
	t.Cleanup(upstream.Close)
	trust := func(cfg *config.Config) {
		cfg.TrustedHosts, cfg.AskEvery = []string{strings.TrimPrefix(upstream.URL, "http://")}, time.Hour
	}
	o := openOffice(t, append([]func(*config.Config){trust}, settings...)...)
	o.vendor = upstream.URL
	return o
}

// asksOften lets Sluice ask a vendor how work stands as soon as it was begun.
func asksOften(cfg *config.Config) { cfg.AskEvery = 20 * time.Millisecond }

// passesUnknown lets calls reach a vendor on any path.
func passesUnknown(cfg *config.Config) { cfg.UnknownObjects = true }

// virtualKey makes a virtual key that leads to the vendor, in workspace a or those that are named. fields
// are of its form; {vendor} in them is the vendor's address.
func (o *office) virtualKey(fields string, workspaces ...string) {
	o.t.Helper()
	if !strings.Contains(fields, `"api_key"`) {
		fields += `,"api_key":"k"`
	}
	if workspaces == nil {
		workspaces = []string{"a"}
	}
	for _, w := range workspaces {
		o.must("POST", "/v1/virtual-keys", strings.ReplaceAll(fmt.Sprintf(`{%s,"base_url":"{vendor}","workspace":%q}`, fields, w), "{vendor}", o.vendor))
	}
}

// apiKey makes an API key of the member in workspace a, with more fields of its form.
func (o *office) apiKey(name, more string) (key string, made gjson.Result) {
	o.t.Helper()
	made = o.must("POST", "/v1/api-keys", strings.TrimSuffix(fmt.Sprintf(`{"name":%q,"workspace":"a","member":"member@example.com",%s`, name, more), ",")+"}")
	return made.Get("key").String(), made
}

// pinnedKey makes an API key that has a config pinned on it.
func (o *office) pinnedKey(name, document string) string {
	o.t.Helper()
	o.must("POST", "/v1/configs", fmt.Sprintf(`{"slug":%q,"config":%s,"workspace":"a"}`, name, document))
	key, _ := o.apiKey(name, fmt.Sprintf(`"config":%q`, name))
	return key
}

// policyKeys are API keys of workspace a with policies about what is asked: redacting takes mail
// addresses and card numbers out, guarded denies "evil" and flags "odd", and both does the first and denies.
type policyKeys struct{ plain, redacting, guarded, both string }

func (o *office) policyKeys() policyKeys {
	o.t.Helper()
	const (
		deny = `{"id":"no-evil","checks":[{"id":"default.contains","parameters":{"words":["evil"],"operator":"none"}}],"deny":true}`
		flag = `{"id":"no-odd","checks":[{"id":"default.contains","parameters":{"words":["odd"],"operator":"none"}}]}`
	)
	return policyKeys{plain: o.callers["a"],
		redacting: o.pinnedKey("redacting", `{"redact":["email","card"]}`),
		guarded:   o.pinnedKey("guarded", `{"input_guardrails":[`+deny+`,`+flag+`]}`),
		both:      o.pinnedKey("both", `{"redact":["email","card"],"input_guardrails":[`+deny+`]}`)}
}

// ask calls with JSON or a form through a virtual key.
func (o *office) ask(key, virtualKey, method, path, sent string) (code int, answer string) {
	o.t.Helper()
	return o.askAs(kindOf(sent, path), key, virtualKey, method, path, sent)
}

// askAs calls with a body of a media type through a virtual key.
func (o *office) askAs(kind, key, virtualKey, method, path, sent string) (code int, answer string) {
	o.t.Helper()
	res := o.as(key, method, path, sent, "X-Sluice-Virtual-Key", virtualKey, "Content-Type", kind)
	return res.StatusCode, body(o.t, res)
}

// keep lets the vendor keep a file, and returns its id or name.
func (o *office) keep(key, virtualKey, path, sent string) (id string) {
	o.t.Helper()
	code, answer := o.ask(key, virtualKey, "POST", path, sent)
	if code != http.StatusOK {
		o.t.Fatalf("%s: %d %s", path, code, answer)
	}
	return cmp.Or(gjson.Get(answer, "file.name").String(), gjson.Get(answer, "id").String())
}

// askMock calls the built-in provider.
func (o *office) askMock(key, method, path, sent string) (code int, answer string) {
	o.t.Helper()
	res := o.as(key, method, path, sent, "X-Sluice-Provider", "mock", "Content-Type", kindOf(sent, path))
	return res.StatusCode, body(o.t, res)
}

// budgetOf is what an API key's budget has spent, or reserved, in nano-USD.
func (o *office) budgetOf(made gjson.Result) (spent, reserved int64) {
	o.t.Helper()
	now := o.must("GET", "/v1/api-keys/"+made.Get("id").String(), "")
	return nano(now.Get("spent_usd")), nano(now.Get("reserved_usd"))
}

// settled are the costs of the rows by which work of a kind was charged.
func (o *office) settled(kind string) (costs []int64) {
	o.t.Helper()
	for _, row := range o.must("GET", "/v1/logs?workspace=a&limit=100", "").Get("data").Array() {
		if row.Get("route").String() == "settle/"+kind {
			costs = append(costs, row.Get("cost_nano_usd").Int())
		}
	}
	return costs
}

// eventually waits until a condition holds, for at most 30 seconds.
func eventually(holds func() bool) bool {
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if holds() {
			return true
		}
	}
	return holds()
}

// recording stands before a vendor and keeps what it was sent with other methods than GET, by which
// Sluice itself asks how work stands.
type recording struct {
	vendor http.Handler

	mu    sync.Mutex
	calls []string // path, length as announced, body
}

func (r *recording) ServeHTTP(w http.ResponseWriter, call *http.Request) {
	sent, err := io.ReadAll(call.Body)
	r.mu.Lock()
	if call.Method != http.MethodGet {
		r.calls = append(r.calls, fmt.Sprintf("%s %d %s", call.URL.Path, call.ContentLength, sent))
	}
	r.mu.Unlock()
	if err != nil { // a body that broke off
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	call.Body = io.NopCloser(strings.NewReader(string(sent)))
	r.vendor.ServeHTTP(w, call)
}

// seen is what came since it was called last.
func (r *recording) seen() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := strings.Join(r.calls, "\n")
	r.calls = nil
	return all
}

// keeper stands in for Azure, Gemini, Mistral and OpenAI, of which it takes files, batches and videos, and
// never ends any.
type keeper struct {
	mu           sync.Mutex
	made, videos int
}

func (v *keeper) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	v.mu.Lock()
	defer v.mu.Unlock()
	_, _ = io.Copy(io.Discard, r.Body)
	w.Header().Set("Content-Type", "application/json")
	if r.Method == http.MethodGet {
		fmt.Fprint(w, `{}`)
		return
	}
	v.made++
	switch path := r.URL.Path; {
	case path == "/upload/v1beta/files": // https://ai.google.dev/api/files
		fmt.Fprintf(w, `{"file":{"name":"files/f%d","uri":"https://generativelanguage.googleapis.com/v1beta/files/f%[1]d"}}`, v.made)
	case strings.HasSuffix(path, ":predict"): // https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/imagen-api
		fmt.Fprint(w, `{"predictions":[{"mimeType":"image/png","bytesBase64Encoded":"iVBORw0="},{"raiFilteredReason":"x"},{"mimeType":"image/png","gcsUri":"gs://a/b.png"}]}`)
	case strings.HasSuffix(path, "/files"):
		fmt.Fprintf(w, `{"id":"file-%03d","object":"file"}`, v.made)
	case strings.HasSuffix(path, "/batches"):
		fmt.Fprintf(w, `{"id":"batch_%03d","object":"batch","status":"validating"}`, v.made)
	case strings.HasSuffix(path, "/batch/jobs"):
		fmt.Fprintf(w, `{"id":"job-%03d","object":"batch","status":"QUEUED"}`, v.made)
	case strings.Contains(path, ":batch"), strings.Contains(path, ":asyncBatch"):
		fmt.Fprintf(w, `{"name":"batches/b%d","metadata":{"state":"BATCH_STATE_PENDING"}}`, v.made)
	default: // "/v1/videos", "/v1/videos/video_001/remix"; https://platform.openai.com/docs/api-reference/videos
		v.videos++
		fmt.Fprintf(w, `{"id":"video_%03d","object":"video","model":"sora-2","seconds":"8","status":"queued"}`, v.videos)
	}
}
