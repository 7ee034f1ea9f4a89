package e2e

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

// slowVendor writes responses in the background: each is in progress until it was asked for once.
type slowVendor struct {
	mu    sync.Mutex
	n     int
	asked map[string]int
	calls []string // method, path and body
}

const slowUsage = `"usage":{"input_tokens":100,"input_tokens_details":{"cached_tokens":0},"output_tokens":50,"output_tokens_details":{"reasoning_tokens":0},"total_tokens":150}`

func slowResponse(id, status string) string {
	output, usage := "[]", `"usage":null`
	if status == "completed" {
		output, usage = `[{"id":"msg_`+id+`","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","annotations":[],"logprobs":[],"text":"Hello [EMAIL_1]"}]}]`, slowUsage
	}
	return `{"id":"` + id + `","object":"response","created_at":1750000000,"status":"` + status + `","background":true,"error":null,"incomplete_details":null,"model":"slow","output":` + output + `,` + usage + `,"store":true}`
}

// slowEvents are the events of a response; whole = all of them.
func slowEvents(id string, whole bool) string {
	item := `{"id":"msg_` + id + `","type":"message","status":"in_progress","role":"assistant","content":[]}`
	at := `"item_id":"msg_` + id + `","output_index":0,"content_index":0`
	kinds := []string{`"type":"response.created","response":` + slowResponse(id, "queued"), `"type":"response.in_progress","response":` + slowResponse(id, "in_progress"),
		`"type":"response.output_item.added","output_index":0,"item":` + item, `"type":"response.output_text.delta",` + at + `,"delta":"Hello "`,
		`"type":"response.output_text.delta",` + at + `,"delta":"[EMAIL_1]"`, `"type":"response.output_text.done",` + at + `,"text":"Hello [EMAIL_1]"`,
		`"type":"response.output_item.done","output_index":0,"item":` + gjson.Get(slowResponse(id, "completed"), "output.0").Raw, `"type":"response.completed","response":` + slowResponse(id, "completed")}
	var out strings.Builder
	for i, kind := range kinds {
		if i == 4 && !whole {
			break
		}
		fmt.Fprintf(&out, "event: %s\ndata: {\"sequence_number\":%d,%s}\n\n", gjson.Get("{"+kind+"}", "type"), i, kind)
	}
	return out.String()
}

func (v *slowVendor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	v.mu.Lock()
	v.calls = append(v.calls, r.Method+" "+r.URL.RequestURI()+" "+string(body))
	id := strings.Split(strings.TrimPrefix(r.URL.Path, "/v1/responses/"), "/")[0]
	v.asked[id]++
	polls := v.asked[id]
	if r.URL.Path == "/v1/responses" {
		v.n++
		id = fmt.Sprint("resp_slow", v.n)
	}
	v.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	stream := func(whole bool) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, slowEvents(id, whole))
	}
	switch {
	case strings.HasSuffix(r.URL.Path, "/compact"):
		fmt.Fprintf(w, `{"id":"cmp_1","object":"response.compaction","created_at":1750000000,"output":[{"id":"cmp_i","type":"compaction","encrypted_content":"gAAA"}],%s}`, slowUsage)
	case strings.HasSuffix(r.URL.Path, "/cancel"):
		_, _ = io.WriteString(w, slowResponse(id, "cancelled"))
	case r.Method == http.MethodPost && gjson.GetBytes(body, "stream").Bool():
		stream(false)
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	case r.Method == http.MethodPost:
		_, _ = io.WriteString(w, slowResponse(id, "queued"))
	case r.URL.Query().Get("stream") == "true":
		stream(true)
	case polls == 1:
		_, _ = io.WriteString(w, slowResponse(id, "in_progress"))
	default:
		_, _ = io.WriteString(w, slowResponse(id, "completed"))
	}
}

func (v *slowVendor) last() string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.calls[len(v.calls)-1]
}

func (v *slowVendor) count() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return len(v.calls)
}

const slowConfig = `
virtual_keys:
  - {name: slow, provider: openai, base_url: "UPSTREAM/v1", api_key: sk-slow, prices: {"*": {input: 2, output: 30}}, max_output: {"*": 2000}}
`

// slow starts a server before a slowVendor, and makes an API key with a budget of 1 USD.
func slow(t *testing.T) (*slowVendor, *server, []string) {
	v := &slowVendor{asked: map[string]int{}}
	up := httptest.NewServer(v)
	t.Cleanup(up.Close)
	s := start(t, strings.ReplaceAll(slowConfig, "UPSTREAM", up.URL), nil)
	key := s.post("/v1/api-keys", `{"name":"poor","member":"poor@example.com","budget_usd":1}`).json("key").String()
	return v, s, as(key)
}

// begin asks for a response in the background and returns its id.
func (v *slowVendor) begin(t *testing.T, s *server, headers []string) string {
	t.Helper()
	r := s.post("/v1/responses", `{"model":"@slow/slow","background":true,"input":"I am ada@mail.example"}`, headers...)
	if r.StatusCode != 200 || r.json("status").String() != "queued" {
		t.Fatalf("%d %s", r.StatusCode, r.body)
	}
	return r.json("id").String()
}

// TestBackgroundSettles: a background response reserves what it may cost, the poll that first sees
// its usage settles, and no later one costs anything. It is restored and kept like any other.
func TestBackgroundSettles(t *testing.T) {
	v, s, poor := slow(t)
	headers := append([]string{"X-Sluice-Config", redacting}, poor...)
	id := v.begin(t, s, headers)
	spent := func() int64 { return nano(t, s.get("/v1/api-keys/poor"), "spent_usd") }
	if r := s.get("/v1/responses/" + id); r.StatusCode != 404 {
		t.Errorf("another key: %d %s", r.StatusCode, r.body)
	}
	if r := s.do("GET", "/v1/responses/"+id, "", poor...); r.StatusCode != 200 || r.json("status").String() != "in_progress" || !strings.HasPrefix(v.last(), "GET /v1/responses/"+id+" ") {
		t.Errorf("%d %s, the vendor was asked for %s", r.StatusCode, r.body, v.last())
	}
	if n := spent(); n != 0 {
		t.Errorf("in progress: %d spent", n)
	}
	done := s.do("GET", "/v1/responses/"+id, "", poor...)
	if done.json("status").String() != "completed" || done.json("output.0.content.0.text").String() != "Hello ada@mail.example" {
		t.Errorf("%d %s", done.StatusCode, done.body)
	}
	const cost = 100*2_000 + 50*30_000
	if n := spent(); n != cost {
		t.Errorf("completed: %d spent", n)
	}
	calls := v.count()
	for _, path := range []string{"", "?stream=true"} {
		if r := s.do("GET", "/v1/responses/"+id+path, "", poor...); r.StatusCode != 200 || !strings.Contains(r.body, "ada@mail.example") || v.count() != calls {
			t.Errorf("again: %d %s", r.StatusCode, r.body)
		}
	}
	if n := spent(); n != cost {
		t.Errorf("%d spent after all", n)
	}
	row := s.logged(done.Header.Get("X-Sluice-Request-Id"))
	if row.Get("operation").String() != "retrieve" || row.Get("cost_nano_usd").Int() != cost {
		t.Errorf("row: %s", row.Raw)
	}
}

// TestBackgroundUnsettled: what is not retrieved stays reserved, also over a restart, after which a retrieval
// settles it by its usage.
func TestBackgroundUnsettled(t *testing.T) {
	v, s, poor := slow(t)
	id := v.begin(t, s, poor)
	cancelled := v.begin(t, s, poor)
	if r := s.do("POST", "/v1/responses/"+cancelled+"/cancel", "", poor...); r.StatusCode != 200 || r.json("status").String() != "cancelled" || !strings.HasPrefix(v.last(), "POST /v1/responses/"+cancelled+"/cancel") {
		t.Errorf("%d %s, the vendor was asked for %s", r.StatusCode, r.body, v.last())
	}
	if r := s.do("GET", "/v1/responses/"+cancelled, "", poor...); r.json("status").String() != "cancelled" {
		t.Errorf("%d %s", r.StatusCode, r.body)
	}
	before := nano(t, s.get("/v1/api-keys/poor"), "spent_usd")
	s.stop(syscall.SIGTERM)
	s.launch()
	s.do("GET", "/v1/responses/"+id, "", poor...)
	if r := s.do("GET", "/v1/responses/"+id, "", poor...); r.json("status").String() != "completed" {
		t.Errorf("after a restart: %d %s", r.StatusCode, r.body)
	}
	k := s.get("/v1/api-keys/poor")
	if spent, reserved := nano(t, k, "spent_usd"), nano(t, k, "reserved_usd"); before != 0 || spent != 100*2_000+50*30_000 || reserved < 2000*30_000 || reserved > 3000*30_000 {
		t.Errorf("%d spent, %d before, %d reserved", spent, before, reserved)
	}
}

// TestBackgroundStream: a stream that broke off is gone on with from any event.
func TestBackgroundStream(t *testing.T) {
	v, s, poor := slow(t)
	headers := append([]string{"X-Sluice-Config", redacting}, poor...)
	r := s.post("/v1/responses", `{"model":"@slow/slow","background":true,"stream":true,"input":"I am ada@mail.example"}`, headers...)
	all := events(r.body)
	id := gjson.Get(all[0], "response.id").String()
	if !strings.HasPrefix(id, "resp_slow") || gjson.Get(all[len(all)-1], "type").String() != "error" {
		t.Fatal(r.body)
	}
	if k := s.get("/v1/api-keys/poor"); k.json("spent_usd").Float() != 0 {
		t.Errorf("broken off: %s", k.body)
	}
	for _, bad := range []string{"?starting_after=2", "?stream=true&starting_after=x"} {
		if r := s.do("GET", "/v1/responses/"+id+bad, "", poor...); r.StatusCode != 400 || r.json("error.param").String() != "starting_after" {
			t.Errorf("%s: %d %s", bad, r.StatusCode, r.body)
		}
	}
	for range 2 { // from the vendor, then from what was kept
		rest := s.do("GET", "/v1/responses/"+id+"?stream=true&starting_after=3", "", poor...)
		got := events(rest.body)
		last := got[len(got)-1]
		if gjson.Get(got[0], "sequence_number").Int() != 4 || gjson.Get(last, "type").String() != "response.completed" || gjson.Get(last, "response.output.0.content.0.text").String() != "Hello ada@mail.example" || strings.Contains(rest.body, "[EMAIL_1]") {
			t.Errorf("%s", rest.body)
		}
	}
	if v.last() != "GET /v1/responses/"+id+"?stream=true " || v.count() != 2 {
		t.Errorf("the vendor was asked for %s", v.last())
	}
	if k := s.get("/v1/api-keys/poor"); nano(t, k, "spent_usd") != 1_700_000 {
		t.Errorf("settled: %s", k.body)
	}
}

// TestBackgroundGuarded: what the vendor writes in the background is judged when it is retrieved.
func TestBackgroundGuarded(t *testing.T) {
	v, s, poor := slow(t)
	headers := append([]string{"X-Sluice-Config", `{"output_guardrails":[{"default.contains":{"operator":"none","words":["Hello"]},"deny":true}]}`}, poor...)
	id := v.begin(t, s, headers)
	for _, path := range []string{"", "", "?stream=true"} {
		r := s.do("GET", "/v1/responses/"+id+path, "", poor...)
		if strings.Contains(r.body, "EMAIL") {
			t.Errorf("%d %s", r.StatusCode, r.body)
		}
	}
}

// TestCompact: a conversation is compacted by a vendor that can, and metered; elsewhere it is
// refused, in OpenAI's envelope.
func TestCompact(t *testing.T) {
	v, s, poor := slow(t)
	r := s.post("/v1/responses/compact", `{"model":"@slow/slow","input":[{"role":"user","content":"Hello"}]}`, poor...)
	if r.StatusCode != 200 || r.json("object").String() != "response.compaction" || v.last() != `POST /v1/responses/compact {"model":"slow","input":[{"role":"user","content":"Hello"}]}` {
		t.Errorf("%d %s, the vendor got %s", r.StatusCode, r.body, v.last())
	}
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		k := s.get("/v1/api-keys/poor")
		if nano(t, k, "spent_usd") == 1_700_000 {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("%s", k.body)
		}
	}
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	other := start(t, responsesConfig, up)
	for _, model := range []string{"@claude/x", "@local/x", "mock/echo"} {
		if r := other.post("/v1/responses/compact", `{"model":"`+model+`","input":"Hello"}`); r.StatusCode != 400 || r.json("error.message").String() == "" {
			t.Errorf("%s: %d %s", model, r.StatusCode, r.body)
		}
	}
}
