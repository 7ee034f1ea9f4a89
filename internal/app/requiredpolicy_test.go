package app

import (
	"strings"
	"testing"

	"github.com/tidwall/gjson"
)

// TestRequiredPolicies: a guardrail that requires something asks for it where a call that is passed on has a
// text, wherever that stands, and nowhere else. One that forbids something judges all the same.
func TestRequiredPolicies(t *testing.T) {
	vendor := &recording{vendor: &keeper{}}
	o := openOfficeWith(t, vendor)
	o.virtualKey(`"name":"open","provider":"openai"`)
	o.virtualKey(`"name":"gemini","provider":"google"`)
	const forbids = `{"id":"no-evil","deny":true,"checks":[{"id":"default.contains","parameters":{"words":["evil"],"operator":"none"}}]}`
	key := func(name, check string) string {
		return o.pinnedKey(name, `{"input_guardrails":[{"id":"must","deny":true,"checks":[`+check+`]},`+forbids+`]}`)
	}
	image := picture("input_reference", "a.png", "\x89PNG\r\n\x1a\n\x00\x00")
	const videos = "/openai/v1/videos"
	for _, check := range []struct{ name, spec, good string }{
		{"words", `{"id":"default.contains","parameters":{"words":["please"]}}`, "please 1"},
		{"no-words", `{"id":"default.contains","parameters":{"words":["please"],"operator":"none","not":true}}`, "please 2"},
		{"pattern", `{"id":"default.regexMatch","parameters":{"rule":"pl[e]ase"}}`, "please 3"},
		{"schema", `{"id":"default.jsonSchema","parameters":{"schema":{"type":"object","required":["a"]}}}`, `so {'a':1}`},
		{"person", `{"id":"default.pii","parameters":{"entities":["email"],"not":true}}`, "by a@example.com"},
	} {
		mine := key(check.name, check.spec)
		do := func(method, vk, path, kind, body string) (int, string) {
			return o.askAs(kind, mine, vk, method, path, body)
		}
		good := strings.ReplaceAll(check.good, "'", `"`) // as it stands in a form
		inJSON, inQuery := strings.ReplaceAll(check.good, "'", `\"`), strings.NewReplacer(" ", "+", "'", "%22").Replace(check.good)
		_, file := do("POST", "open", "/v1/files", asForm, batchForm(chatCall(inJSON)))
		_, video := do("POST", "open", videos, asForm, form(field("prompt", good)))
		for _, c := range []struct {
			name, method, vk, path, kind, body string
			status                             int
		}{
			{"a list", "GET", "open", "/v1/files", "", "", 200},
			{"a page of a list", "GET", "open", "/v1/files?limit=2&order=desc", "", "", 200},
			{"a video", "GET", "open", videos + "/" + gjson.Get(video, "id").String(), "", "", 200},
			{"a search", "GET", "open", "/openai/v1/models?q=hello", "", "", 446},
			{"a good search", "GET", "open", "/openai/v1/models?q=" + inQuery, "", "", 200},
			{"evil", "GET", "open", "/openai/v1/models?x=evil", "", "", 446},
			{"a batch", "POST", "open", "/v1/batches", asJSON, `{"input_file_id":"` + gjson.Get(file, "id").String() + `","endpoint":"/v1/chat/completions"}`, 200},
			{"a file of bad calls", "POST", "open", "/v1/files", asForm, batchForm(chatCall("hello")), 446},
			{"a file of calls that are good and evil", "POST", "open", "/v1/files", asForm, batchForm(chatCall(inJSON + " evil")), 446},
			{"an image", "POST", "open", "/v1/files", asForm, form(field("purpose", "vision"), strings.Replace(image, "input_reference", "file", 1)), 200},
			{"an image in no form", "POST", "gemini", "/gemini/upload/v1beta/files?uploadType=media", "image/png", "\x89PNG\r\n\x1a\n\x00\x00", 200},
			{"a form without texts", "POST", "open", videos, asForm, form(field("model", "sora-2"), image), 200},
			{"a form", "POST", "open", videos, asForm, form(field("model", "sora-2"), field("prompt", "hello"), image), 446},
			{"a good form", "POST", "open", videos, asForm, form(field("size", "720x1280"), image, field("prompt", good)), 200},
			{"a form whose model has it", "POST", "open", videos, asForm, form(field("model", good), field("prompt", "hello")), 446},
			{"a good and evil form", "POST", "open", videos, asForm, form(field("prompt", good), image, field("prompt", "evil")), 446},
			{"a body", "POST", "open", "/openai/v1/conversations", asJSON, `{"items":["hello"]}`, 446},
			{"a good body", "POST", "open", "/openai/v1/conversations", asJSON, `{"items":["` + inJSON + `"]}`, 200},
			{"no body", "POST", "open", "/openai/v1/conversations", asJSON, "", 200},
			{"a file that goes", "DELETE", "open", "/v1/files/" + gjson.Get(file, "id").String(), "", "", 200},
		} {
			vendor.seen()
			status, answer := do(c.method, c.vk, c.path, c.kind, c.body)
			if up := vendor.seen(); status != c.status || status >= 400 && strings.Contains(up, "--b--") {
				t.Errorf("%s: %s: %d %s\nup: %.300q", check.name, c.name, status, answer, up)
			}
		}
	}
}
