package app

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
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
	o := openOfficeWith(t, &batchVendor{asked: map[string]int{}}, asksOften)
	o.virtualKey(`"name":"account","provider":"openai"`)
	free, _ := o.apiKey("unlimited", "")
	limited, budget := o.apiKey("budgeted", `"budget_usd":1`)
	ask := func(key, method, path, sent string) (int, string) {
		t.Helper()
		return o.ask(key, "account", method, path, sent)
	}
	line := `{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"model":"gpt-4o","max_tokens":100,"messages":[{"role":"user","content":"Hi"}]}}`
	for _, key := range []string{free, limited} {
		if code, answer := ask(key, "POST", "/v1/files", batchForm(line)); code != http.StatusOK {
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
		if !eventually(func() bool { return rows(name) != 0 }) {
			t.Fatalf("the batch of %s was not charged", name)
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
	if spent, _ := o.budgetOf(budget); spent != cost*12/10 { // what the workspace charges
		t.Errorf("the budget has spent %d", spent)
	}
}

// nativeWorkAnswers are what a vendor answers, by the beginning of what it is asked.
var nativeWorkAnswers = [][2]string{
	{"POST /v1/messages/batches", `{"id":"msgbatch_1","type":"message_batch","processing_status":"in_progress"}`},
	{"GET /v1/messages/batches/msgbatch_1/results", `{"custom_id":"a","result":{"type":"succeeded","message":{"model":"claude-sonnet-4-5","usage":{"input_tokens":1000,"output_tokens":100}}}}`},
	{"GET /v1/messages/batches/msgbatch_1", `{"id":"msgbatch_1","processing_status":"ended","results_url":"https://api.anthropic.com/x","request_counts":{"succeeded":1}}`},
	{"POST /v1beta/models/gemini-2.5-flash:batchGenerateContent", `{"name":"batches/b1","metadata":{"state":"BATCH_STATE_PENDING"}}`},
	{"GET /v1beta/batches/b1", `{"name":"batches/b1","done":true,"response":{"inlinedResponses":{"inlinedResponses":[{"response":{"modelVersion":"gemini-2.5-flash","usageMetadata":{"promptTokenCount":1000,"candidatesTokenCount":100}}}]}}}`},
	{"POST /v1beta/models/veo-3.1-generate-001:predictLongRunning", `{"name":"models/veo-3.1-generate-001/operations/o1"}`},
	{"GET /v1beta/models/veo-3.1-generate-001/operations/o1", `{"done":true,"response":{"generateVideoResponse":{"generatedSamples":[{"video":{"uri":"x"}}]}}}`},
	{"POST /v1/videos", `{"id":"video_1","object":"video","model":"sora-2","seconds":"8","status":"queued"}`},
	{"GET /v1/videos/video_1", `{"id":"video_1","object":"video","model":"sora-2","seconds":"8","status":"completed"}`},
}

// prefixVendor answers by the beginning of what it is asked. Questions are answered with nothing until
// what was begun may end.
type prefixVendor struct {
	answers [][2]string

	mu   sync.Mutex
	ends bool
}

func (v *prefixVendor) end() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.ends = true
}

func (v *prefixVendor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	v.mu.Lock()
	defer v.mu.Unlock()
	_, _ = io.Copy(io.Discard, r.Body)
	w.Header().Set("Content-Type", "application/json")
	for _, a := range v.answers {
		if !strings.HasPrefix(r.Method+" "+r.URL.Path, a[0]) {
			continue
		}
		if answer := a[1]; r.Method != http.MethodGet || v.ends {
			fmt.Fprint(w, answer)
		} else {
			fmt.Fprint(w, `{}`)
		}
		return
	}
	http.NotFound(w, r)
}

// TestNativeWork: batches and videos that are asked for by a vendor's own API are charged when they end,
// and budgets reserve what they may cost before.
func TestNativeWork(t *testing.T) {
	vendor := &prefixVendor{answers: nativeWorkAnswers}
	o := openOfficeWith(t, vendor, asksOften)
	prices := map[string]string{"anthropic": `{}`, "google": `{"veo-3.1-generate-001":{"second":0.4}}`, "openai": `{"sora-2":{"second":0.1}}`}
	for p := range prices {
		o.virtualKey(fmt.Sprintf(`"name":"%[1]s-account","provider":"%[1]s","prices":%[2]s`, p, prices[p]))
	}
	key, budget := o.apiKey("budgeted", `"budget_usd":10`)
	cases := []struct {
		provider, path, body, kind string
		cost                       int64
		code                       int // of a key with a budget
	}{
		{"anthropic", "/anthropic/v1/messages/batches", `{"requests":[{"custom_id":"a","params":{"model":"claude-sonnet-4-5","max_tokens":100,"messages":[{"role":"user","content":"Hi"}]}}]}`, "message_batch", (1000*3_000 + 100*15_000) / 2, 200},
		{"anthropic", "/anthropic/v1/messages/batches", `{"requests":[{"custom_id":"a","params":{"max_tokens":100}}]}`, "", 0, 400},
		{"google", "/gemini/v1beta/models/gemini-2.5-flash:batchGenerateContent", `{"batch":{"input_config":{"requests":{"requests":[]}}}}`, "google_batch", (1000*300 + 100*2_500) / 2, 400},
		{"google", "/gemini/v1beta/models/veo-3.1-generate-001:predictLongRunning", `{"instances":[{"prompt":"a cat"}],"parameters":{"durationSeconds":4}}`, "google_video", 4 * 400_000_000, 200},
		{"openai", "/openai/v1/videos", `{"model":"sora-2","prompt":"a cat","seconds":"8"}`, "video", 8 * 100_000_000, 200},
	}
	for _, c := range cases {
		for _, k := range []string{key, o.callers["a"]} {
			if k != key && c.code == 200 { // it is begun
				continue
			}
			want := c.code
			if k != key {
				want = http.StatusOK
			}
			if code, answer := o.ask(k, c.provider+"-account", "POST", c.path, c.body); code != want {
				t.Errorf("%s %s: %d %s", c.path, c.body, code, answer)
			}
		}
	}
	if code, answer := o.call(o.callers["a"], "DELETE", "/anthropic/v1/messages/batches/msgbatch_1", ""); code != http.StatusConflict || !strings.Contains(answer, "not charged yet") {
		t.Errorf("a batch that is not charged is deleted: %d %s", code, answer)
	}
	vendor.end()
	for _, c := range cases {
		if c.kind != "" && !eventually(func() bool { return slices.Equal(o.settled(c.kind), []int64{c.cost}) }) {
			t.Errorf("%s was charged %v, want %d", c.kind, o.settled(c.kind), c.cost)
		}
	}
	if spent, _ := o.budgetOf(budget); spent != (2_250_000+1_600_000_000+800_000_000)*12/10 { // what the workspace charges
		t.Errorf("the budget has spent %d", spent)
	}
}

// TestOutputSettlesBatch: a caller who downloads the output settles the batch.
func TestOutputSettlesBatch(t *testing.T) {
	o := openOfficeWith(t, &batchVendor{asked: map[string]int{}})
	o.virtualKey(`"name":"account","provider":"openai"`)
	ask := func(method, path, sent string) (int, string, string) {
		t.Helper()
		res := o.as(o.callers["a"], method, path, sent, "X-Sluice-Virtual-Key", "account", "Content-Type", "application/json")
		return res.StatusCode, body(t, res), res.Header.Get("X-Sluice-Request-Id")
	}
	if code, answer, _ := ask("POST", "/v1/batches", `{"endpoint":"/v1/chat/completions"}`); code != http.StatusOK {
		t.Fatalf("%d %s", code, answer)
	}
	if !eventually(func() bool {
		_, answer, _ := ask("GET", "/v1/batches/batch_001", "")
		return strings.Contains(answer, "completed")
	}) {
		t.Fatal("the batch did not end")
	}
	// Sluice's own first question may have come after the batch ended, and have settled it.
	code, answer, _ := ask("DELETE", "/v1/files/file-of-batch_001", "")
	if settled := code == http.StatusOK; !settled && (code != http.StatusConflict || !strings.Contains(answer, "not_settled")) {
		t.Errorf("%d %s", code, answer)
	} else if settled {
		return
	}
	for i, want := range []int64{3_500_000, 0} {
		code, answer, id := ask("GET", "/v1/files/file-of-batch_001/content", "")
		if got := o.row(id).Get("cost_nano_usd").Int(); code != http.StatusOK || got != want {
			t.Errorf("time %d: %d %s, cost %d", i+1, code, answer, got)
		}
	}
	if code, answer, _ := ask("DELETE", "/v1/files/file-of-batch_001", ""); code != http.StatusOK {
		t.Errorf("%d %s", code, answer)
	}
}
