package app

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/sluicegate/sluice/internal/config"
)

// vendorAccount is one account at all vendors, which several workspaces share. It answers a creation
// with a new object, a list with all objects, and everything else with what was asked for.
type vendorAccount struct {
	mu   sync.Mutex
	n    int
	seen []string
}

func (v *vendorAccount) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		return // a form without its end
	}
	v.seen = append(v.seen, r.Method+" "+r.URL.Path)
	w.Header().Set("Content-Type", "application/json")
	last := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
	resource := last // of Google's
	if action, ok := map[string]string{"gemini:batchGenerateContent": "batches", "veo:predictLongRunning": "models/veo/operations"}[last]; ok {
		resource = action
	}
	switch {
	case r.Method == http.MethodPost && (strings.HasSuffix(r.URL.Path, "s") || resource != last || last == "async-invoke"):
		v.n++
		fmt.Fprintf(w, `{"id":"%[1]s_made%[2]d","name":"%[1]s/made%[2]d","file":{"name":"%[1]s/made%[2]d"},"invocationArn":"arn:aws:bedrock:x:1:async-invoke/made%[2]d"}`, resource, v.n)
	case r.Method == http.MethodGet && !strings.Contains(r.URL.Path, "made"):
		all := make([]string, 0, v.n)
		for i := range v.n {
			all = append(all, fmt.Sprintf(`{"id":"%[1]s_made%[2]d","name":"%[1]s/made%[2]d","invocationArn":"arn:aws:bedrock:x:1:async-invoke/made%[2]d"}`, resource, i+1))
		}
		fmt.Fprintf(w, `{"data":[%s],"has_more":false}`, strings.Join(all, ","))
	default:
		fmt.Fprintf(w, `{"path":%q,"status":"failed","processing_status":"ended","request_counts":{"succeeded":0},"done":true,"error":{},"usage":{"input_tokens":1,"output_tokens":1}}`, r.URL.Path)
	}
}

func (v *vendorAccount) calls() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return len(v.seen)
}

// openShared is an office whose two workspaces share one account at each of three vendors.
func openShared(t *testing.T, account *vendorAccount, settings ...func(*config.Config)) *office {
	o := openOfficeWith(t, account, settings...)
	for _, p := range []string{"anthropic", "google", "openai"} {
		o.virtualKey(fmt.Sprintf(`"name":"%[1]s-account","provider":"%[1]s"`, p), "a", "b")
	}
	return o
}

// TestNativeObjects: of an account that two workspaces share, each reaches what its own calls have made,
// below every prefix, and nothing else.
func TestNativeObjects(t *testing.T) {
	account := &vendorAccount{}
	o := openShared(t, account)
	mine, other := o.callers["a"], o.callers["b"]
	ask := func(key, provider, method, path, sent string) (int, string) {
		t.Helper()
		return o.ask(key, provider+"-account", method, path, sent)
	}
	for _, kind := range []struct{ provider, make, list, id string }{
		{"anthropic", "/anthropic/v1/messages/batches", "/anthropic/v1/messages/batches", "batches_made%d"},
		{"anthropic", "/anthropic/v1/files", "/anthropic/v1/files", "files_made%d"},
		{"anthropic", "/anthropic/v1/skills", "/anthropic/v1/skills", "skills_made%d"},
		{"google", "/gemini/v1beta/cachedContents", "/gemini/v1beta/cachedContents", "made%d"},
		{"google", "/gemini/upload/v1beta/files", "/gemini/v1beta/files", "made%d"},
		{"google", "/gemini/v1beta/models/gemini:batchGenerateContent", "/gemini/v1beta/batches", "made%d"},
		{"google", "/gemini/v1beta/models/veo:predictLongRunning", "/gemini/v1beta/models/veo/operations", "made%d"},
		{"openai", "/openai/v1/conversations", "/openai/v1/conversations", "conversations_made%d"},
		{"openai", "/openai/v1/containers", "/openai/v1/containers", "containers_made%d"},
		{"openai", "/openai/v1/videos", "/openai/v1/videos", "videos_made%d"},
	} {
		code, made := ask(mine, kind.provider, "POST", kind.make, `{"model":"m"}`)
		if code != http.StatusOK {
			t.Errorf("POST %s: %d %s", kind.make, code, made)
			continue
		}
		object := kind.list + "/" + fmt.Sprintf(kind.id, account.n)
		for _, c := range []struct {
			key, method, path string
			code              int
		}{
			{mine, "GET", object, 200}, {mine, "GET", object + "/content", 200},
			{other, "GET", object, 404}, {other, "GET", object + "/content", 404}, {other, "DELETE", object, 404}, {other, "POST", object + "/cancel", 404}, {other, "PATCH", object, 404},
			{other, "GET", object + "/", 404}, {other, "GET", strings.Replace(object, "made", "%6Dade", 1), 404},
			{other, "GET", kind.list + "/x/../" + fmt.Sprintf(kind.id, account.n), 400}, {other, "GET", kind.list + "%2F" + fmt.Sprintf(kind.id, account.n), 400},
			{other, "GET", kind.list + "//" + fmt.Sprintf(kind.id, account.n), 404},
			{mine, "GET", kind.list + "/unknown_made0", 404},
		} {
			before := account.calls()
			code, answer := ask(c.key, kind.provider, c.method, c.path, "")
			if code != c.code || c.code != 200 && account.calls() != before {
				t.Errorf("%s %s: %d %s", c.method, c.path, code, answer)
			}
		}
		id := fmt.Sprintf("made%d", account.n)
		if code, list := ask(mine, kind.provider, "GET", kind.list, ""); code != 200 || strings.Count(list, `"id"`) != 1 || !strings.Contains(list, id+`"`) {
			t.Errorf("GET %s: %d %s", kind.list, code, list)
		}
		if code, list := ask(other, kind.provider, "GET", kind.list, ""); code != 200 || strings.Contains(list, "made") || !strings.Contains(list, `"data":[]`) {
			t.Errorf("GET %s by another workspace: %d %s", kind.list, code, list)
		}
		if code, answer := ask(mine, kind.provider, "DELETE", object, ""); code != 200 {
			t.Errorf("DELETE %s: %d %s", object, code, answer)
		}
		if code, _ := ask(mine, kind.provider, "GET", object, ""); code != 404 {
			t.Errorf("GET %s after it was deleted: %d", object, code)
		}
	}
	for _, path := range []string{"/anthropic/v1/sessions", "/openai/v1/chat/completions/chatcmpl-1", "/gemini/v1beta/operations/x", "/openai/v1/realtime/client_secrets"} {
		before := account.calls()
		if code, answer := ask(mine, "openai", "GET", path, ""); code != 403 || !strings.Contains(answer, "vendor_objects") || account.calls() != before {
			t.Errorf("%s: %d %s", path, code, answer)
		}
	}
}

// TestObjectsInBodies: a body that names an object of another workspace is refused, in each format, and
// the error names the field.
func TestObjectsInBodies(t *testing.T) {
	account := &vendorAccount{}
	o := openShared(t, account)
	for _, c := range []struct{ provider, path, body, field string }{
		{"openai", "/v1/chat/completions", `{"model":"m","messages":[{"role":"user","content":[{"type":"file","file":{"file_id":"file-1"}}]}]}`, "messages[0].content[0].file.file_id"},
		{"openai", "/v1/responses", `{"model":"m","input":[{"role":"user","content":[{"type":"input_file","file_id":"file-1"}]}]}`, "input[0].content[0].file_id"},
		{"openai", "/v1/responses", `{"model":"m","input":"x","tools":[{"type":"file_search","vector_store_ids":["vs_1"]}]}`, "tools[0].vector_store_ids[0]"},
		{"openai", "/v1/responses", `{"model":"m","input":"x","conversation":"conv_1"}`, "conversation"},
		{"anthropic", "/v1/messages", `{"model":"m","max_tokens":5,"messages":[{"role":"user","content":[{"type":"document","source":{"type":"file","file_id":"file_1"}}]}]}`, "messages[0].content[0].source.file_id"},
		{"anthropic", "/anthropic/v1/messages/batches", `{"requests":[{"custom_id":"a","params":{"model":"m","container":"container_1"}}]}`, "requests[0].params.container"},
		{"google", "/v1beta/models/m:generateContent", `{"contents":[{"parts":[{"fileData":{"fileUri":"https://generativelanguage.googleapis.com/v1beta/files/abc"}}]}]}`, "contents[0].parts[0].fileData.fileUri"},
		{"google", "/v1beta/models/m:streamGenerateContent", `{"contents":[{"parts":[{"text":"x"}]}],"cachedContent":"cachedContents/c"}`, "cachedContent"},
	} {
		for _, key := range []string{o.callers["a"], o.callers["b"]} {
			before := account.calls()
			if code, answer := o.ask(key, c.provider+"-account", "POST", c.path, c.body); code != http.StatusNotFound || !strings.Contains(answer, c.field) || account.calls() != before {
				t.Errorf("%s %s: %d %s", c.path, c.field, code, answer)
			}
		}
	}
	with := func(name, value string) string { return form(field("prompt", "a cat"), field(name, value)) }
	for _, c := range []struct {
		path, kind, body, field string
		code                    int
	}{
		{"/openai/v1/containers", asForm, with("file_id", "file-1"), "file_id", 404},
		{"/openai/v1/containers", asForm, with("file_ids[]", "file-1"), "file_ids[]", 404},
		{"/openai/v1/containers", asForm, with("anything", "file-abc123"), "anything", 404},
		{"/v1/files", asForm, with("vector_store_id", "vs_1"), "vector_store_id", 404},
		{"/v1/files", asForm, "--b\r\nabc", "multipart/form-data", 400},
		{"/openai/v1/containers", "multipart/form-data", with("a", "b"), "content-type", 400},
		{"/openai/v1/containers", "application/x-www-form-urlencoded", "file_id=file-1", "content-type", 415},
		{"/openai/v1/containers?file_id=file-1", "application/json", "{}", "file_id", 404},
		{"/v1/chat/completions", "application/json", `{"model":"m","messages":[{"role":"assistant","audio":{"id":"audio_1"}}]}`, "messages[0].audio.id", 404},
		{"/openai/v1/containers", asForm, with("name", "box"), "", 200},
	} {
		if code, answer := o.askAs(c.kind, o.callers["a"], "openai-account", "POST", c.path, c.body); code != c.code || !strings.Contains(answer, c.field) {
			t.Errorf("%s %s: %d %s", c.path, c.field, code, answer)
		}
	}
	arn := url.PathEscape("arn:aws:bedrock:x:1:async-invoke/1")
	if res := o.as(o.callers["a"], "GET", "/bedrock/async-invoke/"+arn, "", "X-Sluice-Virtual-Key", "openai-account"); res.StatusCode != http.StatusNotFound {
		t.Errorf("an ARN: %d", res.StatusCode)
	}
}

// TestUnknownObjects: an operator may let calls use what was made before Sluice knew it. What another
// workspace has made stays its own.
func TestUnknownObjects(t *testing.T) {
	o := openShared(t, &vendorAccount{}, passesUnknown)
	for _, c := range []struct {
		key, method, path, body string
		code                    int
	}{
		{o.callers["a"], "POST", "/anthropic/v1/files", `{}`, 200}, // files_made1
		{o.callers["b"], "GET", "/anthropic/v1/files/file_before", "", 200},
		{o.callers["b"], "GET", "/anthropic/v1/sessions", "", 200},
		{o.callers["b"], "GET", "/anthropic/v1/files/files_made1", "", 404},
		{o.callers["b"], "POST", "/anthropic/v1/messages/batches", `{"requests":[{"params":{"model":"m","messages":[{"content":[{"source":{"file_id":"file_before"}}]}]}}]}`, 200},
		{o.callers["b"], "POST", "/anthropic/v1/messages/batches", `{"requests":[{"params":{"model":"m","messages":[{"content":[{"source":{"file_id":"files_made1"}}]}]}}]}`, 404},
	} {
		if code, answer := o.ask(c.key, "anthropic-account", c.method, c.path, c.body); code != c.code {
			t.Errorf("%s %s: %d %s", c.method, c.path, code, answer)
		}
	}
}
