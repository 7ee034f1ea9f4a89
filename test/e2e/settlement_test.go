package e2e

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

// The settlement matrix: what a call costs, by the format of caller and vendor, how the answer ended,
// when, and whether the vendor reported usage. docs/budgets.md tells the rules that it holds.
const settlementConfig = `
timeouts: {first_byte: 2s, idle_stream: 700ms}
virtual_keys:
  - {name: local, provider: openai, base_url: UPSTREAM/v1, api_key: none, formats: [chat], prices: {"*": {input: 1000, output: 2000}}}
  - {name: native, provider: openai, base_url: UPSTREAM/v1, api_key: none, formats: [responses], prices: {"*": {input: 1000, output: 2000}}}
  - {name: cohere, provider: cohere, base_url: UPSTREAM, api_key: none, prices: {"*": {input: 1000, output: 2000}}}
  - {name: ollama, provider: ollama, base_url: UPSTREAM, api_key: none, prices: {"*": {input: 1000, output: 2000}}}
  - {name: claude, provider: anthropic, base_url: UPSTREAM, api_key: none, prices: {"*": {input: 1000, output: 2000}}}
  - {name: google, provider: google, base_url: UPSTREAM/v1beta, api_key: none, prices: {"*": {input: 1000, output: 2000}}}
`

// settlementAnswer is of 12 tokens, and the vendor says so.
const settlementAnswer = "one two three four five six seven eight nine ten eleven twelve"

// settlementRoute is a format that callers speak, and the virtual key whose vendor speaks another or
// the same.
type settlementRoute struct{ name, path, key, body string }

var settlementRoutes = []settlementRoute{
	{"chat → chat", "/v1/chat/completions", "local", `"messages":[{"role":"user","content":"Count to twelve."}],"max_tokens":100`},
	{"chat → messages", "/v1/chat/completions", "claude", `"messages":[{"role":"user","content":"Count to twelve."}],"max_tokens":100`},
	{"chat → cohere", "/v1/chat/completions", "cohere", `"messages":[{"role":"user","content":"Count to twelve."}],"max_tokens":100`},
	{"messages → ollama", "/v1/messages", "ollama", `"messages":[{"role":"user","content":"Count to twelve."}],"max_tokens":100`},
	{"messages → messages", "/v1/messages", "claude", `"messages":[{"role":"user","content":"Count to twelve."}],"max_tokens":100`},
	{"messages → chat", "/v1/messages", "local", `"messages":[{"role":"user","content":"Count to twelve."}],"max_tokens":100`},
	{"responses → responses", "/v1/responses", "native", `"input":"Count to twelve.","max_output_tokens":100`},
	{"responses → chat", "/v1/responses", "local", `"input":"Count to twelve.","max_output_tokens":100`},
	{"gemini → gemini", "/v1beta/models/@google/%s:generateContent", "google", `"contents":[{"role":"user","parts":[{"text":"Count to twelve."}]}],"generationConfig":{"maxOutputTokens":100}`},
	{"gemini → chat", "/v1beta/models/@local/%s:generateContent", "local", `"contents":[{"role":"user","parts":[{"text":"Count to twelve."}]}],"generationConfig":{"maxOutputTokens":100}`},
}

// settlementEnd is how an answer ends.
type settlementEnd struct {
	name  string
	fault gatewaytest.Fault
	unary bool
	leave bool   // the caller leaves: when the first text has come, or without waiting for it
	basis string // "reported", "counted", or "" where the vendor did not begin: the cost is unknown, and nothing is charged
	most  int64  // output tokens that may be charged
	least int64
}

const afterSome = 7 // events: in each format, some of them have text

var settlementEnds = []settlementEnd{
	{name: "whole, usage reported", basis: "reported", least: 12, most: 12},
	{name: "whole in one piece, usage reported", unary: true, basis: "reported", least: 12, most: 12},
	{name: "whole, no usage", fault: gatewaytest.Fault{Usage: gatewaytest.UsageAbsent}, basis: "counted", least: 8, most: 16},
	{name: "whole in one piece, no usage", unary: true, fault: gatewaytest.Fault{Usage: gatewaytest.UsageAbsent}, basis: "counted", least: 8, most: 100},
	{name: "caller gone before the first token", leave: true, fault: gatewaytest.Fault{Stall: true}, basis: "counted", most: 100},
	{name: "caller gone after some tokens", leave: true, fault: gatewaytest.Fault{Stall: true, StallAfter: afterSome}, basis: "counted", least: 1, most: 10},
	{name: "connection cut before the first token", fault: gatewaytest.Fault{Cut: true}},
	{name: "connection cut after some tokens", fault: gatewaytest.Fault{Cut: true, CutAfter: afterSome}, basis: "counted", least: 1, most: 10},
	{name: "error event before the first token", fault: gatewaytest.Fault{ErrorAfter: 1}},
	{name: "error event after some tokens", fault: gatewaytest.Fault{ErrorAfter: afterSome}, basis: "counted", least: 1, most: 10},
	{name: "silence before the first token", fault: gatewaytest.Fault{Stall: true}, basis: "counted", most: 0},
	{name: "silence after some tokens", fault: gatewaytest.Fault{Stall: true, StallAfter: afterSome}, basis: "counted", least: 1, most: 10},
}

// TestSettlementMatrix makes each call of the matrix on a budget of its own key, and holds that the row,
// the key and the ledger say the same, that the cost is the vendor's where it reports usage, and never 0
// where the vendor began to answer. -v prints the matrix (make settle).
func TestSettlementMatrix(t *testing.T) {
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	s := start(t, settlementConfig, up)
	for n := range settlementEnds {
		up.Set(fmt.Sprintf("cell-%d", n), gatewaytest.Reply{Text: settlementAnswer, Input: 20, Output: 12, Fault: settlementEnds[n].fault})
	}
	lines := make([][]string, len(settlementRoutes))
	var wg sync.WaitGroup
	for i, route := range settlementRoutes {
		wg.Go(func() {
			for n := range settlementEnds {
				lines[i] = append(lines[i], settleCell(t, s, route, n))
			}
		})
	}
	wg.Wait()
	var out strings.Builder
	for i, route := range settlementRoutes {
		fmt.Fprintf(&out, "\n%s\n", route.name)
		for n, end := range settlementEnds {
			fmt.Fprintf(&out, "  %-40s %s\n", end.name, lines[i][n])
		}
	}
	t.Log(out.String())
	if ledger := s.get("/v1/ledger/verification"); !ledger.json("sound").Bool() {
		t.Errorf("the ledger does not add up: %s", ledger.body)
	}
}

// settleCell makes one call and returns what its row says of the money.
func settleCell(t *testing.T, s *server, route settlementRoute, n int) string {
	end := settlementEnds[n]
	if end.fault.ErrorAfter == 1 && (route.key == "google" || route.key == "ollama") {
		return "cannot be: the first event of this format has text"
	}
	where := route.name + ", " + end.name
	id := fmt.Sprintf("settle-%d-%s", n, strings.NewReplacer(" ", "", "→", "-").Replace(route.name))
	key := s.post("/v1/api-keys", fmt.Sprintf(`{"name":%q,"member":"ada@example.com","budget_usd":10}`, id))
	settleEnd(t, s, route, end, fmt.Sprintf("cell-%d", n), key.json("key").String(), id)
	return settledCell(t, s, where, key, end, 20*1_000_000+12*2_000_000)
}

// settledCell waits for the row of the only call of a key, and holds that it says what the cell does, and
// that the key has paid what the row says. bills is what the vendor bills for a usage that it reports.
func settledCell(t *testing.T, s *server, where string, key reply, end settlementEnd, bills int64) string {
	var row gjson.Result
	var held reply
	for limit := time.Now().Add(30 * time.Second); time.Now().Before(limit); time.Sleep(50 * time.Millisecond) {
		list := s.get("/v1/logs?api_key=" + key.json("id").String())
		held = s.get("/v1/api-keys/" + key.json("id").String())
		if row = list.json("data.0"); row.Exists() && held.json("reserved_usd").Float() == 0 {
			break
		}
	}
	if !row.Exists() {
		t.Errorf("%s: no row", where)
		return "-"
	}
	cost, basis := row.Get("cost_nano_usd").Int(), row.Get("cost_basis").String()
	input, output := row.Get("usage.input_tokens").Int(), row.Get("usage.output_tokens").Int()
	if spent := nano(t, held, "spent_usd"); spent != cost {
		t.Errorf("%s: the row has %d nano-USD, the key %d", where, cost, spent)
	}
	if began := end.basis != ""; basis != end.basis || row.Get("cost_known").Bool() != began || (cost > 0) != began || output < end.least || output > end.most {
		t.Errorf("%s: %s, %d nano-USD, %d tokens of output: %s", where, basis, cost, output, row.Get("attempts").Raw)
	}
	if end.basis == "" {
		return "unknown"
	}
	if end.basis == "reported" && cost != bills {
		t.Errorf("%s: %d nano-USD, the vendor bills %d", where, cost, bills)
	}
	return fmt.Sprintf("%-8s  %3d in  %3d out  %d.%06d USD", basis, input, output, cost/1e9, cost%1e9/1e3)
}

// settleEnd makes the call of a cell, and reads its answer as far as the cell says.
func settleEnd(t *testing.T, s *server, route settlementRoute, end settlementEnd, model, key, id string) {
	path, body := route.path, `{"model":"@`+route.key+"/"+model+`",`+route.body
	switch {
	case strings.Contains(path, "%s"):
		body = "{" + route.body
		path = fmt.Sprintf(path, model)
		if !end.unary {
			path = strings.Replace(path, ":generateContent", ":streamGenerateContent?alt=sse", 1)
		}
	case !end.unary:
		body += `,"stream":true`
	}
	settlePost(t, s, route.name+", "+end.name, end, path, body+"}", key, id)
}

// settlePost sends a body, and reads the answer as far as the cell says.
func settlePost(t *testing.T, s *server, where string, end settlementEnd, path, body, key, id string) {
	ctx, leave := context.WithTimeout(t.Context(), 30*time.Second)
	defer leave()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+path, strings.NewReader(body))
	if err != nil {
		t.Error(err)
		return
	}
	req.Header.Set("Authorization", "Bearer "+key)
	req.Header.Set("X-Sluice-Trace-Id", id)
	if end.leave && end.fault.StallAfter == 0 {
		time.AfterFunc(300*time.Millisecond, leave)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		if !end.leave {
			t.Errorf("%s: %v", where, err)
		}
		return
	}
	defer res.Body.Close()
	for lines := bufio.NewScanner(res.Body); lines.Scan(); {
		if end.leave && strings.Contains(lines.Text(), "one") {
			return
		}
	}
}
