package app

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tidwall/gjson"
)

// heads stands before a keeper and keeps the heads of what it was sent.
type heads struct {
	keeper

	mu   sync.Mutex
	sent []string // method, path with its query, headers
}

func (h *heads) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var lines []string
	for name, values := range r.Header {
		lines = append(lines, name+": "+strings.Join(values, ","))
	}
	slices.Sort(lines)
	h.mu.Lock()
	h.sent = append(h.sent, r.Method+" "+r.URL.RequestURI()+"\n"+strings.Join(lines, "\n"))
	h.mu.Unlock()
	switch {
	case strings.HasSuffix(r.URL.Path, "/messages"):
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"id":"c","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"ok"}],"stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":1}}`)
		return
	case strings.HasSuffix(r.URL.Path, "/chat/completions"):
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"ok"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}`)
		return
	}
	h.keeper.ServeHTTP(w, r)
}

// seen is what came since the last call of it.
func (h *heads) seen() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	all := strings.Join(h.sent, "\n")
	h.sent = nil
	return all
}

// headCase is a call, what is answered, and what of its head goes to the vendor.
type headCase struct {
	name, key, vk, method, path string
	header                      []string
	status                      int
	answer, up, never           string
}

// openHeads opens an office whose virtual keys lead to a vendor that keeps the heads of calls.
func openHeads(t *testing.T) (*office, *heads, policyKeys) {
	t.Helper()
	vendor := &heads{}
	o := openOfficeWith(t, vendor, passesUnknown)
	o.virtualKey(`"name":"open","provider":"openai"`)
	o.virtualKey(`"name":"router","provider":"openrouter"`)
	o.virtualKey(`"name":"gemini","provider":"google"`)
	o.virtualKey(`"name":"claude","provider":"anthropic"`)
	return o, vendor, o.policyKeys()
}

func (o *office) heads(vendor *heads, cases []headCase) {
	o.t.Helper()
	for _, c := range cases {
		vendor.seen()
		body, kind := "", []string{}
		if c.method == "POST" {
			body, kind = `{"model":"m","messages":[{"role":"user","content":"x"}]}`, []string{"Content-Type", "application/json"}
		}
		res := o.as(c.key, c.method, c.path, body, append(append([]string{"X-Sluice-Virtual-Key", c.vk}, kind...), c.header...)...)
		answer, err := io.ReadAll(res.Body)
		if err != nil {
			o.t.Fatal(err)
		}
		up := vendor.seen()
		if res.StatusCode != c.status || !strings.Contains(string(answer), c.answer) || !strings.Contains(up, c.up) || c.never != "" && strings.Contains(up, c.never) || c.status >= 400 && up != "" {
			o.t.Errorf("%s: %d %s\nup: %s", c.name, res.StatusCode, answer, up)
		}
	}
}

// TestHeaderPolicies: redaction and guardrails read the caller's headers that go to a vendor, whether a
// config names them or the vendor has them.
func TestHeaderPolicies(t *testing.T) {
	o, vendor, keys := openHeads(t)
	const chat, native, mail = "/v1/chat/completions", "/openai/v1/conversations", "a@example.com"
	const secret = "sk-proj-9f8e7d6c5b4a39281706f5e4d3c2b1a00f1e2d3c4b5a69788796a5b4c3d2e1f006abcdef"
	with := func(name, value string) []string { return []string{name, value} }
	named := []string{"X-Sluice-Forward-Headers", "x-note", "X-Note", "for " + mail}
	o.heads(vendor, []headCase{
		{"an organisation", keys.redacting, "open", "POST", chat, with("OpenAI-Organization", "org-"+mail), 200, "ok", "Openai-Organization: pseudo_", mail},
		{"a project, passed on", keys.redacting, "open", "POST", native, with("OpenAI-Project", mail), 200, "", "Openai-Project: pseudo_", mail},
		{"an organisation without policies", keys.plain, "open", "POST", chat, with("OpenAI-Organization", mail), 200, "ok", mail, ""},
		{"a good one", keys.redacting, "open", "POST", chat, with("OpenAI-Organization", "org-AbC123"), 200, "ok", "Openai-Organization: org-AbC123", ""},
		{"a credential", keys.redacting, "open", "POST", chat, with("OpenAI-Project", secret), 200, "ok", "Openai-Project: pseudo_", secret},
		{"a title", keys.redacting, "router", "POST", chat, with("X-Title", "of "+mail), 200, "ok", "X-Title: pseudo_", mail},
		{"a referer", keys.redacting, "router", "POST", chat, with("HTTP-Referer", "https://x/"+mail), 200, "ok", "Http-Referer: pseudo_", mail},
		{"a beta", keys.redacting, "claude", "POST", "/anthropic/v1/skills", with("anthropic-beta", mail), 400, "The header 'anthropic-beta'", "", mail},
		{"a beta of a chat", keys.redacting, "claude", "POST", "/v1/messages", with("anthropic-beta", mail), 200, "ok", "Anthropic-Beta: pseudo_", mail},
		{"named", keys.redacting, "open", "POST", chat, named, 200, "ok", "X-Note: pseudo_", mail},
		{"a key of a retry", keys.redacting, "open", "POST", native, with("Idempotency-Key", mail), 200, "", "Idempotency-Key: pseudo_", mail},
		{"a beta of OpenAI's", keys.redacting, "open", "POST", native, with("OpenAI-Beta", mail), 400, "The header 'openai-beta' holds personal data", "", mail},
		{"a range", keys.redacting, "open", "GET", "/openai/v1/models", with("Range", "bytes=4111111111111111-"), 400, "The header 'range'", "", "4111"},
		{"a range that is one", keys.redacting, "open", "GET", "/openai/v1/models", with("Range", "bytes=0-1023"), 200, "", "Range: bytes=0-1023", ""},
		{"a type", keys.redacting, "open", "POST", native, with("Content-Type", `application/json; x="`+mail+`"`), 200, "", "Content-Type: application/json\n", mail},
		{"an organisation, judged", keys.guarded, "open", "POST", chat, with("OpenAI-Organization", "evil"), 446, "hook_results", "", ""},
		{"a title, judged", keys.guarded, "router", "POST", chat, with("X-Title", "evil"), 446, "hook_results", "", ""},
		{"named, judged", keys.guarded, "open", "POST", chat, []string{"X-Sluice-Forward-Headers", "x-note", "X-Note", "evil"}, 446, "hook_results", "", ""},
		{"a key of a retry, judged", keys.guarded, "open", "POST", native, with("Idempotency-Key", "evil"), 446, "hook_results", "", ""},
		{"one that goes nowhere", keys.guarded, "open", "POST", chat, with("X-Note", "evil"), 200, "ok", "", "evil"},
	})
}

// TestQueryPolicies: redaction and guardrails read what a caller writes into the query and the path of a call
// that is passed on.
func TestQueryPolicies(t *testing.T) {
	o, vendor, keys := openHeads(t)
	const mail, get = "a@example.com", "GET"
	video := gjson.Get(body(t, o.as(keys.plain, "POST", "/openai/v1/videos", `{"model":"sora-2","prompt":"x","seconds":"4","size":"720x1280"}`, "X-Sluice-Virtual-Key", "open", "Content-Type", "application/json")), "id").String()
	o.heads(vendor, []headCase{
		{"without policies", keys.plain, "open", get, "/openai/v1/models?q=to+" + mail + "&a=%2f&&b", nil, 200, "", "/models?q=to+" + mail + "&a=%2f&&b", ""},
		{"a search", keys.redacting, "open", get, "/openai/v1/models?limit=2&q=to+a%40example.com+%26+x&after=%2fx", nil, 200, "", "/models?limit=2&q=to+%5BEMAIL_1%5D+%26+x&after=%2fx\n", "example.com"},
		{"twice escaped", keys.redacting, "open", get, "/openai/v1/models?q=a%2540example.com", nil, 200, "", "EMAIL_1", "example.com"},
		{"JSON", keys.redacting, "open", get, "/openai/v1/models?filter=%7B%22a%22%3A%22a%5Cu0040example.com%22%7D", nil, 200, "", "%7B%22a%22%3A%22%5BEMAIL_1%5D%22%7D", "example.com"},
		{"a card", keys.redacting, "gemini", get, "/gemini/v1beta/models?pageToken=4111111111111111", nil, 200, "", "CARD_1", "4111"},
		{"a credential", keys.redacting, "claude", get, "/anthropic/v1/models?x=sk-proj-9f8e7d6c5b4a39281706f5e4d3c2b1a00f1e2d3c4b5a69788796a5b4c3d2e1f006abcdef", nil, 200, "", "SECRET_1", "9f8e7d"},
		{"the name of a parameter", keys.redacting, "open", get, "/openai/v1/models?" + mail + "=1", nil, 400, "The name of a parameter in the query", "", mail},
		{"no escape", keys.redacting, "open", get, "/openai/v1/models?q=a%zz" + mail, nil, 400, "begins no escape", "", mail},
		{"beside a body", keys.redacting, "open", "POST", "/openai/v1/conversations?note=" + mail, nil, 200, "", "?note=%5BEMAIL_1%5D", mail},
		{"an object", keys.redacting, "open", get, "/v1/files?purpose=" + mail, nil, 200, "", "?purpose=%5BEMAIL_1%5D", mail},
		{"no escape, judged", keys.guarded, "open", get, "/openai/v1/models?q=%", nil, 400, "begins no escape", "", ""},
		{"no escape, without policies", keys.plain, "open", get, "/openai/v1/models?q=%", nil, 200, "", "?q=%", ""},
		{"judged", keys.guarded, "open", get, "/openai/v1/models?q=evil", nil, 446, "hook_results", "", ""},
		{"another parameter, judged", keys.guarded, "open", "POST", "/openai/v1/conversations?note=%65vil", nil, 446, "hook_results", "", ""},
		{"the name of a parameter, judged", keys.guarded, "open", get, "/v1/files?evil=1", nil, 446, "hook_results", "", ""},
		{"settings", keys.guarded, "open", get, "/v1/files?limit=20&order=desc", nil, 200, "", "?limit=20&order=desc", ""},
		{"a path", keys.redacting, "claude", get, "/anthropic/v1/models/" + mail, nil, 400, "The path of the URL", "", mail},
		{"an escaped path", keys.redacting, "claude", get, "/anthropic/v1/models/a%40example.com", nil, 400, "The path of the URL", "", "example"},
		{"behind an object", keys.redacting, "open", get, "/openai/v1/videos/" + video + "/" + mail, nil, 400, "The path of the URL", "", mail},
		{"an object of the vendor's", keys.redacting, "open", get, "/openai/v1/videos/" + video + "/content", nil, 200, "", "/videos/" + video + "/content", ""},
		{"an unknown path", keys.redacting, "open", get, "/openai/v1/others/" + mail, nil, 400, "The path of the URL", "", mail},
		{"a path, judged", keys.guarded, "claude", get, "/anthropic/v1/models/evil", nil, 446, "hook_results", "", ""},
		{"a path of words", keys.guarded, "claude", get, "/anthropic/v1/models/claude", nil, 200, "", "/models/claude", ""},
	})
}
