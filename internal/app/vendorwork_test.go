package app

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sluicegate/sluice/internal/config"
)

// batchVendor keeps files and batches. A batch has ended once it was asked about twice, and only the
// file of its output tells what it used.
type batchVendor struct {
	mu    sync.Mutex
	made  int
	asked map[string]int // about a batch
}

func (v *batchVendor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	v.mu.Lock()
	defer v.mu.Unlock()
	_, _ = io.Copy(io.Discard, r.Body)
	w.Header().Set("Content-Type", "application/json")
	id := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
	switch {
	case r.Method == http.MethodPost && r.URL.Path == "/files":
		fmt.Fprint(w, `{"id":"file-in","object":"file"}`)
	case r.Method == http.MethodPost:
		v.made++
		fmt.Fprintf(w, `{"id":"batch_%03d","object":"batch","status":"validating"}`, v.made)
	case strings.HasPrefix(r.URL.Path, "/batches/"):
		if v.asked[id]++; v.asked[id] < 2 {
			fmt.Fprintf(w, `{"id":%q,"object":"batch","status":"in_progress"}`, id)
			return
		}
		fmt.Fprintf(w, `{"id":%[1]q,"object":"batch","status":"completed","output_file_id":"file-of-%[1]s","request_counts":{"total":2,"completed":2,"failed":0}}`, id)
	default: // "/files/file-of-batch_001/content"
		w.Header().Set("Content-Type", "application/jsonl")
		for range 2 {
			fmt.Fprintln(w, `{"custom_id":"a","response":{"status_code":200,"body":{"object":"chat.completion","model":"gpt-4o","choices":[],"usage":{"prompt_tokens":1000,"completion_tokens":100,"total_tokens":1100}}}}`)
		}
	}
}

// TestBatchNobodyAsksFor: a batch is charged once when it has ended, by whatever tells of the end first:
// Sluice's own question, or a caller who downloads the output. The row is that of the key that made it.
func TestBatchNobodyAsksFor(t *testing.T) {
	vendor := &batchVendor{asked: map[string]int{}}
	upstream := httptest.NewServer(vendor)
	defer upstream.Close()
	o := openOffice(t, func(cfg *config.Config) {
		cfg.TrustedHosts, cfg.AskEvery = []string{strings.TrimPrefix(upstream.URL, "http://")}, 20*time.Millisecond
	})
	o.must("POST", "/v1/virtual-keys", fmt.Sprintf(`{"name":"account","provider":"openai","api_key":"k","base_url":"%s","workspace":"a"}`, upstream.URL))
	free := o.must("POST", "/v1/api-keys", `{"name":"unlimited","workspace":"a","member":"member@example.com"}`)
	made := o.must("POST", "/v1/api-keys", `{"name":"budgeted","workspace":"a","member":"member@example.com","budget_usd":1}`)
	ask := func(key, method, path, sent string) (int, string) {
		t.Helper()
		kind := "application/json"
		if strings.HasPrefix(sent, "--b") {
			kind = "multipart/form-data; boundary=b"
		}
		res := o.as(key, method, path, sent, "X-Sluice-Virtual-Key", "account", "Content-Type", kind)
		return res.StatusCode, body(t, res)
	}
	line := `{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"model":"gpt-4o","max_tokens":100,"messages":[{"role":"user","content":"Hi"}]}}`
	form := "--b\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n" + line + "\r\n--b--\r\n"
	for _, key := range []string{free.Get("key").String(), made.Get("key").String()} {
		if code, answer := ask(key, "POST", "/v1/files", form); code != http.StatusOK {
			t.Fatalf("%d %s", code, answer)
		}
		for _, wrong := range []string{`7`, `""`, `["file-in"]`, `null`} {
			if code, answer := ask(key, "POST", "/v1/batches", `{"input_file_id":`+wrong+`}`); code != http.StatusBadRequest || !strings.Contains(answer, "input_file_id") {
				t.Errorf("%s: %d %s", wrong, code, answer)
			}
		}
		if code, answer := ask(key, "POST", "/v1/batches", `{"input_file_id":"file-in","endpoint":"/v1/chat/completions","completion_window":"24h"}`); code != http.StatusOK {
			t.Fatalf("%d %s", code, answer)
		}
	}
	const cost = 2 * (1000*1_250_000_000 + 100*5_000_000_000) / 1_000_000 // half of what single calls cost
	rows := func(apiKey string) (sum int64) {
		for _, row := range o.must("GET", "/v1/logs?workspace=a&api_key="+apiKey, "").Get("data").Array() {
			sum += row.Get("cost_nano_usd").Int()
		}
		return sum
	}
	for _, name := range []string{"unlimited", "budgeted"} {
		for deadline := time.Now().Add(30 * time.Second); rows(name) == 0; time.Sleep(20 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("the batch of %s was not charged", name)
			}
		}
	}
	for _, path := range []string{"/v1/batches/batch_001", "/v1/batches/batch_002", "/v1/files/file-of-batch_001/content", "/v1/files/file-of-batch_002/content"} {
		if code, answer := ask(o.callers["a"], "GET", path, ""); code != http.StatusOK {
			t.Errorf("%s: %d %s", path, code, answer)
		}
	}
	time.Sleep(100 * time.Millisecond) // rows of the calls above, and questions that must not come
	for _, name := range []string{"unlimited", "budgeted"} {
		if got := rows(name); got != cost {
			t.Errorf("%s was charged %d, want %d", name, got, cost)
		}
	}
	if got := o.must("GET", "/v1/api-keys/"+made.Get("id").String(), "").Get("spent_usd").Float(); got != 0.0042 { // the workspace charges 1.2 times the cost
		t.Errorf("the budget has spent %v", got)
	}
}
