package app

import (
	"encoding/base64"
	"strings"
	"testing"
)

// TestEncodedPolicies: redaction and guardrails read a text that stands in base64, or where a format has
// base64, and leave alone what is binary.
func TestEncodedPolicies(t *testing.T) {
	vendor := &recording{vendor: &keeper{}}
	o := openOfficeWith(t, vendor)
	o.virtualKey(`"name":"open","provider":"openai"`)
	o.virtualKey(`"name":"gemini","provider":"google"`)
	o.virtualKey(`"name":"claude","provider":"anthropic"`)
	key := o.pinnedKey("p", `{"redact":["email"],"input_guardrails":[{"id":"no-evil","checks":[{"id":"default.contains","parameters":{"words":["evil"],"operator":"none"}}],"deny":true}]}`)
	in64 := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	image := in64("\x89PNG\r\n\x1a\n" + strings.Repeat("\x00\xffevil\x03", 300))
	const from, to = "a note of a@example.com", "a note of [EMAIL_1]"
	for _, format := range []struct{ vk, path, body string }{
		{"open", "/openai/v1/conversations", `{"items":[{"data":"§"}]}`},
		{"open", "/openai/v1/conversations", `{"items":[{"audio":"§"},{"data":"x"}]}`},
		{"open", "/openai/v1/conversations", `{"items":[{"b64_json":"§","bytes":"x"}]}`},
		{"open", "/openai/v1/conversations", `{"items":[{"file_data":"data:text/plain;base64,§"}]}`},
		{"open", "/v1/chat/completions", `{"model":"m","messages":[{"role":"user","content":[{"type":"input_audio","input_audio":{"format":"wav","data":"§"}}]}]}`},
		{"open", "/v1/chat/completions", `{"model":"m","messages":[{"role":"user","content":[{"type":"file","file":{"filename":"a.txt","file_data":"data:text/plain;base64,§"}}]}]}`},
		{"open", "/v1/responses", `{"model":"m","input":[{"role":"user","content":[{"type":"input_file","filename":"a.txt","file_data":"data:text/plain;base64,§"}]}]}`},
		{"claude", "/v1/messages", `{"model":"m","max_tokens":5,"messages":[{"role":"user","content":[{"type":"document","source":{"type":"base64","media_type":"text/plain","data":"§"}}]}]}`},
		{"claude", "/anthropic/v1/skills", `{"source":{"type":"text","media_type":"text/plain","data":"§"}}`},
		{"gemini", "/v1beta/models/m:generateContent", `{"contents":[{"role":"user","parts":[{"inlineData":{"mimeType":"text/plain","data":"§"}}]}]}`},
		{"gemini", "/gemini/v1beta/cachedContents", `{"contents":[{"role":"user","parts":[{"inlineData":{"mimeType":"text/plain","data":"§"}}]}]}`},
	} {
		for _, c := range []struct {
			name, data string
			status     int
			up         string // what goes up in place of data
		}{
			{"a text", in64(from), 0, in64(to)},
			{"a long text", in64(strings.Repeat(from+"\n", 200)), 0, in64(strings.Repeat(to+"\n", 200))},
			{"a text in UTF-16", in64("\xff\xfe" + strings.Join(strings.Split(from, ""), "\x00") + "\x00"), 0, in64(to)},
			{"JSON in base64", in64(`{"to":"a\u0040example.com"}`), 0, in64(`{"to":"[EMAIL_1]"}`)},
			{"an image", image, 0, image},
			{"a short word", "evil", 446, ""},
			{"a short word, judged behind base64", in64("this is evil"), 446, ""},
			{"base64 in base64", in64(in64("this is evil")), 446, ""},
		} {
			vendor.seen()
			res := o.as(key, "POST", format.path, strings.ReplaceAll(format.body, "§", c.data), "X-Sluice-Virtual-Key", format.vk, "Content-Type", "application/json")
			answer := body(t, res)
			up := vendor.seen()
			if (res.StatusCode == 446) != (c.status == 446) || c.status == 446 && up != "" || c.status == 0 && !strings.Contains(up, strings.ReplaceAll(format.body[strings.LastIndex(format.body[:strings.Index(format.body, "§")], `"`):strings.Index(format.body, "§")+3], "§", c.up)) {
				t.Errorf("%s: %s: %d %s\nup: %.400s", format.path, c.name, res.StatusCode, answer, up)
			}
		}
	}
}
