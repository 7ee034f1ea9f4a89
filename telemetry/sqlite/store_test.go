package sqlite_test

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/audit"
	"github.com/sluicegate/sluice/telemetry/sqlite"
	"github.com/sluicegate/sluice/telemetry/telemetrytest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t testing.TB) (*sqlite.Store, string) {
	t.Helper()
	path := t.TempDir() + "/a ?b#c%41.db"
	s, err := sqlite.Open(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	return s, path
}

func TestStore(t *testing.T) {
	telemetrytest.Store(t, func(t *testing.T) telemetry.Store { s, _ := open(t); return s })
}

func TestSecondInstanceIsRefused(t *testing.T) {
	s, path := open(t)
	defer s.Close()
	if _, err := sqlite.Open(t.Context(), path); err == nil || !strings.Contains(err.Error(), "Another process") {
		t.Fatal(err)
	}
}

// TestTampering changes audit rows behind the store's back, in every way there is.
func TestTampering(t *testing.T) {
	for _, c := range []struct {
		name, do string
		bad      uint64
	}{
		{"flip a byte", "UPDATE audit SET canonical = replace(canonical, 'm0', 'm9') WHERE seq = 6", 6},
		{"change a column", "UPDATE audit SET workspace = 'other' WHERE seq = 4", 4},
		{"delete", "DELETE FROM audit WHERE seq = 5", 5},
		{"delete the first", "DELETE FROM audit WHERE seq = 1", 1},
		{"swap", "UPDATE audit SET seq = CASE seq WHEN 3 THEN 103 ELSE 3 END WHERE seq IN (3, 7); UPDATE audit SET seq = 7 WHERE seq = 103", 3},
		{"insert", "INSERT INTO audit (chain_id, seq, ts, workspace, prev_hash, hash, canonical) SELECT chain_id, 11, ts, workspace, hash, hash, canonical FROM audit WHERE seq = 10", 11},
		{"forge a hash", "UPDATE audit SET hash = zeroblob(32) WHERE seq = 8", 8},
		{"cut the tail", "DELETE FROM audit WHERE seq > 8", 9},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, path := open(t)
			defer s.Close()
			var head audit.Head
			for i := range 10 {
				row := telemetrytest.Link(&head, "n", i+1)
				if err := s.Write(t.Context(), &telemetry.Batch{ID: fmt.Sprint(i), Audit: []audit.Row{row}}); err != nil {
					t.Fatal(err)
				}
			}
			db, err := sql.Open("sqlite", "file:"+strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(path))
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			for _, q := range []string{"UPDATE audit SET ts = 0", "DELETE FROM audit"} {
				if _, err := db.Exec(q); err == nil || !strings.Contains(err.Error(), "append-only") {
					t.Fatalf("%s: %v", q, err)
				}
			}
			if _, err := db.Exec("DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete; " + c.do); err != nil {
				t.Fatal(err)
			}
			vs, err := audit.Verify(t.Context(), s, audit.VerifyOptions{Heads: map[string]audit.Head{"n": head}})
			if err != nil || len(vs) != 1 || vs[0].Bad != c.bad {
				t.Fatalf("%+v, %v", vs, err)
			}
		})
	}
}

// BenchmarkWrite is the cost of one exchange with its audit event, bodies of 1 KB each.
func BenchmarkWrite(b *testing.B) {
	s, _ := open(b)
	defer s.Close()
	g := telemetrytest.NewGenerator(1, time.Now())
	var head audit.Head
	body := []byte(`{"text":"` + strings.Repeat("The quick brown fox jumps over the lazy dog. ", 20) + `"}`)
	for b.Loop() {
		b.StopTimer()
		batch := &telemetry.Batch{ID: fmt.Sprint(head.Seq)}
		for range 500 {
			r := g.Record()
			r.Request, r.Response = body, body
			batch.Rows = append(batch.Rows, r)
			batch.Audit = append(batch.Audit, telemetrytest.Link(&head, "n", 1))
		}
		before := cpu()
		b.StartTimer()
		if err := s.Write(context.Background(), batch); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		spent += cpu() - before
		b.StartTimer()
	}
	b.ReportMetric(float64(spent.Nanoseconds())/float64(head.Seq), "cpu-ns/row")
	spent = 0
}

var spent time.Duration

func cpu() time.Duration {
	var r syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &r)
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
