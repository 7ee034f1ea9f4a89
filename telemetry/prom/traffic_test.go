package prom_test

import (
	"fmt"
	"io"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/prom"
	"github.com/sluicegate/sluice/telemetry/telemetrytest"
)

func scrape(t *testing.T, m *prom.Metrics) string {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	body, err := io.ReadAll(w.Result().Body)
	if err != nil || w.Code != 200 {
		t.Fatal(w.Code, err, string(body))
	}
	return string(body)
}

func answered(model string) *telemetry.Record {
	return &telemetry.Record{ID: "01J", Op: "chat", Provider: "openai", Model: "asked", Status: 200, FirstByte: -1, Latency: 2 * time.Second, Upstream: 1900 * time.Millisecond,
		Member: "m-secret", MemberName: "ann@x.example", Workspace: "ws-secret", APIKey: "k-secret",
		Attempts: []telemetry.Attempt{{Target: "config", Provider: "openai", Model: model, Status: 200}}}
}

func TestTrafficIsCounted(t *testing.T) {
	m := prom.New()
	one := answered("gpt-5")
	one.Usage = &gateway.Usage{Input: 10, Output: 5, CacheRead: 4}
	one.Cost = gateway.Cost{Known: true, Nano: 2_500_000_000}
	one.FirstByte = 300 * time.Millisecond
	one.Guardrails = []telemetry.Guardrail{{ID: "words", Pass: true}, {ID: "words", Output: true, Action: gateway.ActionDeny}, {ID: "words", Replayed: true, Pass: true}}
	hit := answered("gpt-5")
	hit.Attempts, hit.Model, hit.Upstream, hit.Latency = nil, "gpt-5", 0, 200*time.Microsecond
	hit.Cache.Status, hit.Cost = gateway.CacheHit, gateway.Cost{Known: true, Saved: 5e8}
	hit.Usage = &gateway.Usage{Input: 1000}
	fell := answered("gpt-5")
	fell.Attempts = []telemetry.Attempt{{Target: "a", Provider: "anthropic", Status: 429}, {Target: "a", Retry: 1, Provider: "anthropic"}, fell.Attempts[0]}
	fell.Usage = &gateway.Usage{Input: 1}
	bad := &telemetry.Record{Outcome: telemetry.OutcomeClientError, Status: 401, FirstByte: -1, Model: "who knows"}
	m.Export([]*telemetry.Record{one, hit})
	m.Export([]*telemetry.Record{fell, bad})
	text := scrape(t, m)
	for _, want := range []string{
		`sluice_requests_total{model="gpt-5",operation="chat",outcome="ok",provider="openai"} 3`,
		`sluice_requests_total{model="other",operation="",outcome="client_error",provider=""} 1`,
		`sluice_tokens_total{model="gpt-5",provider="openai",type="input"} 11`,
		`sluice_tokens_total{model="gpt-5",provider="openai",type="cache_read"} 4`,
		`sluice_cost_usd_total{model="gpt-5",provider="openai"} 2.5`,
		`sluice_cost_saved_usd_total{model="gpt-5"} 0.5`,
		`sluice_cost_unknown_total{model="gpt-5",provider="openai"} 1`,
		`sluice_attempts_total{provider="anthropic",status_class="4xx"} 1`,
		`sluice_attempts_total{provider="anthropic",status_class="none"} 1`,
		`sluice_attempts_total{provider="openai",status_class="2xx"} 2`,
		`sluice_fallbacks_total{provider="anthropic"} 1`,
		`sluice_retries_total{provider="anthropic"} 1`,
		`sluice_guardrail_verdicts_total{guardrail="words",phase="input",verdict="pass"} 1`,
		`sluice_guardrail_verdicts_total{guardrail="words",phase="output",verdict="deny"} 1`,
		`sluice_request_duration_seconds_count{cache="hit",operation="chat",provider="openai"} 1`,
		`sluice_request_duration_seconds_bucket{cache="off",operation="chat",provider="openai",le="2.5"} 2`,
		`sluice_gateway_overhead_seconds_bucket{cache="hit",operation="chat",le="0.00025"} 1`,
		`sluice_upstream_duration_seconds_count{operation="chat",provider="openai"} 2`,
		`sluice_ttft_seconds_bucket{cache="off",provider="openai",le="0.5"} 1`,
	} {
		if !strings.Contains(text, want+"\n") {
			t.Errorf("no %s", want)
		}
	}
	if strings.Contains(text, "secret") || strings.Contains(text, "ann@") || strings.Contains(text, "who knows") {
		t.Error("a label tells who asked")
	}
	if t.Failed() {
		t.Log(text[strings.Index(text, "sluice_"):])
	}
}

// TestLabelsAreBounded sends names as a caller may write them.
func TestLabelsAreBounded(t *testing.T) {
	m := prom.New()
	var rs []*telemetry.Record
	for i := range 3 * prom.MaxNames {
		r, failed := answered(fmt.Sprint("model-", i)), answered(fmt.Sprint("nobody-", i))
		r.Guardrails = []telemetry.Guardrail{{ID: fmt.Sprint("g-", i), Pass: true}}
		failed.Outcome = telemetry.OutcomeProviderError
		rs = append(rs, failed, r)
	}
	rs = append(rs, answered("\xff\xfe"), answered(strings.Repeat("x", 10_000)))
	m.Export(rs)
	text := scrape(t, m)
	models, guards := map[string]bool{}, map[string]bool{}
	for _, l := range regexp.MustCompile(`(model|guardrail)="([^"]*)"`).FindAllStringSubmatch(text, -1) {
		if l[1] == "model" {
			models[l[2]] = true
		} else {
			guards[l[2]] = true
		}
	}
	if len(models) != prom.MaxNames+1 || len(guards) != prom.MaxNames+1 || !models["other"] || strings.Contains(text, "nobody-") {
		t.Errorf("%d models, %d guardrails", len(models), len(guards))
	}
}

func TestGaugeBy(t *testing.T) {
	m, open := prom.New(), map[string]int{"openai": 2}
	m.GaugeBy("circuit_breakers_open", "Help.", "provider", func() map[string]int { return open })
	if text := scrape(t, m); !strings.Contains(text, "\nsluice_circuit_breakers_open{provider=\"openai\"} 2\n") {
		t.Error(text[strings.Index(text, "sluice_"):])
	}
	delete(open, "openai")
	if text := scrape(t, m); strings.Contains(text, "circuit_breakers") {
		t.Error("a number that is gone is shown")
	}
}

func TestScrapeWhileCounting(t *testing.T) {
	m := prom.New()
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			g := telemetrytest.NewGenerator(uint64(i), telemetrytest.Begin())
			for range 100 {
				m.Export([]*telemetry.Record{g.Record()})
			}
		})
	}
	for range 10 {
		scrape(t, m)
	}
	wg.Wait()
	n := 0
	for _, l := range regexp.MustCompile(`sluice_requests_total\{.*\} (\d+)`).FindAllStringSubmatch(scrape(t, m), -1) {
		var v int
		fmt.Sscan(l[1], &v)
		n += v
	}
	if n != 400 {
		t.Errorf("%d of 400 counted", n)
	}
}

func BenchmarkExport(b *testing.B) {
	m, g := prom.New(), telemetrytest.NewGenerator(1, telemetrytest.Begin())
	rs := []*telemetry.Record{g.Record(), g.Record(), g.Record(), g.Record()}
	for b.Loop() {
		m.Export(rs)
	}
}
