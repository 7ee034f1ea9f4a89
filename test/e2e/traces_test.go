package e2e

import (
	"cmp"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
	"github.com/sluicegate/sluice/telemetry/clickhouse/clickhousetest"
)

// tracedCall is one exchange and the expected contents of its trace. Prices are 1000 and 2000
// USD per million tokens, so that an input token costs 1e6 nano-USD.
type tracedCall struct {
	name, model, config string
	stream, gone        bool
	status              int
	input, output       int64 // of the row; 0: no answer that costs
	cached              int64
	attempts            []int // status of each call, as the upstream answered it; 0: it did not
	first               time.Duration
	header              []string
	path, key           string // "" = chat completions, and the virtual key "local"
	more                string // members of the body
}

var tracedCalls = []tracedCall{
	{name: "plain", model: "plain", status: 200, input: 100, output: 7, attempts: []int{200}},
	{name: "cached by the vendor", model: "vendor-cache", status: 200, input: 100, output: 7, cached: 80, attempts: []int{200}},
	{name: "stream", model: "slow", stream: true, status: 200, input: 50, output: 20, attempts: []int{200}, first: 150 * time.Millisecond},
	{name: "a remote parent", model: "remote", status: 200, input: 9, output: 3, attempts: []int{200},
		header: []string{"Traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"}},
	{name: "retried", model: "fault-500-then-ok:2", config: `{"retry":2}`, status: 200, input: 9, output: 3, attempts: []int{500, 500, 200}},
	{name: "fell back", model: "second", config: fallback("", target("local", "fault-503", `,"retry":1`), target("local", "second", "")), status: 200, input: 9, output: 3, attempts: []int{503, 503, 200}},
	{name: "failed", model: "fault-500", config: `{"retry":1}`, status: 500, attempts: []int{500, 500}},
	{name: "refused", model: "fault-400", status: 400, attempts: []int{400}},
	// The vendor may have written all that it was allowed: the budget pays what was reserved, each byte of the body as a token.
	{name: "timed out", model: "silent", config: `{"request_timeout":60}`, more: `"max_tokens":5,`, status: 408, output: 5, attempts: []int{0},
		input: int64(len(`{"model":"silent","stream":false,"max_tokens":5,"messages":[{"role":"user","content":"Hello"}]}`))},
	{name: "denied", model: "never", config: `{` + guards("input", "contains", `{"operator":"none","words":["Hello"]}`, `,"deny":true`) + `}`, status: 446},
	{name: "denied afterwards", model: "checked", config: `{` + guards("output", "jsonSchema", `{"schema":{"type":"object"}}`, `,"deny":true`) + `}`, status: 446, input: 9, output: 3, attempts: []int{200}},
	{name: "broken", model: "fault-cut:2", stream: true, status: 200, attempts: []int{200}},
	{name: "abandoned", model: "long", stream: true, gone: true, status: 200, attempts: []int{200}},
	{name: "first of two", model: "kept", config: `{"cache":"simple"}`, status: 200, input: 9, output: 3, attempts: []int{200}},
	{name: "messages", path: "/v1/messages", model: "translated", status: 200, input: 40, output: 6, cached: 30, attempts: []int{200}},
	{name: "messages of Claude", path: "/v1/messages", key: "claude", model: "native", status: 200, input: 40, output: 6, cached: 30, attempts: []int{200}},
	{name: "messages streamed", path: "/v1/messages", key: "claude", model: "native-stream", stream: true, status: 200, input: 40, output: 6, cached: 30, attempts: []int{200}},
	{name: "second of two", model: "kept", config: `{"cache":"simple"}`, status: 200},
}

// TestEveryRequestIsOneTrace reads rows back from ClickHouse: one row and one root per request,
// every trace a tree, cost and tokens as the upstream counted them, and one CLIENT span per
// upstream call.
func TestEveryRequestIsOneTrace(t *testing.T) {
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	up.Set("plain", gatewaytest.Reply{Input: 100, Output: 7})
	up.Set("vendor-cache", gatewaytest.Reply{Input: 100, Output: 7, Cached: 80})
	up.Set("slow", gatewaytest.Reply{Input: 50, Output: 20, Fault: gatewaytest.Fault{BeforeFirst: 150 * time.Millisecond}})
	for _, model := range []string{"translated", "native", "native-stream"} {
		up.Set(model, gatewaytest.Reply{Input: 40, Output: 6, Cached: 30})
	}
	up.Set("silent", gatewaytest.Reply{Fault: gatewaytest.Fault{BeforeHeaders: 400 * time.Millisecond}})
	up.Set("long", gatewaytest.Reply{Pieces: strings.Split("one two three four five", " "), Fault: gatewaytest.Fault{Between: 300 * time.Millisecond}})
	dsn := clickhousetest.Start(t).DSN()
	claude := `
virtual_keys:
  - {name: claude, provider: anthropic, base_url: UPSTREAM, api_key: sk-ant-upstream, prices: {"*": {input: 1000, output: 2000}}}`
	s, _ := startScaledOut(t, strings.Replace(storesConfig, "\nvirtual_keys:", claude, 1), up, dsn, "prompts/letter.prompt.yaml", canaryPrompt)
	ids := map[string]*tracedCall{}
	for i := range tracedCalls {
		c := &tracedCalls[i]
		model := "@" + cmp.Or(c.key, "local") + "/" + c.model
		if strings.Contains(c.config, "targets") {
			model = c.model
		}
		body := ask(model, `"stream":`+strconv.FormatBool(c.stream)+`,`+c.more)
		body = strings.Replace(body, `"hi"`, `"Hello"`, 1)
		if c.gone {
			hangUp(t, s, annKey, body, c.name)
			ids[s.logged(c.name).Get("id").String()] = c
			continue
		}
		header := append([]string{"Authorization", "Bearer " + annKey}, c.header...)
		if c.header == nil {
			header = append(header, "X-Sluice-Trace-Id", c.name)
		}
		if c.config != "" {
			header = append(header, "X-Sluice-Config", c.config)
		}
		r := s.post(cmp.Or(c.path, chat), body, header...)
		if r.StatusCode != c.status {
			t.Errorf("%s: %d %s", c.name, r.StatusCode, r.body)
		}
		ids[r.Header.Get("X-Sluice-Request-Id")] = c
	}
	rows := readRows(t, dsn, len(tracedCalls))
	if len(rows) != len(ids) {
		t.Fatalf("%d rows for %d requests", len(rows), len(ids))
	}
	var sum int64
	hits := map[string]int{}
	for id, row := range rows {
		c := ids[id]
		if c == nil {
			t.Fatalf("a row of nobody: %+v", row)
		}
		for range c.attempts {
			hits[c.model]++
		}
		sum += row.cost
		t.Run(c.name, func(t *testing.T) { row.check(t, c) })
	}
	for model, n := range hits {
		if model != "second" && up.Hits(model) != n {
			t.Errorf("%s: the upstream saw %d calls, the rows tell %d", model, up.Hits(model), n)
		}
	}
	if got := up.Hits("fault-503") + up.Hits("second"); got != hits["second"] {
		t.Errorf("the fallback: the upstream saw %d calls, the row tells %d", got, hits["second"])
	}
	var rollup, requests, roots, batches int64
	err := clickhouseAt(t, dsn).QueryRow(t.Context(), `SELECT sum(cost_nano_usd), toInt64(sum(requests)),
		(SELECT toInt64(count()) FROM otel_traces WHERE SpanKind = 'Server'), (SELECT toInt64(sum(rows)) FROM ingest_batches FINAL) FROM llm_1m`).
		Scan(&rollup, &requests, &roots, &batches)
	if n := int64(len(ids)); err != nil || rollup != sum || requests != n || roots != n || batches != n {
		t.Errorf("rows cost %d, the rollup %d of %d requests; %d roots, %d rows in the ledger of %d; %v", sum, rollup, requests, roots, batches, n, err)
	}
	counted := 0
	for _, m := range regexp.MustCompile(`(?m)^sluice_requests_total\{[^}]*\} (\d+)$`).FindAllStringSubmatch(s.get("/metrics").body, -1) {
		n, _ := strconv.Atoi(m[1])
		counted += n
	}
	if counted != len(ids) {
		t.Errorf("/metrics counts %d requests of %d", counted, len(ids))
	}
	spent, err := gateway.ParseUSD("spent_usd", s.get("/v1/api-keys/ann").json("spent_usd").String())
	if err != nil || spent != sum || sum == 0 {
		t.Errorf("rows cost %d nano-USD, the key's budget was charged %d, %v", sum, spent, err)
	}
}

type tracedRow struct {
	request, trace                 string
	status, attempts               int64
	cost, input, output, cacheRead int64
	latency, first                 int64 // µs; first: -1 if there was none
	spans                          []tracedSpan
}

type tracedSpan struct {
	id, parent, name, kind, state string
	start, end                    int64 // ns
	attributes                    map[string]string
}

// readRows waits for n rows and reads them with their spans.
func readRows(t *testing.T, dsn string, n int) map[string]*tracedRow {
	t.Helper()
	conn := clickhouseAt(t, dsn)
	var have uint64
	for end := time.Now().Add(5 * time.Second); have < uint64(n) && time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if err := conn.QueryRow(t.Context(), "SELECT sum(rows) FROM ingest_batches FINAL").Scan(&have); err != nil {
			t.Fatal(err)
		}
	}
	out, byTrace := map[string]*tracedRow{}, map[string]*tracedRow{}
	rows, err := conn.Query(t.Context(), `SELECT request_id, trace_id, toInt64(status), toInt64(attempt_count), cost_nano_usd, toInt64(input_tokens), toInt64(output_tokens),
		toInt64(cache_read_tokens), toInt64(latency_us), ifNull(toInt64(ttft_us), -1) FROM llm_requests`)
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		r := &tracedRow{first: -1}
		if err := rows.Scan(&r.request, &r.trace, &r.status, &r.attempts, &r.cost, &r.input, &r.output, &r.cacheRead, &r.latency, &r.first); err != nil {
			t.Fatal(err)
		}
		if out[r.request] != nil || byTrace[r.trace] != nil {
			t.Fatalf("two rows of %s", r.request)
		}
		out[r.request], byTrace[r.trace] = r, r
	}
	rows.Close()
	rows, err = conn.Query(t.Context(), `SELECT TraceId, SpanId, ParentSpanId, SpanName, SpanKind, StatusCode, toUnixTimestamp64Nano(Timestamp), toInt64(Duration), SpanAttributes FROM otel_traces ORDER BY Timestamp`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var trace string
		var s tracedSpan
		if err := rows.Scan(&trace, &s.id, &s.parent, &s.name, &s.kind, &s.state, &s.start, &s.end, &s.attributes); err != nil {
			t.Fatal(err)
		}
		s.end += s.start
		if byTrace[trace] == nil {
			t.Fatalf("a span without a row: %+v", s)
		}
		byTrace[trace].spans = append(byTrace[trace].spans, s)
	}
	return out
}

func (r *tracedRow) check(t *testing.T, c *tracedCall) {
	spans := map[string]*tracedSpan{}
	for i := range r.spans {
		if s := &r.spans[i]; spans[s.id] != nil {
			t.Errorf("the span %s is there twice", s.id)
		} else {
			spans[s.id] = s
		}
	}
	var clients, models []*tracedSpan
	roots := 0
	for _, s := range spans {
		switch {
		case s.kind == "Server":
			roots++
			remote := ""
			if len(c.header) > 0 {
				remote = "00f067aa0ba902b7"
			}
			if s.parent != remote || s.attributes["sluice.request.id"] != r.request || s.attributes["http.response.status_code"] != fmt.Sprint(r.status) {
				t.Errorf("the root: %+v", s)
			}
			continue
		case s.kind == "Client":
			clients = append(clients, s)
		case s.attributes["gen_ai.operation.name"] != "":
			models = append(models, s)
		}
		p := spans[s.parent]
		if p == nil {
			t.Errorf("%s hangs on %s, which is not there", s.name, s.parent)
		} else if s.start < p.start || s.end > p.end {
			t.Errorf("%s [%d, %d] lies outside %s [%d, %d]", s.name, s.start, s.end, p.name, p.start, p.end)
		}
		for steps := 0; p != nil && p.kind != "Server"; p = spans[p.parent] {
			if steps++; steps > 10 {
				t.Fatal("a circle")
			}
		}
	}
	if roots != 1 {
		t.Errorf("%d roots", roots)
	}
	if c.header != nil && r.trace != "4bf92f3577b34da6a3ce929d0e0e4736" {
		t.Errorf("another trace than the caller's: %s", r.trace)
	}
	if len(clients) != len(c.attempts) || r.attempts != int64(len(c.attempts)) {
		t.Fatalf("%d CLIENT spans, %d attempts in the row, want %d", len(clients), r.attempts, len(c.attempts))
	}
	for _, s := range clients { // in the order of their starts
		n, _ := strconv.Atoi(s.attributes["http.request.resend_count"])
		want := c.attempts[n]
		got, _ := strconv.Atoi(s.attributes["http.response.status_code"])
		failed := want != http.StatusOK || strings.HasPrefix(c.model, "fault-cut") || c.gone
		if got != want || failed != (s.attributes["error.type"] != "" && s.state == "Error") || s.attributes["server.address"] == "" || s.attributes["server.port"] == "" {
			t.Errorf("attempt %d: %+v", n, s)
		}
	}
	cost := c.input*1_000_000 + c.output*2_000_000
	if c.gone || strings.HasPrefix(c.model, "fault-cut") { // what arrived is counted
		if r.cost == 0 || r.input == 0 || r.output == 0 {
			t.Errorf("cost %d, tokens %d, %d", r.cost, r.input, r.output)
		}
	} else {
		if r.cost != cost || len(c.attempts) > 0 && (r.input != c.input || r.output != c.output || r.cacheRead != c.cached) {
			t.Errorf("cost %d, tokens %d, %d, %d; want %d, %d, %d, %d", r.cost, r.input, r.output, r.cacheRead, cost, c.input, c.output, c.cached)
		}
	}
	if (len(models) == 1) != (len(c.attempts) > 0) || len(models) == 1 && c.input > 0 && models[0].attributes["sluice.cost.nano_usd"] != fmt.Sprint(r.cost) {
		t.Errorf("the call of the model: %+v, the row costs %d", models, r.cost)
	}
	if c.stream && c.status == 200 {
		if r.first < c.first.Microseconds() || r.first > r.latency || r.first > c.first.Microseconds()+400_000 {
			t.Errorf("first chunk after %d of %d µs, want %v", r.first, r.latency, c.first)
		}
	} else if r.first != -1 {
		t.Errorf("a unary answer has a first chunk: %d", r.first)
	}
}
