package e2e

import (
	"fmt"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

// TestKilledServerKeepsItsRows kills the process during traffic. After a restart, every
// exchange that was answered more than a second before has exactly one row, and the audit chain
// verifies.
func TestKilledServerKeepsItsRows(t *testing.T) {
	up := gatewaytest.NewUpstream()
	defer up.Close()
	s := start(t, clients, up)
	type answered struct {
		id string
		at time.Time
	}
	var (
		mu   sync.Mutex
		all  []answered
		stop atomic.Bool
		wg   sync.WaitGroup
		sent atomic.Int64
	)
	for c := range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for n := 0; !stop.Load(); n++ {
				id := fmt.Sprintf("crash-%d-%d", c, n)
				r, err := postOnce(s.url, `{"model":"@local/gpt-mock","messages":[{"role":"user","content":"hi"}]}`, id)
				if err != nil || r != 200 {
					return
				}
				sent.Add(1)
				mu.Lock()
				all = append(all, answered{id, time.Now()})
				mu.Unlock()
			}
		}()
	}
	time.Sleep(2500 * time.Millisecond)
	killed := time.Now()
	_ = s.cmd.Process.Signal(syscall.SIGKILL)
	stop.Store(true)
	wg.Wait()
	_ = s.cmd.Wait()
	if sent.Load() < 20 {
		t.Fatalf("only %d answers before the kill: the test proves nothing", sent.Load())
	}
	s.launch()
	old := 0
	for _, a := range all {
		if killed.Sub(a.at) < time.Second {
			continue
		}
		old++
		if r := s.get("/v1/logs/" + a.id); r.json("data.#").Int() != 1 {
			t.Fatalf("%s, answered %v before the kill: %d rows\n%s", a.id, killed.Sub(a.at), r.json("data.#").Int(), r.body)
		}
	}
	if old == 0 {
		t.Fatal("no exchange was older than a second")
	}
	if r := s.get("/v1/audit-logs/verify"); r.StatusCode != 200 || !r.json("ok").Bool() {
		t.Errorf("the audit chain: %s", r.body)
	}
	t.Logf("%d answers, %d older than a second, all there", len(all), old)
}

// TestDrain stops a server with a running stream: the stream ends normally, its row is stored,
// and the exit code is 0.
func TestDrain(t *testing.T) {
	up := gatewaytest.NewUpstream()
	defer up.Close()
	up.Set("gpt-mock", gatewaytest.Reply{Pieces: []string{"a", "b", "c", "d", "e", "f"}, Fault: gatewaytest.Fault{Between: 150 * time.Millisecond}})
	s := start(t, clients, up)
	done := make(chan reply, 1)
	go func() {
		done <- s.post("/v1/chat/completions", `{"model":"@local/gpt-mock","stream":true,"messages":[{"role":"user","content":"hi"}]}`, "X-Sluice-Trace-Id", "drained")
	}()
	for up.Open() == 0 {
		time.Sleep(10 * time.Millisecond)
	}
	time.Sleep(200 * time.Millisecond)
	if code := s.stop(syscall.SIGTERM); code != 0 {
		t.Errorf("exit code %d\n%s", code, s.output)
	}
	if r := <-done; texts(r.body) != "abcdef" {
		t.Errorf("the stream was cut: %q", r.body)
	}
	s.launch()
	if row := s.logged("drained"); row.Get("status").Int() != 200 {
		t.Errorf("the row: %s", row.Raw)
	}
}
