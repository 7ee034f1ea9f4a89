package e2e

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

// surface is the server's file for the tests of headers, bodies and addresses.
const surface = `
virtual_keys:
  - {name: vk_anthropic_prod, provider: anthropic, base_url: UPSTREAM, api_key: sk-ant-upstream}
  - {name: local, provider: openai, base_url: UPSTREAM/v1, api_key: sk-upstream, prices: {gpt-mock: {input: 1, output: 2}}}
  - {name: other, provider: openai, base_url: UPSTREAM/v1, api_key: sk-other}
configs:
  - {slug: pc-plain, config: {virtual_key: other, override_params: {temperature: 0.25}}}
`

const chat = "/v1/chat/completions"

// ask returns a chat request with extra members before the messages.
func ask(model, more string) string {
	return `{"model":"` + model + `",` + more + `"messages":[{"role":"user","content":"hi"}]}`
}

// TestSurfaceAddresses: every spelling of a model reaches its upstream with its credential.
func TestSurfaceAddresses(t *testing.T) {
	up := gatewaytest.NewUpstream()
	defer up.Close()
	s := start(t, surface, up)
	none := []string{"Authorization", ""}
	key := func(h ...string) []string { return append(append([]string{}, none...), h...) }
	for _, c := range []struct {
		name, body string
		header     []string
		credential string // that the upstream got
		model      string
	}{
		{"bearer", ask("@local/gpt-mock", ""), nil, "sk-upstream", "gpt-mock"},
		{"bearer in lower case", ask("@local/gpt-mock", ""), key("Authorization", "bearer "+ownerKey), "sk-upstream", "gpt-mock"},
		{"x-portkey-api-key", ask("@local/gpt-mock", ""), key("X-Portkey-Api-Key", ownerKey), "sk-upstream", "gpt-mock"},
		{"x-sluice-api-key", ask("@local/gpt-mock", ""), key("X-Sluice-Api-Key", ownerKey), "sk-upstream", "gpt-mock"},
		{"x-api-key", ask("@local/gpt-mock", ""), key("X-Api-Key", ownerKey), "sk-upstream", "gpt-mock"},
		{"both, equal", ask("@local/gpt-mock", ""), []string{"X-Portkey-Api-Key", ownerKey}, "sk-upstream", "gpt-mock"},
		{"placeholder of the Python client", ask("gpt-mock", ""), key("X-Portkey-Api-Key", ownerKey, "Authorization", "Bearer OPENAI_API_KEY", "X-Portkey-Virtual-Key", "local"), "sk-upstream", "gpt-mock"},
		{"a credential beside a virtual key", ask("gpt-mock", ""), key("X-Portkey-Api-Key", ownerKey, "Authorization", "Bearer sk-my-own-credential", "X-Portkey-Virtual-Key", "local"), "sk-upstream", "gpt-mock"},
		{"virtual-key header", ask("gpt-mock", ""), []string{"X-Sluice-Virtual-Key", "other"}, "sk-other", "gpt-mock"},
		{"virtual-key header beats the model's", ask("@local/gpt-mock", ""), []string{"X-Sluice-Virtual-Key", "other"}, "sk-other", "gpt-mock"},
		{"provider header with @", ask("gpt-mock", ""), []string{"X-Portkey-Provider", "@other"}, "sk-other", "gpt-mock"},
		{"provider header with a model", ask("ignored", ""), []string{"X-Portkey-Provider", "@other/gpt-mock"}, "sk-other", "gpt-mock"},
		{"provider header beats virtual-key header", ask("gpt-mock", ""), []string{"X-Portkey-Provider", "@other", "X-Portkey-Virtual-Key", "local"}, "sk-other", "gpt-mock"},
		{"native spelling beats the alias", ask("gpt-mock", ""), []string{"X-Sluice-Virtual-Key", "other", "X-Portkey-Virtual-Key", "local"}, "sk-other", "gpt-mock"},
		{"@cf is no virtual key", ask("@cf/meta/llama", ""), []string{"X-Portkey-Virtual-Key", "local"}, "sk-upstream", "@cf/meta/llama"},
		{"a slash stays where the target is named", ask("meta/llama", ""), []string{"X-Portkey-Virtual-Key", "local"}, "sk-upstream", "meta/llama"},
		{"config slug in the header", ask("gpt-mock", ""), []string{"X-Portkey-Config", "pc-plain"}, "sk-other", "gpt-mock"},
		{"config JSON in the header", ask("gpt-mock", ""), []string{"X-Portkey-Config", `{"virtual_key":"other"}`}, "sk-other", "gpt-mock"},
		{"config slug in the body", ask("gpt-mock", `"config":"pc-plain",`), nil, "sk-other", "gpt-mock"},
		{"config object in the body", ask("gpt-mock", `"config":{"virtual_key":"other"},`), nil, "sk-other", "gpt-mock"},
		{"header beats body", ask("gpt-mock", `"config":{"virtual_key":"other"},`), []string{"X-Portkey-Config", `{"virtual_key":"local"}`}, "sk-upstream", "gpt-mock"},
		{"null members", ask("@local/gpt-mock", `"stream":null,"user":null,"config":null,"temperature":null,`), nil, "sk-upstream", "gpt-mock"},
		{"an escaped name of a member", `{"mod\u0065l":"@local/gpt-mock","messages":[{"role":"user","content":"hi"}]}`, nil, "sk-upstream", "gpt-mock"},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := up.Hits("")
			r := s.post(chat, c.body, c.header...)
			if r.StatusCode != 200 || up.Hits("") != before+1 {
				t.Fatalf("%d %s, %d calls", r.StatusCode, r.body, up.Hits("")-before)
			}
			last := up.Last()
			if got := strings.TrimPrefix(last.Header.Get("Authorization"), "Bearer "); got != c.credential || last.Model != c.model {
				t.Errorf("the upstream got %q for %q", got, last.Model)
			}
			if gjson.GetBytes(last.Body, "config").Type != gjson.Null {
				t.Errorf("the config went upstream: %s", last.Body)
			}
			for name, values := range last.Header {
				if strings.Contains(strings.Join(values, " "), ownerKey) || strings.HasPrefix(name, "X-Portkey") || strings.HasPrefix(name, "X-Sluice") {
					t.Errorf("the upstream got %s", name)
				}
			}
		})
	}
}

// TestSurfaceTraceHeaders: every answer carries its trace id in both spellings.
func TestSurfaceTraceHeaders(t *testing.T) {
	up := gatewaytest.NewUpstream()
	defer up.Close()
	s := start(t, surface, up)
	deep := `{"model":"@local/gpt-mock","x":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + `,"messages":[]}`
	for _, c := range []struct {
		name, method, path, body string
		header                   []string
		status                   int
	}{
		{"200", "POST", chat, ask("@local/gpt-mock", ""), nil, 200},
		{"stream", "POST", chat, ask("@local/gpt-mock", `"stream":true,`), nil, 200},
		{"doubled slash", "POST", "//v1/chat/completions/", ask("@local/gpt-mock", ""), nil, 200},
		{"400", "POST", chat, `{`, nil, 400},
		{"401", "POST", chat, ask("@local/gpt-mock", ""), []string{"Authorization", "Bearer no"}, 401},
		{"404", "POST", "/v1/chat/nothing", `{}`, nil, 404},
		{"405", "GET", chat, ``, nil, 405},
		{"405 of HEAD", "HEAD", chat, ``, nil, 405},
		{"HEAD", "HEAD", "/v1/models", ``, nil, 200},
		{"options", "OPTIONS", chat, ``, nil, 204},
		{"415", "POST", chat, `x`, []string{"Content-Encoding", "br"}, 415},
		{"bad gzip", "POST", chat, `x`, []string{"Content-Encoding", "gzip"}, 400},
		{"too deep", "POST", chat, deep, nil, 400},
		{"another encoding", "POST", chat, ask("@local/gpt-mock", "\"x\":\"caf\xe9\","), nil, 400},
		{"twice the same member", "POST", chat, ask("@local/gpt-mock", `"model":"@other/gpt-mock",`), nil, 400},
		{"an empty model", "POST", chat, ask("", ""), nil, 400},
		{"an empty model for a named target", "POST", chat, ask("", ""), []string{"X-Portkey-Virtual-Key", "local"}, 400},
		{"an upstream's 500", "POST", chat, ask("@local/fault-500", ""), nil, 500},
		{"an upstream's 429", "POST", chat, ask("@local/fault-429-retry-after", ""), nil, 429},
		{"nothing meaningful", "POST", chat, ask("@local/fault-html", ""), nil, 502},
		{"nothing at all", "POST", chat, ask("@local/fault-cut:0", `"stream":true,`), nil, 502},
		{"admin", "GET", "/v1/api-keys/nobody", ``, nil, 404},
		{"models", "GET", "/v1/models", ``, nil, 200},
		{"health", "GET", "/healthz", ``, []string{"Authorization", ""}, 200},
		{"metrics", "GET", "/metrics", ``, []string{"Authorization", ""}, 200},
	} {
		t.Run(c.name, func(t *testing.T) {
			const id = "the caller's own/1"
			r := s.do(c.method, c.path, c.body, append([]string{"X-Portkey-Trace-Id", id}, c.header...)...)
			if r.StatusCode != c.status {
				t.Errorf("%d %s, want %d", r.StatusCode, r.body, c.status)
			}
			if a, b := r.Header.Get("X-Portkey-Trace-Id"), r.Header.Get("X-Sluice-Trace-Id"); a != id || b != id {
				t.Errorf("trace ids %q and %q", a, b)
			}
			if r.Header.Get("X-Portkey-Request-Id") == "" || r.Header.Get("Traceparent") == "" {
				t.Error("no request id or traceparent")
			}
			if c.status >= 400 && c.method != "HEAD" && r.json("error.message").String() == "" {
				t.Errorf("no error.message: %s", r.body)
			}
			if own := s.do(c.method, c.path, c.body, c.header...); len(own.Header.Get("X-Portkey-Trace-Id")) != 32 {
				t.Errorf("no id of our own: %q", own.Header.Get("X-Portkey-Trace-Id"))
			}
		})
	}
	t.Run("Allow", func(t *testing.T) {
		if r := s.do("GET", chat, ""); !strings.Contains(r.Header.Get("Allow"), "POST") {
			t.Errorf("%v", r.Header)
		}
	})
}

// TestSurfaceTracing: traceparent and baggage, and the headers that take precedence.
func TestSurfaceTracing(t *testing.T) {
	up := gatewaytest.NewUpstream()
	defer up.Close()
	s := start(t, surface, up)
	const id, parent = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
	r := s.post(chat, ask("@local/gpt-mock", `"user":"eve",`), "Traceparent", "00-"+id+"-"+parent+"-01",
		"Baggage", "team=blue,city=M%C3%BCnchen;p=1", "X-Portkey-Metadata", `{"team":"red"}`)
	row := s.logged(id)
	if r.Header.Get("X-Portkey-Trace-Id") != id || row.Get("trace_id").String() != id {
		t.Errorf("%v\n%s", r.Header, row.Raw)
	}
	if m := row.Get("metadata"); m.Get("team").String() != "red" || m.Get("city").String() != "München" || m.Get("_user").String() != "eve" {
		t.Errorf("metadata: %s", m.Raw)
	}
	if !strings.Contains(row.Raw, parent) {
		t.Errorf("the parent span is lost: %s", row.Raw)
	}
	r = s.post(chat, ask("@local/gpt-mock", ""), "Traceparent", "00-"+id+"-"+parent+"-01", "X-Sluice-Trace-Id", "mine", "X-Portkey-Trace-Id", "yours")
	if got := r.Header.Get("X-Portkey-Trace-Id"); got != "mine" {
		t.Errorf("trace id %q", got)
	}
	if again := s.post(chat, ask("@local/gpt-mock", ""), "Traceparent", "00-zz-"+parent+"-01"); again.StatusCode != 200 {
		t.Errorf("a malformed traceparent: %d %s", again.StatusCode, again.body)
	}
	for _, bad := range []string{`{"a":1}`, `{"a":"` + strings.Repeat("x", 129) + `"}`, `[]`, `{"a":"1","a":"2"}`} {
		if r := s.post(chat, ask("@local/gpt-mock", ""), "X-Portkey-Metadata", bad); r.StatusCode != 400 || !strings.Contains(r.body, "metadata") {
			t.Errorf("metadata %s: %d %s", bad, r.StatusCode, r.body)
		}
	}
}

// TestSurfaceBodies: large, chunked, compressed and unusual bodies arrive as they were sent.
func TestSurfaceBodies(t *testing.T) {
	up := gatewaytest.NewUpstream()
	defer up.Close()
	s := start(t, surface, up)
	var many strings.Builder
	for i := range 10_000 {
		many.WriteString(`{"role":"user","content":"message ` + strconv.Itoa(i) + `"},`)
	}
	for _, c := range []struct{ name, messages, says string }{
		{"ten thousand messages", many.String() + `{"role":"user","content":"the last"}`, "the last"},
		{"five megabytes", `{"role":"user","content":"` + strings.Repeat("lorem ipsum ", 430_000) + `"}`, strings.Repeat("lorem ipsum ", 430_000)},
		{"unicode", `{"role":"user","content":"h\u00e9llo 你好 \ud83d\ude00 \\u0041"}`, `héllo 你好 😀 \u0041`},
		{"parts", `{"role":"user","content":[{"type":"text","text":"one "},{"type":"text","text":"two"}]}`, "one two"},
	} {
		t.Run(c.name, func(t *testing.T) {
			body := `{"model":"@local/gpt-mock","x":1e400,"messages":[` + c.messages + `]}`
			r := s.post(chat, body, "X-Portkey-Config", `{"redact":["email","card"],"cache":"semantic"}`)
			if r.StatusCode != 200 || r.json("choices.0.message.content").String() != c.says {
				t.Fatalf("%d %.300s", r.StatusCode, r.body)
			}
			want := strings.Replace(body, "@local/", "", 1)
			if got := string(up.Last().Body); got != want {
				t.Errorf("the upstream got %.300s", got)
			}
			var packed bytes.Buffer
			z := gzip.NewWriter(&packed)
			_, _ = z.Write([]byte(body))
			_ = z.Close()
			if r := s.post(chat, packed.String(), "Content-Encoding", "gzip"); r.StatusCode != 200 || string(up.Last().Body) != want {
				t.Errorf("gzip: %d %.300s", r.StatusCode, r.body)
			}
		})
	}
}

// TestSurfaceOpenRouter: the routes under /api/v1 that OpenRouter's clients read.
func TestSurfaceOpenRouter(t *testing.T) {
	up := gatewaytest.NewUpstream()
	defer up.Close()
	s := start(t, surface, up)
	r := s.post("/api"+chat, ask("@local/gpt-mock", ""))
	if r.json("usage.cost").Float() != 15e-6 || r.json("provider").String() != "openai" || !r.json("system_fingerprint").Exists() {
		t.Errorf("unary: %s", r.body)
	}
	sse := s.post("/api"+chat, ask("@local/gpt-mock", `"stream":true,`)).body
	if !strings.Contains(sse, `"cost":0.000015`) || strings.Contains(sse, `"system_fingerprint":null`) || !strings.HasSuffix(sse, "data: [DONE]\n\n") {
		t.Errorf("stream: %s", sse)
	}
	if e := s.post("/api"+chat, ask("@nobody/gpt-5", "")); e.StatusCode != 400 || e.json("error.code").Type != gjson.Number || e.json("error.code").Int() != 400 {
		t.Errorf("error: %s", e.body)
	}
	models := s.get("/api/v1/models")
	if !models.json("total_count").Exists() || !models.json("links").IsObject() || !models.json("data.0.canonical_slug").Exists() || !models.json("data.0.top_provider.is_moderated").Exists() {
		t.Errorf("models: %.300s", models.body)
	}
	e := s.post("/v1/embeddings", `{"model":"@local/embedder","input":["a","b"],"dimensions":8}`)
	if e.StatusCode != http.StatusOK || e.json("data.#").Int() != 2 || e.json("data.1.embedding.#").Int() != 8 || e.json("data.1.index").Int() != 1 {
		t.Errorf("embeddings: %.300s", e.body)
	}
	if n := s.post("/v1/embeddings", `{"model":"@local/embedder","input":5}`); n.StatusCode != 400 || !strings.Contains(n.body, "input") {
		t.Errorf("embeddings of a number: %d %.300s", n.StatusCode, n.body)
	}
}

// TestSurfaceNoRequest: what is not a valid HTTP request is refused by net/http, and nothing of
// it goes upstream or back.
func TestSurfaceNoRequest(t *testing.T) {
	up := gatewaytest.NewUpstream()
	defer up.Close()
	s := start(t, surface, up)
	for _, c := range []struct {
		name, head string
		status     int
	}{
		{"no HTTP", "hello", 400},
		{"no host", "POST /v1/chat/completions HTTP/1.1", 400},
		{"two lengths", "POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2", 400},
		{"a bad name", "GET / HTTP/1.1\r\nHost: a\r\nx y: secret-of-a-header", 400},
		{"a bad target", "GET /%zz HTTP/1.1\r\nHost: a", 400},
		{"too large a head", "GET / HTTP/1.1\r\nHost: a\r\nX-Long: " + strings.Repeat("a", 300<<10), 431},
		{"another version", "GET / HTTP/2.7\r\nHost: a", 505},
		{"another encoding", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: zip", 501},
	} {
		t.Run(c.name, func(t *testing.T) {
			conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
			go func() { _, _ = io.WriteString(conn, c.head+"\r\n\r\n") }() // the server need not read all
			res, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			body, err := io.ReadAll(res.Body)
			if err != nil {
				t.Fatal(err)
			}
			if res.StatusCode != c.status || bytes.Contains(body, []byte("secret")) {
				t.Errorf("status %d, %s", res.StatusCode, body)
			}
		})
	}
	if n := len(up.Requests()); n > 0 {
		t.Errorf("%d calls went upstream", n)
	}
}
