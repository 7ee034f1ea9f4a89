package app

import (
	"fmt"
	"strings"
	"testing"
)

// TestFormPolicies: redaction and guardrails that are pinned on an API key read the texts of forms that are
// passed on before the vendor gets them, and refuse bodies in which they can read nothing.
func TestFormPolicies(t *testing.T) {
	vendor := &recording{vendor: &keeper{}}
	o := openOfficeWith(t, vendor, passesUnknown)
	o.virtualKey(`"name":"open","provider":"openai"`)
	o.virtualKey(`"name":"azure","provider":"azure-openai","settings":{"resource":"acme","deployments":"gpt-image-1=draws"}`)
	o.virtualKey(`"name":"gemini","provider":"google"`)
	o.virtualKey(`"name":"claude","provider":"anthropic"`)
	o.virtualKey(`"name":"ollama","provider":"ollama"`)
	keys := o.policyKeys()
	plain, redacting, guarded, both := keys.plain, keys.redacting, keys.guarded, keys.both
	const edits, transcriptions, store = "/azure/openai/deployments/draws/images/edits?api-version=1", "/azure/openai/deployments/hears/audio/transcriptions?api-version=1", "/gemini/upload/v1beta/fileSearchStores/s:uploadToFileSearchStore"
	video := form(field("model", "sora-2"), field("prompt", "of a@example.com"), picture("input_reference", "a.png", "\x89PNG\r\n\x1a\n\x00evil"))
	described := func(name string) string { return related(`{"displayName":"`+name+`"}`, "text/plain", "a note") }
	for _, c := range []struct {
		name, key, vk, path, kind, body string
		status                          int
		answer, up, never               string // what the answer has, what goes up, and what does not
	}{
		{"without policies", plain, "open", "/openai/v1/videos", asForm, video, 200, "video_", fmt.Sprint("/videos ", len(video), " ", video), ""},
		{"a video, redacted", redacting, "open", "/openai/v1/videos", asForm, video, 200, "video_", form(field("model", "sora-2"), field("prompt", "of [EMAIL_1]"), picture("input_reference", "a.png", "\x89PNG\r\n\x1a\n\x00evil")), "example.com"},
		{"a video, denied", guarded, "open", "/openai/v1/videos", asForm, form(field("model", "sora-2"), field("prompt", "evil")), 446, "In the form: The guardrail 'no-evil' denied", "", "evil"},
		{"a video, flagged", guarded, "open", "/openai/v1/videos", asForm, form(field("prompt", "odd")), 246, "video_", "odd", ""},
		{"an edit, both", both, "azure", edits, asForm, form(picture("image[]", "a.png", "x"), picture("image[]", "a@example.com.png", "y"), field("prompt", "for a@example.com")), 200, "", field("prompt", "for [EMAIL_1]"), "example.com"},
		{"an edit, denied behind a file", both, "azure", edits, asForm, form(picture("image", "a.png", strings.Repeat("x", 100_000)), field("prompt", "evil")), 446, "In the form", "", "evil"},
		{"a transcription, denied", both, "azure", transcriptions, asForm, form(field("prompt", "evil"), picture("file", "a.mp3", "x")), 446, "In the form", "", "evil"},
		{"the name of a file", both, "azure", transcriptions, asForm, form(picture("file", "evil.mp3", "x")), 446, "In the form", "", "evil"},
		{"a field that is called an id", redacting, "azure", edits, asForm, form(field("user_id", "a@example.com"), field("id", "b@example.com"), field("data", "evil")), 200, "", "[EMAIL_2]", "example.com"},
		{"a field that is called data", guarded, "azure", edits, asForm, form(field("data", "evil")), 446, "In the form", "", "evil"},
		{"what says that it is data", both, "azure", edits, asForm, form(field("prompt", "data:;base64,evil")), 446, "In the form", "", "evil"},
		{"the name of a field", redacting, "azure", edits, asForm, form(field("a@example.com", "x")), 400, "The name of a field", "", "example.com"},
		{"behind escapes", redacting, "azure", edits, asForm, form(field("metadata", `{"a":"a\u0040example.com"}`)), 200, "", "[EMAIL_1]", "example.com"},
		{"denied behind escapes", guarded, "azure", edits, asForm, form(field("metadata", `{"a":"\u0065vil"}`)), 446, "In the form", "", `\u0065vil`},
		{"a prompt as a file", guarded, "azure", edits, asForm, form(picture("prompt", "a.txt", "evil")), 446, "In the file", "", "evil"},
		{"a text that says to be an image", redacting, "azure", edits, asForm, form(picture("image", "a.png", "of a@example.com")), 200, "", picture("image", "a.png", "of [EMAIL_1]"), "example.com"},
		{"a text that says to be an image, denied", guarded, "azure", edits, asForm, form(field("prompt", "x"), picture("image", "a.png", "evil")), 446, "In the file: The guardrail 'no-evil' denied", "", "evil"},
		{"a text of another encoding", guarded, "azure", edits, asForm, form(picture("image", "a.png", "caf\xe9")), 400, "another encoding than UTF-8", "", "caf"},
		{"a skill", both, "claude", "/anthropic/v1/skills", asForm, form(field("display_title", "of a@example.com"), picture("files[]", "s/SKILL.md", "ask a@example.com")), 200, "", field("display_title", "of [EMAIL_1]") + picture("files[]", "s/SKILL.md", "ask [EMAIL_1]"), "example.com"},
		{"a skill, denied", both, "claude", "/anthropic/v1/skills", asForm, form(field("display_title", "x"), picture("files[]", "s/SKILL.md", "evil")), 446, "In the file", "", "evil"},
		{"a thread that is a text", guarded, "open", "/v1/threads", "text/plain", `{"messages":[{"content":"evil"}]}`, 400, "must be JSON or multipart/form-data", "", "evil"},
		{"a store of files", both, "gemini", store, asRelated, described("a@example.com"), 200, "", "[EMAIL_1]", "example.com"},
		{"a store of files, denied", both, "gemini", store, asRelated, described("evil"), 446, "In the form", "", "evil"},
		{"a file as it is", both, "gemini", store, "image/png", "\x89PNG\r\n\x1a\n\x00", 200, "", "\x89PNG\r\n\x1a\n\x00", ""},
		{"a text as it is", both, "gemini", store, "image/png", "of a@example.com", 200, "", "of [EMAIL_1]", "example.com"},
		{"a text as it is, denied", both, "gemini", store, "text/plain", "evil", 446, "In the file", "", "evil"},
		{"another kind of form", guarded, "azure", edits, asRelated, described("x"), 400, "must be JSON or multipart/form-data", "", "evil"},
		{"a text", guarded, "azure", "/azure/openai/deployments/chats/completions", "text/plain", `{"prompt":"evil"}`, 400, "must be JSON or multipart/form-data", "", "evil"},
		{"lines", guarded, "azure", "/azure/openai/deployments/chats/completions", "application/x-ndjson", `{"prompt":"evil"}`, 400, "must be JSON or multipart/form-data", "", "evil"},
		{"what says that it is an image", guarded, "ollama", "/ollama/api/other", "image/png", `{"prompt":"evil"}`, 400, "must be JSON or multipart/form-data", "", "evil"},
		{"a text without policies", plain, "azure", "/azure/openai/deployments/chats/completions", "text/plain", `{"prompt":"evil"}`, 200, "", `{"prompt":"evil"}`, ""},
	} {
		vendor.seen()
		code, answer := o.askAs(c.kind, c.key, c.vk, "POST", c.path, c.body)
		up := vendor.seen()
		if code != c.status || !strings.Contains(answer, c.answer) || !strings.Contains(up, c.up) || c.never != "" && strings.Contains(up, c.never) || c.status >= 400 && strings.Contains(up, "--b--") {
			t.Errorf("%s: %d %s\nup: %.500q", c.name, code, answer, up)
		}
	}
}
