package app

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/internal/config"
)

// TestUploadPolicies: the parts of an upload that was begun without policies are refused by a call with
// policies if they are texts, which nobody can read alone. What is binary passes.
func TestUploadPolicies(t *testing.T) {
	vendor := &bodies{}
	upstream := httptest.NewServer(vendor)
	defer upstream.Close()
	o := openOffice(t, func(cfg *config.Config) {
		cfg.TrustedHosts, cfg.AskEvery = []string{strings.TrimPrefix(upstream.URL, "http://")}, time.Hour
	})
	for _, vk := range []string{`"name":"open","provider":"openai"`, `"name":"azure","provider":"azure-openai","settings":{"resource":"acme"}`} {
		o.must("POST", "/v1/virtual-keys", fmt.Sprintf(`{`+vk+`,"api_key":"k","base_url":"%s","workspace":"a"}`, upstream.URL))
	}
	key := func(name, document string) string {
		o.must("POST", "/v1/configs", `{"slug":"`+name+`","config":`+document+`,"workspace":"a"}`)
		return o.must("POST", "/v1/api-keys", `{"name":"`+name+`","workspace":"a","member":"member@example.com","config":"`+name+`"}`).Get("key").String()
	}
	plain := o.callers["a"]
	policies := []string{key("redacting", `{"redact":["email"]}`), key("guarded", `{"input_guardrails":[{"id":"no-evil","checks":[{"id":"default.contains","parameters":{"words":["evil"],"operator":"none"}}],"deny":true}]}`)}
	part := func(content string) string {
		return "--b\r\nContent-Disposition: form-data; name=\"data\"; filename=\"blob\"\r\nContent-Type: application/octet-stream\r\n\r\n" + content + "\r\n--b--\r\n"
	}
	for _, api := range []struct{ vk, path string }{{"open", "/v1/uploads"}, {"open", "/openai/v1/uploads"}, {"azure", "/azure/openai/uploads"}} {
		for _, purpose := range []string{"batch", "assistants"} {
			begun := body(t, o.as(plain, "POST", api.path, `{"purpose":"`+purpose+`","bytes":3,"filename":"a","mime_type":"text/plain"}`, "X-Sluice-Virtual-Key", api.vk, "Content-Type", "application/json"))
			parts := api.path + "/" + gjson.Get(begun, "id").String() + "/parts"
			for _, c := range []struct {
				keys    []string
				content string
				status  int
			}{
				{[]string{plain}, "evil of a@example.com", 200},
				{policies, "evil of a@example.com", 400},
				{policies, "a good text", 400},
				{policies, "\xa9 cut within a character", 400},
				{policies, "\x00\x01\x02 evil", 200},
			} {
				for _, key := range c.keys {
					vendor.seen()
					res := o.as(key, "POST", parts, part(c.content), "X-Sluice-Virtual-Key", api.vk, "Content-Type", "multipart/form-data; boundary=b")
					answer, up := body(t, res), vendor.seen()
					if res.StatusCode != c.status || c.status == 400 && (!strings.Contains(answer, "in one call") || strings.Contains(up, "--b--") || strings.Contains(up, c.content)) || c.status == 200 && !strings.Contains(up, part(c.content)) {
						t.Errorf("%s, %s: %q: %d %s\nup: %q", parts, purpose, c.content, res.StatusCode, answer, up)
					}
				}
			}
		}
	}
}
