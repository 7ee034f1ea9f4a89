package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
)

const moneyConfig = `
virtual_keys:
  - {name: shop, provider: openai, base_url: "UPSTREAM/v1", api_key: sk-shop,
     prices: {"*": {input: 2, output: 30}}, max_output: {"*": 2000}}
`

// TestMoneyUnderAttack: 200 calls at once, of ten kinds, on a budget of 1 USD, against a
// vendor that keeps the limits that it is sent. The budget is never exceeded, and the rows,
// the account and, after a restart, the ledger say the same.
func TestMoneyUnderAttack(t *testing.T) {
	seeds := uint64(3)
	if os.Getenv("SLUICE_TEST_ATTACK") != "" {
		seeds = 10
	}
	for seed := uint64(1); seed <= seeds; seed++ {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { attackBudget(t, seed) })
	}
}

func attackBudget(t *testing.T, seed uint64) {
	v := &honestVendor{rnd: rand.New(rand.NewPCG(seed, 1))}
	up := httptest.NewServer(v)
	t.Cleanup(up.Close)
	s := start(t, strings.ReplaceAll(moneyConfig, "UPSTREAM", up.URL), nil)
	key := s.post("/v1/api-keys", `{"name":"poor","member":"poor@example.com","budget_usd":1}`).json("key").String()
	rnd := rand.New(rand.NewPCG(seed, 2))
	statuses := make([]int, 600)
	var mu sync.Mutex
	var wg sync.WaitGroup
	for i := range 200 {
		kind := moneyKinds[i%len(moneyKinds)]
		limit, wait := 50+rnd.IntN(300), time.Duration(rnd.IntN(300))*time.Millisecond
		wg.Go(func() {
			time.Sleep(wait)
			status := kind.call(s.url, key, limit)
			mu.Lock()
			defer mu.Unlock()
			statuses[status]++
		})
	}
	wg.Wait()
	var k reply
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if k = s.get("/v1/api-keys/poor"); k.json("reserved_usd").Float() == 0 || time.Now().After(end) {
			break
		}
	}
	spent := nano(t, k, "spent_usd")
	rows, counted, bound := int64(0), 0, 0
	for end := time.Now().Add(5 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		list := s.get("/v1/logs?limit=1000&api_key=" + k.json("id").String())
		rows, counted, bound = 0, 0, 0
		list.json("data").ForEach(func(_, row gjson.Result) bool {
			rows += row.Get("cost_nano_usd").Int()
			if row.Get("cost_basis").String() == "counted" {
				counted++
			}
			if row.Get("cost_over_bound").Bool() {
				bound++
			}
			return true
		})
		if list.json("data.#").Int() == 200 || time.Now().After(end) {
			break
		}
	}
	if spent != rows || spent > gateway.NanoPerUSD || bound > 0 || k.json("reserved_usd").Float() != 0 {
		t.Errorf("rows %d, account %d nano-USD of 1 USD, still reserved %s, %d rows above their limit", rows, spent, k.json("reserved_usd"), bound)
	}
	if counted == 0 || spent < gateway.NanoPerUSD/2 || statuses[200] < 20 || statuses[500] > 0 {
		t.Errorf("the attack was none: %d counted, spent %d, %d answered, %d failed", counted, spent, statuses[200], statuses[500])
	}
	if billed := v.billed.Load(); billed > gateway.NanoPerUSD {
		t.Errorf("the vendor billed %d nano-USD", billed)
	}
	s.stop(syscall.SIGTERM)
	s.launch()
	if again := nano(t, s.get("/v1/api-keys/poor"), "spent_usd"); again != spent {
		t.Errorf("after a restart spent %d, before %d", again, spent)
	}
	t.Logf("spent %s USD; %d answered, %d refused for money, %d counted", gateway.FormatUSD(spent), statuses[200], statuses[412], counted)
}

func nano(t *testing.T, r reply, field string) int64 {
	t.Helper()
	n, err := gateway.ParseUSD(field, r.json(field).Raw)
	if err != nil {
		t.Fatalf("%v in %s", err, r.body)
	}
	return n
}

// moneyKind is one kind of call.
type moneyKind struct {
	name   string
	fields string // N stands for a limit
	config string
	text   int  // bytes of the question
	leave  bool // the client goes after the first bytes of the answer
}

var moneyKinds = []moneyKind{
	{name: "bounded", fields: `"max_tokens":N`},
	{name: "streamed", fields: `"max_tokens":N,"stream":true`},
	{name: "cut by the vendor", fields: `"max_tokens":N,"stream":true,"user":"cut"`},
	{name: "aborted by the client", fields: `"max_tokens":N,"stream":true,"user":"slow"`, leave: true},
	{name: "retried", fields: `"max_tokens":N,"user":"flaky"`, config: `{"retry":{"attempts":3,"on_status_codes":[429,502]}}`},
	{name: "fallen back", fields: `"max_tokens":N,"user":"flaky"`, config: `{"fallback":["other","third"]}`},
	{name: "without a limit", fields: `"user":"slow"`},
	{name: "huge", fields: `"max_tokens":N`, text: 20_000},
	{name: "several answers", fields: `"max_completion_tokens":N,"n":3,"stream":true`},
	{name: "denied, without its limit", fields: `"max_tokens":N`, config: `{"output_guardrails":[{"default.contains":{"words":["tok"],"operator":"none"},"deny":true}],"drop_params":["max_tokens"],"fallback":["other","third"]}`},
}

// call makes one call and returns its status. A call that the vendor or the client broke
// off counts as 499.
func (k *moneyKind) call(url, key string, limit int) int {
	text := "Hello" + strings.Repeat(" world", k.text/6)
	body := `{"model":"@shop/first",` + strings.ReplaceAll(k.fields, "N", fmt.Sprint(limit)) + `,"messages":[{"role":"user","content":"` + text + `"}]}`
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, "POST", url+chat, strings.NewReader(body))
	if err != nil {
		return 599
	}
	req.Header.Set("Authorization", "Bearer "+key)
	if k.config != "" {
		req.Header.Set("X-Sluice-Config", k.config)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 499
	}
	defer res.Body.Close()
	if k.leave && res.StatusCode == 200 {
		_, _ = res.Body.Read(make([]byte, 10))
		cancel()
		return 499
	}
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		return 499
	}
	return res.StatusCode
}

// honestVendor speaks OpenAI's format. It keeps the limits that it is sent: an answer has at
// most as many words as the limit says tokens, each "tok ".
type honestVendor struct {
	mu     sync.Mutex
	rnd    *rand.Rand
	billed atomic.Int64 // nano-USD, of answers that it reported
}

func (v *honestVendor) draw(n int) int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.rnd.IntN(n)
}

func (v *honestVendor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	raw, _ := io.ReadAll(r.Body)
	body := gjson.ParseBytes(raw)
	user := body.Get("user").String()
	if user == "flaky" && v.draw(3) > 0 {
		http.Error(w, `{"error":{"message":"Not now."}}`, []int{429, 502, 503}[v.draw(3)])
		return
	}
	limit := max(body.Get("max_tokens").Int(), body.Get("max_completion_tokens").Int())
	if limit <= 0 {
		limit = 100_000 // nobody limits it
	}
	words := int(min(int64(v.draw(1_000)), limit))
	n := int(max(body.Get("n").Int(), 1))
	in, out := int64(len(raw)/4), int64(n*words)
	usage := fmt.Sprintf(`{"prompt_tokens":%d,"completion_tokens":%d,"total_tokens":%d}`, in, out, in+out)
	if !body.Get("stream").Bool() {
		if user == "slow" {
			time.Sleep(20 * time.Millisecond)
		}
		v.billed.Add(in*2_000 + out*30_000)
		choices := make([]string, n)
		for i := range choices {
			choices[i] = fmt.Sprintf(`{"index":%d,"message":{"role":"assistant","content":%q},"finish_reason":"stop"}`, i, strings.Repeat("tok ", words))
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"id":"x","object":"chat.completion","created":1,"model":"first","choices":[%s],"usage":%s}`, strings.Join(choices, ","), usage)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	said := 0
	event := func(format string, args ...any) bool {
		_, err := fmt.Fprintf(w, "data: "+format+"\n\n", args...)
		w.(http.Flusher).Flush()
		return err == nil && r.Context().Err() == nil
	}
	for said < words {
		piece := min(10, words-said)
		text, _ := json.Marshal(strings.Repeat("tok ", piece))
		for i := range n {
			if !event(`{"id":"x","object":"chat.completion.chunk","created":1,"model":"first","choices":[{"index":%d,"delta":{"content":%s},"finish_reason":null}]}`, i, text) {
				return
			}
		}
		said += piece
		switch {
		case user == "slow":
			time.Sleep(5 * time.Millisecond)
		case user == "cut" && said > words/2:
			panic(http.ErrAbortHandler)
		}
	}
	for i := range n {
		event(`{"id":"x","object":"chat.completion.chunk","created":1,"model":"first","choices":[{"index":%d,"delta":{},"finish_reason":"stop"}]}`, i)
	}
	if event(`{"id":"x","object":"chat.completion.chunk","created":1,"model":"first","choices":[],"usage":%s}`, usage) {
		v.billed.Add(in*2_000 + out*30_000)
	}
	event("[DONE]")
}
