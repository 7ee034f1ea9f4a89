package app

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/internal/config"
)

const checksConfig = `
virtual_keys:
  - {name: answers, provider: openai, base_url: "%[1]s/v1", api_key: none, prices: {"*": {input: 1, output: 2}}}
  - {name: judge, provider: openai, base_url: "%[1]s/v1", api_key: none, prices: {"*": {input: 1, output: 2}}}
cache: {semantic: {embedder: builtin, checks: {judge: "@judge/jury", daily_budget: %[2]s, shadow: 100%%}}}
`

// judgedVendor answers each call otherwise, and as a judge with a verdict.
type judgedVendor struct {
	*httptest.Server
	mu     sync.Mutex
	calls  int
	judged []string // bodies
}

func newJudgedVendor(t *testing.T, verdict string) *judgedVendor {
	v := &judgedVendor{}
	v.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		v.mu.Lock()
		defer v.mu.Unlock()
		text := verdict
		if gjson.GetBytes(body, "model").String() == "jury" {
			v.judged = append(v.judged, string(body))
		} else {
			v.calls++
			text = fmt.Sprintf("The sky is blue since short waves of light scatter %s.", []string{"more than long ones do", "most of all in clean air"}[v.calls%2])
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(w, `{"id":"c","object":"chat.completion","created":7,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":%q},"finish_reason":"stop"}],"usage":{"prompt_tokens":100,"completion_tokens":10,"total_tokens":110}}`, text)
	}))
	t.Cleanup(v.Close)
	return v
}

func (v *judgedVendor) judgements() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.judged
}

// openChecks opens an office whose cache is checked.
func openChecks(t *testing.T, v *judgedVendor, budget string) *office {
	cfg, err := config.Read("sluice.yaml", fmt.Appendf(nil, checksConfig, v.URL, budget), os.LookupEnv, Checks())
	if err != nil {
		t.Fatal(err)
	}
	return openOffice(t, func(c *config.Config) { c.VirtualKeys, c.Cache = cfg.VirtualKeys, cfg.Cache })
}

// hit stores an answer and has it served to a near question.
func (o *office) hit() {
	o.t.Helper()
	for i, text := range []string{"Why is the sky so blue in summer?", "Tell me, why is the sky so blue in summer?"} {
		w := o.send(ownersKey, "/v1/chat/completions", `{"model":"@answers/m","messages":[{"role":"user","content":"`+text+`"}]}`, `{"cache":"semantic"}`)
		if got := w.Header().Get("X-Sluice-Cache-Status"); w.Code != http.StatusOK || got != []string{"SEMANTIC MISS", "SEMANTIC HIT"}[i] {
			o.t.Fatalf("%s: %d %s %s", text, w.Code, got, w.Body)
		}
	}
}

// waitFor polls the report of the cache until it is as wanted.
func (o *office) waitForReport(wanted func(gjson.Result) bool) gjson.Result {
	o.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		x := o.must("GET", "/v1/cache/report", "")
		if wanted(x) {
			return x
		}
		if time.Now().After(deadline) {
			o.t.Fatalf("the report stays %s", x)
		}
	}
}

// TestShadowAndJudge asks the whole server: a hit is followed by the call that it saved, a judge is
// asked about the answers, the label is counted, and both calls have rows of their own.
func TestShadowAndJudge(t *testing.T) {
	v := newJudgedVendor(t, "same")
	o := openChecks(t, v, "1")
	o.hit()
	x := o.waitForReport(func(x gjson.Result) bool { return x.Get("groups.0.checked").Int() == 1 })
	if x.Get("groups.0.wrong").Int() != 0 || x.Get("judge_calls").Int() != 1 || x.Get("shadow_calls").Int() != 1 {
		t.Errorf("%s", x)
	}
	// 100 tokens at 1 and 10 at 2 USD per million, twice; one such call was saved.
	if x.Get("checks_usd").Num != .00024 || x.Get("saved_usd").Num != .00012 || x.Get("net_saved_usd").Num != -.00012 {
		t.Errorf("%s", x)
	}
	judged := v.judgements()
	if len(judged) != 1 || !strings.Contains(judged[0], "why is the sky so blue") || strings.Count(judged[0], "The sky is blue since") != 2 {
		t.Fatalf("%q", judged)
	}
	for _, purpose := range []string{"cache_judge", "cache_shadow"} {
		var row gjson.Result
		for deadline := time.Now().Add(30 * time.Second); !row.Exists(); time.Sleep(20 * time.Millisecond) {
			row = o.must("GET", "/v1/logs?metadata._purpose="+purpose, "").Get("data.0")
			if time.Now().After(deadline) {
				t.Fatalf("there is no row of %s: %s", purpose, o.must("GET", "/v1/logs", ""))
			}
		}
		if row.Get("cost_usd").Num != .00012 || row.Get("api_key").String() != "" || row.Get("cache.status").String() != "DISABLED" {
			t.Errorf("%s: %s", purpose, row)
		}
	}
	spent := o.must("GET", "/v1/policies/usage-limits/file:cache.semantic.checks/entities", "")
	if spent.Get("data.#").Int() != 1 || spent.Get("data.0.spent_usd").Num != .00024 {
		t.Errorf("%s", spent)
	}
}

// TestJudgeWithoutBudget holds that a budget which does not pay for a call means that none is made,
// and that callers notice nothing.
func TestJudgeWithoutBudget(t *testing.T) {
	v := newJudgedVendor(t, "same")
	o := openChecks(t, v, "0.000000001")
	o.hit()
	for deadline := time.Now().Add(30 * time.Second); o.must("GET", "/v1/cache", "").Get("checks_failed").Int() == 0; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("no call was refused")
		}
	}
	if x := o.must("GET", "/v1/cache/report", ""); x.Get("checks_usd").Num != 0 || x.Get("groups.0.checked").Int() != 0 || len(v.judgements()) != 0 {
		t.Errorf("%s", x)
	}
}
