package app

import (
	"bytes"
	"database/sql"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi"
)

// meteredCall is a call of an inference route that a model answers.
type meteredCall struct {
	path, body  string
	contentType string // "" = JSON
	provider    string // for a call without a model; "" = the model says
	free        bool   // asks no model, so that nothing is charged
	session     bool   // a realtime session
	live        bool   // a session of Gemini's Live API
	unbounded   bool   // nobody knows what it leads to, so that no key with a budget may make it
}

const meteredChat = `{"model":"mock/echo","messages":[{"role":"user","content":"Hi"}],"max_tokens":5}`

// passedRoots and passedAPIs begin the paths whose calls are passed on to vendors.
var (
	passedRoots = []string{"files", "uploads", "batches", "fine_tuning/jobs", "vector_stores", "assistants", "threads"}
	passedAPIs  = []string{"anthropic", "openai", "gemini", "vertex_ai", "bedrock", "azure", "cohere", "ollama", "mistral"}
)

// isPassedOn reports a route whose calls are passed on to vendors, whatever their method.
func isPassedOn(r httpapi.Route) bool {
	for _, root := range passedRoots {
		if r.Path == "/v1/"+root || r.Path == "/v1/"+root+"/*" {
			return true
		}
	}
	for _, api := range passedAPIs {
		if r.Path == "/"+api+"/*" {
			return true
		}
	}
	return false
}

// meteredCalls has a call for each route, by method and pattern.
func meteredCalls(o *office) map[string]meteredCall {
	form, contentType := audioForm()
	calls := map[string]meteredCall{
		"POST /v1/chat/completions":        {body: meteredChat},
		"POST /v1/embeddings":              {body: `{"model":"mock/embed","input":"Hi"}`},
		"POST /v1/messages":                {body: meteredChat},
		"POST /v1/responses":               {body: `{"model":"mock/echo","input":"Hi","max_output_tokens":5}`},
		"POST /v1/models/*":                {path: "/v1/models/mock/echo:generateContent", body: `{"contents":[{"parts":[{"text":"Hi"}]}]}`},
		"POST /v1beta/models/*":            {path: "/v1beta/models/mock/echo:generateContent", body: `{"contents":[{"parts":[{"text":"Hi"}]}]}`},
		"POST /v1/prompts/:id/completions": {path: "/v1/prompts/" + o.ids["a /v1/prompts"] + "/completions", body: `{"variables":{},"max_tokens":5}`},
		"POST /openai/deployments/*":       {path: "/openai/deployments/mock%2Fecho/chat/completions", body: meteredChat},
		"POST /engines/*":                  {path: "/engines/mock%2Fecho/chat/completions", body: meteredChat},
		"POST /v1/engines/*":               {path: "/v1/engines/mock%2Fecho/chat/completions", body: meteredChat},
		"POST /v1/completions":             {body: `{"model":"mock/echo","prompt":"Hi","max_tokens":5}`},
		"POST /v1/rerank":                  {body: `{"model":"mock/rerank","query":"Hi","documents":["Hi","Ho"]}`},
		"POST /v2/rerank":                  {body: `{"model":"mock/rerank","query":"Hi","documents":["Hi","Ho"]}`},
		"POST /v1/moderations":             {body: `{"model":"mock/moderate","input":"Hi"}`},
		"POST /v1/images/generations":      {body: `{"model":"mock/image","prompt":"Hi"}`},
		"POST /v1/images/edits":            {body: form("mock/image", "image"), contentType: contentType},
		"POST /v1/images/variations":       {body: form("mock/image", "image"), contentType: contentType},
		"POST /v1/audio/speech":            {body: `{"model":"mock/speech","input":"Hi","voice":"alloy"}`},
		"POST /v1/audio/transcriptions":    {body: form("mock/transcribe", "file"), contentType: contentType},
		"POST /v1/audio/translations":      {body: form("mock/transcribe", "file"), contentType: contentType},
	}
	for _, path := range livePaths {
		calls["GET "+path] = meteredCall{live: true}
	}
	for _, prefix := range []string{"", "/ollama"} {
		calls["POST "+prefix+"/api/chat"] = meteredCall{body: `{"model":"mock/echo","stream":false,"messages":[{"role":"user","content":"Hi"}],"options":{"num_predict":5}}`}
		calls["POST "+prefix+"/api/generate"] = meteredCall{body: `{"model":"mock/echo","prompt":"Hi","options":{"num_predict":5}}`}
		calls["POST "+prefix+"/api/embed"] = meteredCall{body: `{"model":"mock/embed","input":"Hi"}`}
	}
	for _, prefix := range []string{"", "/cohere"} {
		calls["POST "+prefix+"/v2/chat"] = meteredCall{body: meteredChat}
		calls["POST "+prefix+"/v2/embed"] = meteredCall{body: `{"model":"mock/embed","texts":["Hi"],"input_type":"search_query"}`}
	}
	for _, version := range []string{"/v1", "/v2"} {
		calls["POST /cohere"+version+"/rerank"] = calls["POST "+version+"/rerank"]
	}
	calls["GET /v1/realtime"] = meteredCall{path: "/v1/realtime?model=mock/realtime", session: true}
	for _, root := range passedRoots {
		calls["POST /v1/"+root] = meteredCall{body: `{}`, provider: "mock", free: true}
		calls["GET /v1/"+root] = meteredCall{provider: "mock", free: true}
		id := strings.TrimSuffix(root[strings.LastIndexByte(root, '/')+1:], "s") + "-mock" // as the mock names what it makes
		for method, path := range map[string]string{"GET": id, "POST": id + "/cancel", "DELETE": id + "/parts/1"} {
			calls[method+" /v1/"+root+"/*"] = meteredCall{path: "/v1/" + root + "/" + path, body: map[string]string{"POST": "{}"}[method], provider: "mock", free: true}
		}
	}
	for _, root := range []string{"batches", "fine_tuning/jobs"} {
		begin := calls["POST /v1/"+root]
		begin.unbounded = true
		calls["POST /v1/"+root] = begin
	}
	batch := calls["GET /v1/batches/*"]
	batch.free = false // it has ended, and tells what it used
	calls["GET /v1/batches/*"] = batch
	for _, api := range passedAPIs {
		for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
			free := method == "GET" || method == "DELETE"
			call := meteredCall{path: "/" + api + "/v1/something/else", provider: "mock", free: free}
			if !free {
				call.body = `{"model":"echo","any":"thing"}`
			}
			calls[method+" /"+api+"/*"] = call
		}
	}
	return calls
}

// unmetered are the inference routes that ask no model for anything that costs, with the reason.
var unmetered = map[string]string{
	"POST /v1/messages/count_tokens":    "counts tokens, which vendors do for nothing",
	"POST /v1/responses/input_tokens":   "counts tokens, which vendors do for nothing",
	"POST /v1/responses/compact":        "only targets with the Responses API of their own answer it, and no mock does",
	"GET /v1/responses/:id":             "shows what a call was charged for that made it",
	"DELETE /v1/responses/:id":          "deletes what is kept",
	"POST /v1/responses/:id/cancel":     "ends a call that is charged when it ends",
	"GET /v1/responses/:id/input_items": "shows what the caller sent",
	"GET /v1/responses":                 "is refused",
	"POST /v1/prompts/:id/render":       "asks no model",
	"POST /v1/realtime/client_secrets":  "issues a secret, whose sessions are charged like those of its key",
	"POST /v1/realtime/sessions":        "issues a secret, whose sessions are charged like those of its key",
	"POST /v1alpha/auth_tokens":         "issues a secret, whose sessions are charged like those of its key",
	"POST /v1beta/auth_tokens":          "issues a secret, whose sessions are charged like those of its key",
	"GET /v1/models":                    "lists names",
	"GET /v1/models/*":                  "lists names",
	"GET /v1beta/models":                "lists names",
	"GET /v1beta/models/*":              "lists names",
	"GET /v1/codex/models.json":         "lists names",
	"GET /api/tags":                     "lists names",
	"POST /api/show":                    "shows a name",
	"GET /api/version":                  "tells a version",
	"GET /ollama/api/tags":              "lists names",
	"POST /ollama/api/show":             "shows a name",
	"GET /ollama/api/version":           "tells a version",
	"GET /model/info":                   "lists names",
	"GET /v1/model/info":                "lists names",
	"GET /v2/model/info":                "lists names",
	"GET /managed/settings":             "shows settings of clients",
	"GET /oauth/usage":                  "shows what a budget has left",
}

func audioForm() (form func(model, file string) string, contentType string) {
	const boundary = "a-boundary"
	return func(model, file string) string {
		var b bytes.Buffer
		w := multipart.NewWriter(&b)
		_ = w.SetBoundary(boundary) // a buffer takes everything
		_ = w.WriteField("model", model)
		_ = w.WriteField("prompt", "Hi")
		part, _ := w.CreateFormFile(file, "a.bin")
		_, _ = part.Write([]byte("\x00\xff\x01 no text"))
		_ = w.Close()
		return b.String()
	}, "multipart/form-data; boundary=" + boundary
}

// TestNoUnmeteredRoute walks the table of routes. Each inference route refuses strangers and keys
// whose budget is spent; with money, it leaves one row, one charge in the ledger and one audit event.
func TestNoUnmeteredRoute(t *testing.T) {
	o := openOffice(t, passesUnknown)
	calls := meteredCalls(o)
	key := func(name, budget string) string {
		return o.must("POST", "/v1/api-keys", `{"name":"`+name+`","workspace":"a","member":"member@example.com","budget_usd":`+budget+`}`).Get("key").String()
	}
	rich, poor := key("rich", "100"), key("poor", "0")
	books, err := sql.Open("sqlite", "file:"+filepath.Join(o.dir, "sluice.db")+"?_pragma=busy_timeout(30000)&mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer books.Close()
	paid := map[string]string{} // request id → route
	for _, r := range o.routes {
		if !isInference(r) {
			continue
		}
		name := r.Method + " " + r.Path
		call, ok := calls[name]
		if !ok {
			if unmetered[name] == "" {
				t.Errorf("%s is an inference route without a call that proves that it is metered", name)
			}
			continue
		}
		if call.path == "" {
			call.path = r.Path
		}
		if w := o.meter(r, call, ""); w.Code != http.StatusUnauthorized {
			t.Errorf("%s answers strangers with %d", name, w.Code)
		}
		if w := o.meter(r, call, poor); w.Code < 400 || w.Code >= 500 || !strings.Contains(w.Body.String(), "budget") {
			t.Errorf("%s answers a spent budget with %d %.300s", name, w.Code, w.Body)
		}
		payer := rich
		if call.unbounded {
			if w := o.meter(r, call, rich); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "cost_unbounded") {
				t.Errorf("%s answers a budget with %d %.300s", name, w.Code, w.Body)
			}
			payer = o.callers["a"]
		}
		w := o.meter(r, call, payer)
		if w.Code != http.StatusOK {
			t.Errorf("%s: %d %.300s", name, w.Code, w.Body)
			continue
		}
		paid[w.Header().Get("X-Sluice-Request-Id")] = name
	}
	wanted := map[string]int{}
	for id := range paid {
		wanted[id] = 1
	}
	events := o.allEvents(wanted)
	for id, name := range paid {
		if n := len(events[id]); n != 1 {
			t.Errorf("%s leaves %d audit events", name, n)
		}
		row := o.row(id)
		if !row.Exists() {
			t.Errorf("%s leaves no row", name)
			continue
		}
		var charges, sum int64
		if err := books.QueryRow("SELECT count(DISTINCT transaction_id), -coalesce(sum(amount), 0) FROM ledger_entries WHERE transaction_id LIKE ? || '-%' AND amount < 0", id).Scan(&charges, &sum); err != nil {
			t.Fatal(name, err)
		}
		if want := !calls[name].free; want != (charges == 1 && sum > 0) || charges > 1 {
			t.Errorf("%s has %d charges of %d nano-USD in the ledger", name, charges, sum)
		}
	}
}

// isInference reports a route by which a caller reaches models.
func isInference(r httpapi.Route) bool {
	return r.Need == gateway.CompletionsWrite || r.Need == gateway.PromptsRender
}

// meter makes one call.
func (o *office) meter(route httpapi.Route, call meteredCall, key string) *httptest.ResponseRecorder {
	if call.session {
		return o.meterSession(call, key)
	}
	if call.live {
		return o.meterLive(call, key)
	}
	r := httptest.NewRequest(route.Method, call.path, strings.NewReader(call.body))
	if key != "" {
		r.Header.Set("Authorization", "Bearer "+key)
	}
	r.Header.Set("Content-Type", "application/json")
	if call.contentType != "" {
		r.Header.Set("Content-Type", call.contentType)
	}
	if call.provider != "" {
		r.Header.Set("X-Sluice-Provider", call.provider)
	}
	w := httptest.NewRecorder()
	o.server.ServeHTTP(w, r)
	return w
}

// meterSession makes a session with one response. Its answer has status 200 once it is whole.
func (o *office) meterSession(call meteredCall, key string) *httptest.ResponseRecorder {
	server := httptest.NewServer(o.server)
	defer server.Close()
	w := httptest.NewRecorder()
	model := strings.TrimPrefix(call.path, "/v1/realtime?model=")
	c, res, err := openSession(o.t, server.URL, key, model, nil)
	if err != nil {
		w.WriteHeader(res.StatusCode)
		_, _ = io.Copy(w, res.Body)
		return w
	}
	c.send(say("Hi"), textOnly)
	c.until("response.done")
	_ = c.conn.Close(websocket.StatusNormalClosure, "")
	w.Header().Set("X-Sluice-Request-Id", c.id)
	return w
}
