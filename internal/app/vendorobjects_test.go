package app

import (
	"net/http"
	"strings"
	"testing"

	"github.com/tidwall/gjson"
)

// TestVendorObjects: what a vendor keeps belongs to the workspace that made it, a batch is charged
// once, and nothing of it is reached by another workspace, by any path.
func TestVendorObjects(t *testing.T) {
	o := openOffice(t)
	mine, other := o.callers["a"], o.callers["b"]
	if code, _ := o.askMock(mine, "GET", "/v1/files/file-mock", ""); code != http.StatusNotFound {
		t.Errorf("a file before it was made: %d", code)
	}
	code, made := o.askMock(mine, "POST", "/v1/files", form(attached("file", "a", "abc")))
	if code != http.StatusOK || gjson.Get(made, "id").String() != "file-mock" || gjson.Get(made, "bytes").Int() != 78 {
		t.Fatalf("%d %s", code, made)
	}
	if code, batch := o.askMock(mine, "POST", "/v1/batches", `{"input_file_id":"file-mock","endpoint":"/v1/chat/completions","completion_window":"24h"}`); code != http.StatusOK {
		t.Fatalf("%d %s", code, batch)
	}
	for _, c := range []struct {
		key, method, path, body string
		code                    int
		has, lacks              string
	}{
		{mine, "GET", "/v1/files/file-mock", "", 200, `"file-mock"`, ""},
		{mine, "GET", "/v1/files", "", 200, `"file-mock"`, "file-others"},
		{mine, "GET", "/openai/v1/files", "", 200, `"file-mock"`, "file-others"},
		{mine, "GET", "/files/file-mock/content", "", 200, "", ""},
		{other, "GET", "/v1/files", "", 200, `"data":[]`, "file-mock"},
		{other, "GET", "/v1/files/file-mock", "", 404, "object_not_found", ""},
		{other, "GET", "/v1/files/file-mock/content", "", 404, "", ""},
		{other, "DELETE", "/v1/files/file-mock", "", 404, "", ""},
		{other, "GET", "/openai/v1/files/file-mock", "", 404, "", ""},
		{other, "GET", "/openai/v1/files/../files/file-mock", "", 404, "", ""},
		{other, "GET", "/openai/files/file-mock", "", 404, "", ""},
		{other, "GET", "/azure/openai/files/file-mock", "", 404, "", ""},
		{other, "POST", "/v1/batches", `{"input_file_id":"file-mock"}`, 404, "input_file_id", ""},
		{other, "POST", "/v1/threads", `{"messages":[{"attachments":[{"file_id":"file-mock"}]}]}`, 404, "messages[0].attachments[0].file_id", ""},
		{mine, "GET", "/openai/v1/organization/api_keys", "", 403, "vendor_administration", ""},
		{mine, "DELETE", "/v1/files/file-mock", "", 200, "deleted", ""},
		{mine, "GET", "/v1/files/file-mock", "", 404, "", ""},
	} {
		code, answer := o.askMock(c.key, c.method, c.path, c.body)
		if code != c.code || !strings.Contains(answer, c.has) || c.lacks != "" && strings.Contains(answer, c.lacks) {
			t.Errorf("%s %s: %d %s", c.method, c.path, code, answer)
		}
	}
	for i, want := range []string{"55000", "0"} { // half of nothing: the mock has one price
		res := o.as(mine, "GET", "/v1/batches/batche-mock", "", "X-Sluice-Provider", "mock")
		row := o.row(res.Header.Get("X-Sluice-Request-Id"))
		if got := row.Get("cost_nano_usd").Raw; res.StatusCode != http.StatusOK || i == 0 && got == "0" || i == 1 && got != want {
			t.Errorf("batch, time %d: %d, cost %s of %s", i+1, res.StatusCode, got, row.Get("usage").Raw)
		}
	}
	config := `{"strategy":{"mode":"fallback"},"targets":[{"provider":"mock"},{"virtual_key":"vk"}]}`
	res := o.as(mine, "POST", "/v1/batches", `{}`, "X-Sluice-Config", config)
	if answer := body(t, res); res.StatusCode != http.StatusBadRequest || !strings.Contains(answer, "config.targets[0] (mock); config.targets[1] (mock, virtual key vk)") {
		t.Errorf("two targets: %d %s", res.StatusCode, answer)
	}
}
