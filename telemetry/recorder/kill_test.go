package recorder_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/audit"
	"github.com/sluicegate/sluice/telemetry/listing"
	"github.com/sluicegate/sluice/telemetry/recorder"
	"github.com/sluicegate/sluice/telemetry/spool"
	"github.com/sluicegate/sluice/telemetry/sqlite"
	"github.com/sluicegate/sluice/telemetry/telemetrytest"
)

const childEnv = "SLUICE_TELEMETRY_CHILD"

// TestKill9 kills a recording process at random moments and restarts it on the same files, several
// times. Every exchange that had ended some time before a kill must be stored, once. The
// audit chain must hold from its first row to its last.
func TestKill9(t *testing.T) {
	if mode := os.Getenv(childEnv); mode != "" {
		child(mode, os.Getenv(childEnv+"_DIR"))
		return
	}
	for _, mode := range []string{"sqlite", "spool"} {
		t.Run(mode, func(t *testing.T) {
			dir := t.TempDir()
			var owed []string
			for range 4 {
				owed = append(owed, killed(t, mode, dir)...)
			}
			if len(owed) < 20 {
				t.Fatalf("only %d exchanges to look for", len(owed))
			}
			rows, chains := survivors(t, mode, dir)
			for _, id := range owed {
				if rows[id] == 0 {
					t.Errorf("%s is lost", id)
				}
			}
			for id, n := range rows {
				if n > 1 {
					t.Errorf("%s is there %d times", id, n)
				}
			}
			vs, err := audit.Verify(t.Context(), chains, audit.VerifyOptions{})
			if err != nil || len(vs) != 1 || vs[0].Bad != 0 || int(vs[0].Rows) != len(rows) {
				t.Errorf("%+v for %d rows, %v", vs, len(rows), err)
			}
		})
	}
}

// slack is twice the time in which rows are promised to be stored, because the disk may be busy with
// other tests.
const slack = 2 * time.Second

// killed runs a child, kills it, and returns the ids that must be stored.
func killed(t *testing.T, mode, dir string) (owed []string) {
	cmd := exec.Command(os.Args[0], "-test.run=^TestKill9$")
	cmd.Env = append(os.Environ(), childEnv+"="+mode, childEnv+"_DIR="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(2300*time.Millisecond+rand.N(400*time.Millisecond), func() { cmd.Process.Kill() })
	defer timer.Stop()
	var last int64
	type seen struct {
		id string
		at int64
	}
	var all []seen
	for s := bufio.NewScanner(out); s.Scan(); {
		id, at, ok := strings.Cut(s.Text(), " ")
		if ns, err := strconv.ParseInt(at, 10, 64); ok && err == nil {
			all = append(all, seen{id, ns})
			last = ns
		}
	}
	_ = cmd.Wait() // killed
	for _, s := range all {
		if last-s.at > int64(slack) {
			owed = append(owed, s.id)
		}
	}
	return owed
}

var errAway = errors.New("away")

// child records until it is killed. It prints the id of every exchange that has ended.
func child(mode, dir string) {
	var w telemetry.Writer
	var err error
	if mode == "sqlite" {
		w, err = sqlite.Open(context.Background(), filepath.Join(dir, "t.db"))
	} else {
		sink := &telemetrytest.Sink{Fail: func(int, *telemetry.Batch) error { return errAway }}
		w, err = spool.Open(spool.Config{Dir: dir, Next: sink, SegmentAge: 200 * time.Millisecond})
	}
	if err != nil {
		panic(err)
	}
	r, err := recorder.New(recorder.Config{Writer: w, Cleanse: cleanse})
	if err != nil {
		panic(err)
	}
	for {
		ex := exchange(`{"model":"gpt-5","messages":[{"role":"user","content":"hi"}]}`)
		_ = answer(r, ex, nil, body("Hello"))
		fmt.Println(ex.ID, time.Now().UnixNano())
		time.Sleep(3 * time.Millisecond)
	}
}

func survivors(t *testing.T, mode, dir string) (map[string]int, audit.ChainReader) {
	t.Helper()
	if mode == "spool" {
		sink := &telemetrytest.Sink{}
		s, err := spool.Open(spool.Config{Dir: dir, Next: sink})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		store := open(t)
		if err := store.Write(t.Context(), &telemetry.Batch{ID: "all", Audit: sink.Audit()}); err != nil {
			t.Fatal(err)
		}
		return sink.Rows(), store
	}
	s, err := sqlite.Open(t.Context(), filepath.Join(dir, "t.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	rows := map[string]int{}
	q := telemetry.Query{Scope: listing.AllWorkspaces(), Limit: listing.MaxPage}
	for {
		p, err := s.Logs(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range p.Records {
			rows[r.ID]++
		}
		if q.Cursor = p.Next; q.Cursor == "" {
			return rows, s
		}
	}
}
