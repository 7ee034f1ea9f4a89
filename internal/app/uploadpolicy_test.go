package app

import (
	"strings"
	"testing"

	"github.com/tidwall/gjson"
)

// TestUploadPolicies: the parts of an upload that was begun without policies are refused by a call with
// policies if they are texts, which nobody can read alone. What is binary passes.
func TestUploadPolicies(t *testing.T) {
	vendor := &recording{vendor: &keeper{}}
	o := openOfficeWith(t, vendor)
	o.virtualKey(`"name":"open","provider":"openai"`)
	o.virtualKey(`"name":"azure","provider":"azure-openai","settings":{"resource":"acme"}`)
	keys := o.policyKeys()
	plain, policies := keys.plain, []string{keys.redacting, keys.guarded}
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
