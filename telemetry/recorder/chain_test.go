package recorder_test

import (
	"bytes"
	"context"
	"database/sql"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sluicegate/sluice/telemetry/audit"
	"github.com/sluicegate/sluice/telemetry/recorder"
	"github.com/sluicegate/sluice/telemetry/sqlite"
	"github.com/sluicegate/sluice/telemetry/telemetrytest"
)

func heads(t *testing.T, dir string) *audit.Heads {
	t.Helper()
	h, err := audit.OpenHeads(dir+"/heads.json", []byte("key"))
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// runOnce records n exchanges on the store in dir as one run of the server.
func runOnce(t *testing.T, store *sqlite.Store, cfg recorder.Config, n int) {
	t.Helper()
	cfg.Writer = store
	r := start(t, cfg)
	for range n {
		_ = answer(r, exchange(chat), nil, body("x"))
	}
	if err := r.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func verify(t *testing.T, store *sqlite.Store, h *audit.Heads) (bad string) {
	t.Helper()
	verdicts, err := audit.Verify(t.Context(), store, audit.VerifyOptions{Heads: h.Known(), Forged: h.Forged()})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range verdicts {
		if v.Bad != 0 {
			bad += v.Chain + ": " + v.Reason + "\n"
		}
	}
	return bad
}

// TestCutTailIsNoticed deletes the last 20 events: they are missed, also after a restart, which
// does not continue the chain as if nothing had happened.
func TestCutTailIsNoticed(t *testing.T) {
	dir := t.TempDir()
	store, err := sqlite.Open(t.Context(), dir+"/t.db")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	runOnce(t, store, recorder.Config{Node: "a", Heads: heads(t, dir)}, 50)
	if bad := verify(t, store, heads(t, dir)); bad != "" {
		t.Fatal(bad)
	}
	db, err := sql.Open("sqlite", "file:"+dir+"/t.db")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("DROP TRIGGER audit_no_delete; DELETE FROM audit WHERE seq > 30"); err != nil {
		t.Fatal(err)
	}
	const want = "a: rows 31 to 50 are missing at the end\n"
	if bad := verify(t, store, heads(t, dir)); bad != want {
		t.Errorf("verify says %q", bad)
	}
	for range 2 {
		runOnce(t, store, recorder.Config{Node: "a", Heads: heads(t, dir)}, 30)
		if bad := verify(t, store, heads(t, dir)); bad != want {
			t.Errorf("after a restart verify says %q", bad)
		}
	}
	chains, err := store.Chains(t.Context())
	if err != nil || len(chains) != 2 || !strings.HasPrefix(chains[1], "a.") {
		t.Errorf("chains %v, %v", chains, err)
	}
	raw, err := os.ReadFile(dir + "/heads.json")
	if err != nil {
		t.Fatal(err)
	}
	forged := strings.Replace(string(raw), `"seq": 50`, `"seq": 30`, 1)
	if err := os.WriteFile(dir+"/heads.json", []byte(forged), 0o600); err != nil {
		t.Fatal(err)
	}
	if bad := verify(t, store, heads(t, dir)); !strings.Contains(bad, "a: ") {
		t.Errorf("a forged head is accepted: %q", bad)
	}
}

// lockedBuffer is a buffer that a log may write to while a test reads it.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// TestHeadIsNotedWhileRunning: a process that is killed has noted the head of all that it wrote,
// in the file and, signed alike, in the log.
func TestHeadIsNotedWhileRunning(t *testing.T) {
	dir := t.TempDir()
	var lines lockedBuffer
	r := start(t, recorder.Config{Writer: &telemetrytest.Sink{}, Node: "a", Heads: heads(t, dir), Log: slog.New(slog.NewTextHandler(&lines, nil))})
	for n := uint64(1); n <= 3; n++ {
		if err := r.Audit(t.Context(), audit.Event{Action: "test"}); err != nil {
			t.Fatal(err)
		}
		for end := time.Now().Add(3 * time.Second); heads(t, dir).Known()["a"].Seq != n; time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("%d rows are written, the noted head is %+v", n, heads(t, dir).Known()["a"])
			}
		}
	}
	for end := time.Now().Add(3 * time.Second); !strings.Contains(lines.String(), `msg="audit head" chain=a seq=1 hash=`); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("the log has no head: %s", lines.String())
		}
	}
}

// TestTwoInstancesOnOneStore: each writes its own chain. The second names the first, so that even
// without its signed head nobody can cut what the second has seen.
func TestTwoInstancesOnOneStore(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	store, err := sqlite.Open(t.Context(), dir+"/t.db")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	runOnce(t, store, recorder.Config{Node: "a", Heads: heads(t, dir)}, 10)
	runOnce(t, store, recorder.Config{Node: "b", Heads: heads(t, other), Predecessor: func(ctx context.Context) (string, audit.Head, error) {
		h, err := store.Head(ctx, "a")
		return "a", h, err
	}}, 10)
	runOnce(t, store, recorder.Config{Node: "a", Heads: heads(t, dir)}, 10)
	verdicts, err := audit.Verify(t.Context(), store, audit.VerifyOptions{})
	if err != nil || len(verdicts) != 2 || verdicts[0].Bad+verdicts[1].Bad != 0 || verdicts[0].Rows != 20 || verdicts[1].Rows != 11 {
		t.Fatalf("%+v, %v", verdicts, err)
	}
	db, err := sql.Open("sqlite", "file:"+dir+"/t.db")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("DROP TRIGGER audit_no_delete; DELETE FROM audit WHERE chain_id = 'a' AND seq > 7"); err != nil {
		t.Fatal(err)
	}
	verdicts, err = audit.Verify(t.Context(), store, audit.VerifyOptions{})
	if err != nil || verdicts[0].Bad != 8 {
		t.Errorf("%+v, %v", verdicts, err)
	}
}
