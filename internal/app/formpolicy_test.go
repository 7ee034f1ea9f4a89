package app

import (
	"fmt"
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/internal/config"
)

// TestFormPolicies: redaction and guardrails that are pinned on an API key read the texts of forms that are
// passed on before the vendor gets them, and refuse bodies in which they can read nothing.
func TestFormPolicies(t *testing.T) {
	vendor := &bodies{}
	upstream := httptest.NewServer(vendor)
	defer upstream.Close()
	o := openOffice(t, func(cfg *config.Config) {
		cfg.TrustedHosts, cfg.AskEvery, cfg.UnknownObjects = []string{strings.TrimPrefix(upstream.URL, "http://")}, time.Hour, true
	})
	for _, vk := range []string{
		`"name":"open","provider":"openai"`, `"name":"azure","provider":"azure-openai","settings":{"resource":"acme","deployments":"gpt-image-1=draws"}`,
		`"name":"gemini","provider":"google"`, `"name":"claude","provider":"anthropic"`, `"name":"ollama","provider":"ollama"`,
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

	field := func(name, value string) string {
		return "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n"
	}
	file := func(name, filename, content string) string {
		return "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"; filename=\"" + filename + "\"\r\nContent-Type: image/png\r\n\r\n" + content + "\r\n"
	}
	form := func(parts ...string) string { return strings.Join(parts, "") + "--b--\r\n" }
	const formData, multiRelated = "multipart/form-data; boundary=b", "multipart/related; boundary=b"
	const edits, transcriptions, store = "/azure/openai/deployments/draws/images/edits?api-version=1", "/azure/openai/deployments/hears/audio/transcriptions?api-version=1", "/gemini/upload/v1beta/fileSearchStores/s:uploadToFileSearchStore"
	film := form(field("model", "sora-2"), field("prompt", "of a@example.com"), file("input_reference", "a.png", "\x89PNG\r\n\x1a\n\x00evil"))
	described := func(name string) string {
		return "--b\r\nContent-Type: application/json\r\n\r\n{\"displayName\":\"" + name + "\"}\r\n--b\r\nContent-Type: text/plain\r\n\r\na note\r\n--b--\r\n"
	}
	for _, c := range []struct {
		name, key, vk, path, kind, body string
		status                          int
		answer, up, never               string // what the answer has, what goes up, and what does not
	}{
		{"without policies", plain, "open", "/openai/v1/videos", formData, film, 200, "video_", fmt.Sprint("/videos ", len(film), " ", film), ""},
		{"a film, redacted", redacting, "open", "/openai/v1/videos", formData, film, 200, "video_", form(field("model", "sora-2"), field("prompt", "of [EMAIL_1]"), file("input_reference", "a.png", "\x89PNG\r\n\x1a\n\x00evil")), "example.com"},
		{"a film, denied", guarded, "open", "/openai/v1/videos", formData, form(field("model", "sora-2"), field("prompt", "evil")), 446, "In the form: The guardrail 'no-evil' denied", "", "evil"},
		{"a film, flagged", guarded, "open", "/openai/v1/videos", formData, form(field("prompt", "odd")), 246, "video_", "odd", ""},
		{"an edit, both", both, "azure", edits, formData, form(file("image[]", "a.png", "x"), file("image[]", "a@example.com.png", "y"), field("prompt", "for a@example.com")), 200, "", field("prompt", "for [EMAIL_1]"), "example.com"},
		{"an edit, denied behind a file", both, "azure", edits, formData, form(file("image", "a.png", strings.Repeat("x", 100_000)), field("prompt", "evil")), 446, "In the form", "", "evil"},
		{"a transcription, denied", both, "azure", transcriptions, formData, form(field("prompt", "evil"), file("file", "a.mp3", "x")), 446, "In the form", "", "evil"},
		{"the name of a file", both, "azure", transcriptions, formData, form(file("file", "evil.mp3", "x")), 446, "In the form", "", "evil"},
		{"a field that is called an id", redacting, "azure", edits, formData, form(field("user_id", "a@example.com"), field("id", "b@example.com"), field("data", "evil")), 200, "", "[EMAIL_2]", "example.com"},
		{"a field that is called data", guarded, "azure", edits, formData, form(field("data", "evil")), 446, "In the form", "", "evil"},
		{"what says that it is data", both, "azure", edits, formData, form(field("prompt", "data:;base64,evil")), 446, "In the form", "", "evil"},
		{"the name of a field", redacting, "azure", edits, formData, form(field("a@example.com", "x")), 400, "The name of a field", "", "example.com"},
		{"behind escapes", redacting, "azure", edits, formData, form(field("metadata", `{"a":"a\u0040example.com"}`)), 200, "", "[EMAIL_1]", "example.com"},
		{"denied behind escapes", guarded, "azure", edits, formData, form(field("metadata", `{"a":"\u0065vil"}`)), 446, "In the form", "", `\u0065vil`},
		{"a prompt as a file", guarded, "azure", edits, formData, form(file("prompt", "a.txt", "evil")), 446, "In the file", "", "evil"},
		{"a text that says to be an image", redacting, "azure", edits, formData, form(file("image", "a.png", "of a@example.com")), 200, "", file("image", "a.png", "of [EMAIL_1]"), "example.com"},
		{"a text that says to be an image, denied", guarded, "azure", edits, formData, form(field("prompt", "x"), file("image", "a.png", "evil")), 446, "In the file: The guardrail 'no-evil' denied", "", "evil"},
		{"a text of another encoding", guarded, "azure", edits, formData, form(file("image", "a.png", "caf\xe9")), 400, "another encoding than UTF-8", "", "caf"},
		{"a skill", both, "claude", "/anthropic/v1/skills", formData, form(field("display_title", "of a@example.com"), file("files[]", "s/SKILL.md", "ask a@example.com")), 200, "", field("display_title", "of [EMAIL_1]") + file("files[]", "s/SKILL.md", "ask [EMAIL_1]"), "example.com"},
		{"a skill, denied", both, "claude", "/anthropic/v1/skills", formData, form(field("display_title", "x"), file("files[]", "s/SKILL.md", "evil")), 446, "In the file", "", "evil"},
		{"a thread that is a text", guarded, "open", "/v1/threads", "text/plain", `{"messages":[{"content":"evil"}]}`, 400, "must be JSON or multipart/form-data", "", "evil"},
		{"a store of files", both, "gemini", store, multiRelated, described("a@example.com"), 200, "", "[EMAIL_1]", "example.com"},
		{"a store of files, denied", both, "gemini", store, multiRelated, described("evil"), 446, "In the form", "", "evil"},
		{"a file as it is", both, "gemini", store, "image/png", "\x89PNG\r\n\x1a\n\x00", 200, "", "\x89PNG\r\n\x1a\n\x00", ""},
		{"a text as it is", both, "gemini", store, "image/png", "of a@example.com", 200, "", "of [EMAIL_1]", "example.com"},
		{"a text as it is, denied", both, "gemini", store, "text/plain", "evil", 446, "In the file", "", "evil"},
		{"another kind of form", guarded, "azure", edits, multiRelated, described("x"), 400, "must be JSON or multipart/form-data", "", "evil"},
		{"a text", guarded, "azure", "/azure/openai/deployments/chats/completions", "text/plain", `{"prompt":"evil"}`, 400, "must be JSON or multipart/form-data", "", "evil"},
		{"lines", guarded, "azure", "/azure/openai/deployments/chats/completions", "application/x-ndjson", `{"prompt":"evil"}`, 400, "must be JSON or multipart/form-data", "", "evil"},
		{"what says that it is an image", guarded, "ollama", "/ollama/api/other", "image/png", `{"prompt":"evil"}`, 400, "must be JSON or multipart/form-data", "", "evil"},
		{"a text without policies", plain, "azure", "/azure/openai/deployments/chats/completions", "text/plain", `{"prompt":"evil"}`, 200, "", `{"prompt":"evil"}`, ""},
	} {
		vendor.seen()
		res := o.as(c.key, "POST", c.path, c.body, "X-Sluice-Virtual-Key", c.vk, "Content-Type", c.kind)
		answer, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		up := vendor.seen()
		if res.StatusCode != c.status || !strings.Contains(string(answer), c.answer) || !strings.Contains(up, c.up) || c.never != "" && strings.Contains(up, c.never) || c.status >= 400 && strings.Contains(up, "--b--") {
			t.Errorf("%s: %d %s\nup: %.500q", c.name, res.StatusCode, answer, up)
		}
	}
}
