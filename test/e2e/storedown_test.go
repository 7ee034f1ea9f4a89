package e2e

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway/gatewaytest"
	"github.com/sluicegate/sluice/telemetry/clickhouse/clickhousetest"
)

// TestStoreAwayLosesNothing starts the gateway while ClickHouse is down, kills ClickHouse again
// during traffic, and then kills the gateway. Afterwards every answered exchange has one row in
// every table that counts it.
func TestStoreAwayLosesNothing(t *testing.T) {
	srv := clickhousetest.Start(t)
	if srv.External() {
		t.Skip("the server is not ours to kill")
	}
	up := gatewaytest.NewUpstream()
	t.Cleanup(up.Close)
	dsn := srv.DSN()
	srv.Kill()
	s, _ := startScaledOut(t, storesConfig, up, dsn, "prompts/letter.prompt.yaml", canaryPrompt)
	var sent, failed atomic.Int64
	slowest := time.Duration(0)
	send := func(name string) {
		begin := time.Now()
		status, err := postOnce(s.url, `{"model":"@local/gpt-4o-mini","messages":[{"role":"user","content":"hi"}]}`, name)
		if err != nil || status != 200 {
			failed.Add(1)
			t.Errorf("%s: %d %v", name, status, err)
			return
		}
		sent.Add(1)
		slowest = max(slowest, time.Since(begin))
	}
	for i := range 20 {
		send(fmt.Sprint("down-", i))
	}
	if slowest > time.Second {
		t.Errorf("an answer took %v while the store was away", slowest)
	}
	if r := s.get("/v1/logs"); r.StatusCode != 503 || !r.json("error.message").Exists() {
		t.Errorf("logs of a store that is away: %d %s", r.StatusCode, r.body)
	}
	srv.Restart()
	s.arrived("down-19")

	var stop atomic.Bool
	var wg sync.WaitGroup
	for c := range 3 {
		wg.Go(func() {
			for n := 0; !stop.Load(); n++ {
				status, err := postOnce(s.url, `{"model":"@local/gpt-4o-mini","messages":[{"role":"user","content":"hi"}]}`, fmt.Sprintf("run-%d-%d", c, n))
				if err != nil || status != 200 {
					failed.Add(1)
					return
				}
				sent.Add(1)
				time.Sleep(2 * time.Millisecond)
			}
		})
	}
	time.Sleep(700 * time.Millisecond)
	srv.Kill()
	time.Sleep(700 * time.Millisecond)
	srv.Restart()
	time.Sleep(500 * time.Millisecond)
	stop.Store(true)
	wg.Wait()
	send("last before the end")
	time.Sleep(time.Second)
	srv.Kill() // the spool outlives both
	send("while both go down")
	time.Sleep(time.Second)
	if code := s.stop(syscall.SIGKILL); code != -1 {
		t.Fatalf("exit code %d", code)
	}
	srv.Restart()
	s.launch()
	send("after it all")
	s.arrived("after it all")
	if failed.Load() > 0 || sent.Load() < 100 {
		t.Fatalf("%d answers, %d failures\n%s", sent.Load(), failed.Load(), s.output)
	}
	conn := clickhouseAt(t, dsn)
	for _, q := range []string{
		"SELECT toInt64(count()) FROM llm_requests", "SELECT toInt64(uniqExact(request_id)) FROM llm_requests", "SELECT toInt64(uniqExact(trace_ref)) FROM llm_requests",
		"SELECT toInt64(sum(requests)) FROM llm_1m", "SELECT toInt64(count()) FROM audit_log WHERE action = 'chat'", "SELECT toInt64(countIf(SpanKind = 'Server')) FROM otel_traces",
		"SELECT toInt64(countIf(SpanKind = 'Client')) FROM otel_traces", "SELECT toInt64(countIf(kind = 'request')) FROM llm_payloads", "SELECT toInt64(sum(rows)) FROM ingest_batches FINAL",
	} {
		var n int64
		if err := conn.QueryRow(t.Context(), q).Scan(&n); err != nil || n != sent.Load() {
			t.Errorf("%s: %d, want %d, %v", q, n, sent.Load(), err)
		}
	}
	if r := s.get("/v1/audit-logs/verify"); !r.json("ok").Bool() {
		t.Errorf("the audit chains: %s", r.body)
	}
	t.Logf("%d answers, all there", sent.Load())
}

// arrived waits for a row that a store receives late because it was down.
func (s *server) arrived(trace string) {
	s.t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if r := s.get("/v1/logs?trace_id=" + strings.ReplaceAll(trace, " ", "%20")); r.json("data.#").Int() > 0 {
			return
		}
	}
	s.t.Fatalf("no row for %s after 20 s\n%s", trace, s.output)
}
