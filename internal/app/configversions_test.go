package app

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"
)

// TestConfigVersions: versions tell who made them and why, one can be pinned and brought back, and
// a deleted config keeps them.
func TestConfigVersions(t *testing.T) {
	o := openOffice(t)
	o.must("POST", "/v1/configs", `{"slug":"prod","config":{"override_params":{"temperature":0.1}},"note":"first try","workspace":"a"}`)
	o.must("PUT", "/v1/configs/prod", `{"config":{"override_params":{"temperature":0.2}},"workspace":"a"}`)
	back := o.must("POST", "/v1/configs/prod/rollback", `{"version":1,"workspace":"a"}`)
	if back.Get("version").Int() != 3 || back.Get("version_id").String() != "3" || back.Get("note").String() != "rollback to version 1" {
		t.Errorf("rollback: %s", back)
	}
	all := o.must("GET", "/v1/configs/prod/versions?workspace=a", "")
	if n := all.Get("data.#").Int(); n != 3 || all.Get("data.2.note").String() != "first try" || all.Get("data.2.created_by").String() == "" ||
		all.Get("data.0.config").String() != all.Get("data.2.config").String() {
		t.Errorf("versions: %s", all)
	}
	if v := o.must("GET", "/v1/configs/prod@2?workspace=a", ""); v.Get("version").Int() != 2 {
		t.Errorf("prod@2: %s", v)
	}
	chat := `{"model":"mock/echo","messages":[{"role":"user","content":"Hi"}],"config":%q}`
	if code, body := o.call(o.callers["a"], "POST", "/v1/chat/completions", fmt.Sprintf(chat, "prod@2")); code != http.StatusOK {
		t.Fatalf("a call with prod@2: %d %s", code, body)
	}
	o.waitForRow("a", func(row gjson.Result) bool {
		return row.Get("config.slug").String() == "prod" && row.Get("config.version").Int() == 2
	})
	for _, bad := range []struct{ method, path, body, field, says string }{
		{"POST", "/v1/configs/prod/rollback", `{"version":9,"workspace":"a"}`, "version", "no version 9"},
		{"POST", "/v1/configs/prod/rollback", `{"version":0,"workspace":"a"}`, "version", "whole number"},
		{"POST", "/v1/configs/prod/rollback", `{"version":"two","workspace":"a"}`, "version", "whole number"},
		{"POST", "/v1/configs/prod/rollback", `{"workspace":"a"}`, "version", "is missing"},
		{"POST", "/v1/configs/prod@1/rollback", `{"version":1,"workspace":"a"}`, "slug", "without '@'"},
		{"PUT", "/v1/configs/prod@1", `{"config":{},"workspace":"a"}`, "slug", "without '@'"},
		{"PUT", "/v1/workspaces/a", `{"config":"prod@0"}`, "config", "pins no version"},
		{"PUT", "/v1/workspaces/a", `{"config":"prod@7"}`, "config", "no version 7"},
		{"POST", "/v1/api-keys", `{"name":"pinned","workspace":"a","config":"prod@text"}`, "config", "pins no version"},
	} {
		code, body := o.call(ownersKey, bad.method, bad.path, bad.body)
		if code < 400 || code >= 500 || gjson.Get(body, "error.param").String() != bad.field || !strings.Contains(body, bad.says) {
			t.Errorf("%s %s %s: %d %s", bad.method, bad.path, bad.body, code, body)
		}
	}
	for _, pin := range []string{"prod@0", "prod@01", "prod@-1", "prod@text", "prod@", "prod@9", "prod@1@2"} {
		code, body := o.call(o.callers["a"], "POST", "/v1/chat/completions", fmt.Sprintf(chat, pin))
		if code != http.StatusBadRequest || gjson.Get(body, "error.param").String() != "config" {
			t.Errorf("a call with %s: %d %s", pin, code, body)
		}
	}
	o.must("DELETE", "/v1/configs/prod?workspace=a", "")
	if code, body := o.call(o.callers["a"], "POST", "/v1/chat/completions", fmt.Sprintf(chat, "prod@2")); code != http.StatusBadRequest {
		t.Errorf("a call with a version of a deleted config: %d %s", code, body)
	}
	kept := o.must("GET", "/v1/configs/prod/versions?workspace=a", "")
	if kept.Get("data.#").Int() != 3 || kept.Get("data.0.deleted_at").Type == gjson.Null {
		t.Errorf("versions of a deleted config: %s", kept)
	}
	if again := o.must("POST", "/v1/configs", `{"slug":"prod","config":{},"workspace":"a"}`); again.Get("version").Int() != 4 {
		t.Errorf("the slug is used again: %s", again)
	}
}

// waitForRow waits until a row of a workspace's log is as wanted.
func (o *office) waitForRow(workspace string, wanted func(gjson.Result) bool) {
	o.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		for _, row := range o.must("GET", "/v1/logs?workspace="+workspace, "").Get("data").Array() {
			if wanted(row) {
				return
			}
		}
		if time.Now().After(deadline) {
			o.t.Fatal("no such row came")
		}
	}
}
