// Package clickhousetest gives tests a real ClickHouse: the one that SLUICE_TEST_CLICKHOUSE
// names, else libchdb behind the helper in ../chdb.
package clickhousetest

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// Server is an engine for one test.
type Server struct {
	t      testing.TB
	bin    string
	lib    string
	dir    string
	addr   string
	cmd    *exec.Cmd
	stdin  io.Closer
	extern string
}

var databases atomic.Int64

// Start gives a server that ends with the test. Without the library the test fails and says
// what to run, unless SLUICE_TEST_NO_CLICKHOUSE=1 asks to skip.
func Start(t testing.TB) *Server {
	t.Helper()
	if dsn := os.Getenv("SLUICE_TEST_CLICKHOUSE"); dsn != "" {
		return &Server{t: t, extern: dsn}
	}
	if os.Getenv("SLUICE_TEST_NO_CLICKHOUSE") == "1" {
		t.Skip("SLUICE_TEST_NO_CLICKHOUSE=1")
	}
	_, here, _, _ := runtime.Caller(0)
	helper := filepath.Join(filepath.Dir(here), "..", "chdb")
	s := &Server{t: t, dir: t.TempDir(), bin: filepath.Join(t.TempDir(), "chdb"),
		lib: filepath.Join(helper, "node_modules", "@chdb", "lib-linux-x64-gnu", "libchdb.so")}
	if _, err := os.Stat(s.lib); err != nil {
		t.Fatalf("no ClickHouse engine: run `npm ci --prefix telemetry/clickhouse/chdb`, or name a server in SLUICE_TEST_CLICKHOUSE, or set SLUICE_TEST_NO_CLICKHOUSE=1 to skip (%v)", err)
	}
	build := exec.Command("go", "build", "-trimpath", "-o", s.bin, ".")
	build.Dir = helper
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the helper: %v\n%s", err, out)
	}
	s.addr = "127.0.0.1:0"
	s.Restart()
	t.Cleanup(s.Kill)
	return s
}

// Restart starts the engine on the same data and address.
func (s *Server) Restart() {
	s.t.Helper()
	s.cmd = exec.Command(s.bin, "-lib", s.lib, "-path", s.dir, "-listen", s.addr)
	s.cmd.Stderr = os.Stderr
	in, err := s.cmd.StdinPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.stdin = in
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		s.t.Fatalf("the helper did not start: %v", err)
	}
	s.addr = strings.TrimSpace(line)
}

// Kill ends the engine as a power cut would.
func (s *Server) Kill() {
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Kill() // it may have ended
	_ = s.cmd.Wait()
	s.stdin.Close()
	s.cmd = nil
}

// External reports whether the server is one that the environment names.
func (s *Server) External() bool { return s.extern != "" }

// DSN gives the address of a database of its own, new each time.
func (s *Server) DSN() string {
	db := fmt.Sprintf("sluice_test_%d_%d", time.Now().UnixNano(), databases.Add(1))
	if s.extern != "" {
		base, query, _ := strings.Cut(s.extern, "?")
		scheme, rest, _ := strings.Cut(base, "://")
		host, _, _ := strings.Cut(rest, "/")
		if query != "" {
			query = "?" + query
		}
		return scheme + "://" + host + "/" + db + query
	}
	return "http://" + s.addr + "/" + db
}

// Context is one that ends before the test would time out.
func Context(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}
