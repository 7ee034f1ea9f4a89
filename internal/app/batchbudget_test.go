package app

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/tidwall/gjson"
)

// TestBatchBudget: what a batch may cost is reserved of the key's budget before the vendor gets it, and
// settled when its end is known. A key asks by a batch only what it may ask by single calls.
func TestBatchBudget(t *testing.T) {
	o := openOffice(t)
	key, made := o.apiKey("budgeted", `"budget_usd":0.01`)
	id := made.Get("id").String()
	few, _ := o.apiKey("few", `"models":["echo"]`)
	upload := func(purpose string, lines ...string) {
		t.Helper()
		o.askMock(key, "DELETE", "/v1/files/file-mock", "")
		sent := form(field("purpose", purpose), attached("file", "a", strings.Join(lines, "\n")))
		if code, answer := o.askMock(key, "POST", "/v1/files", sent); code != http.StatusOK {
			t.Fatalf("%d %s", code, answer)
		}
	}
	call := func(model string, tokens int) string {
		return fmt.Sprintf(`{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"model":%q,"max_tokens":%d,"messages":[{"role":"user","content":"Hi"}]}}`, model, tokens)
	}
	const batch = `{"input_file_id":"file-mock","endpoint":"/v1/chat/completions","completion_window":"24h"}`
	standing := func() gjson.Result { return o.must("GET", "/v1/api-keys/"+id+"/budgets", "") }

	upload("assistants", call("echo", 10))
	for _, c := range []struct {
		name  string
		lines []string
		key   string
		code  int
		has   string
	}{
		{"a file that was not read", nil, key, 400, "did not come through POST /v1/files"},
		{"a line that nobody can bound", []string{call("echo", 10), `{"url":"/v1/images/generations","body":{}}`}, key, 400, "line 2 of its file asks"},
		{"calls that are too dear together", []string{call("echo", 20_000), call("echo", 20_000)}, key, 412, "budget"},
		{"a model that the key may not use", []string{call("echo", 10), call("reply", 10)}, few, 412, "may not use the model 'reply'"},
		{"a file that names what others keep", []string{strings.Replace(call("echo", 10), `"Hi"`, `[{"type":"file","file":{"file_id":"file-foreign"}}]`, 1)}, key, 404, "file-foreign"},
	} {
		if c.lines != nil {
			upload("batch", c.lines...)
		}
		if code, answer := o.askMock(c.key, "POST", "/v1/batches", batch); code != c.code || !strings.Contains(answer, c.has) {
			t.Errorf("%s: %d %s", c.name, code, answer)
		}
	}
	for path, has := range map[string]string{"/v1/threads/runs": "which model a run asks", "/v1/fine_tuning/jobs": "what a fine-tune costs"} {
		if code, answer := o.askMock(key, "POST", path, `{}`); code != http.StatusBadRequest || !strings.Contains(answer, has) {
			t.Errorf("%s: %d %s", path, code, answer)
		}
	}

	upload("batch", call("echo", 2_000), call("echo", 2_000))
	if code, answer := o.askMock(key, "POST", "/v1/batches", batch); code != http.StatusOK {
		t.Fatalf("%d %s", code, answer)
	}
	if got := standing(); !strings.Contains(got.Raw, `"reserved_usd":"0.00`) && !strings.Contains(got.Raw, `"reserved_usd":0.00`) {
		t.Errorf("nothing is reserved: %s", got.Raw)
	}
	if code, answer := o.askMock(key, "GET", "/v1/batches/batche-mock", ""); code != http.StatusOK {
		t.Fatalf("%d %s", code, answer)
	}
	got := o.must("GET", "/v1/api-keys/"+id, "")
	if spent := got.Get("spent_usd").Float(); spent <= 0 || spent > 0.001 || strings.Contains(standing().Raw, `"reserved_usd":0.00`) {
		t.Errorf("spent %s, %s", got.Raw, standing().Raw)
	}
}
