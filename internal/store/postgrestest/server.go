package postgrestest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// password of the server's only user; tests look for it where it must not stand.
const password = "pg-test-password"

// startTime bounds the start of a server on a loaded machine.
const startTime = time.Minute

// Server is one that a test owns.
type Server struct {
	engine engine
	dir    string // of the cluster
	brief  bool   // the shell removes dir when the server ends
	port   int
	cmd    *exec.Cmd
	alive  io.Closer // closing it ends the server
}

// Start starts a server that ends with the test. It needs the engine: SLUICE_TEST_POSTGRES does
// not serve tests that stop their server.
func Start(t testing.TB) *Server {
	t.Helper()
	skipIfAsked(t)
	s, err := start(false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Stop(); os.RemoveAll(s.dir) })
	return s
}

// Database returns the URL of an empty database of this server.
func (s *Server) Database(t testing.TB) string { t.Helper(); return create(t, s.url()) }

// Stop ends the server at once, as a crash would.
func (s *Server) Stop() {
	if s.cmd == nil {
		return
	}
	s.alive.Close()
	_ = s.cmd.Wait() // the shell's code tells nothing
	s.cmd = nil
}

// Restart starts a stopped server on the same data and port.
func (s *Server) Restart(t testing.TB) {
	t.Helper()
	if err := s.launch(); err != nil {
		t.Fatal(err)
	}
}

// start makes a cluster and starts its server. brief says that nobody starts it again.
func start(brief bool) (*Server, error) {
	e, err := findEngine()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "sluice-postgres-")
	if err != nil {
		return nil, err
	}
	s := &Server{engine: e, dir: dir, brief: brief}
	if err := s.initialise(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	for range 5 { // another process may take the port
		if s.port, err = freePort(); err == nil {
			if err = s.launch(); err == nil {
				return s, nil
			}
		}
	}
	return nil, errors.Join(err, os.RemoveAll(dir))
}

// initialise makes the cluster. Its texts sort as a dictionary does, so that a query that counts
// on the order of bytes fails.
func (s *Server) initialise() error {
	secret := filepath.Join(s.dir, "password")
	if err := os.WriteFile(secret, []byte(password), 0o600); err != nil {
		return err
	}
	if s.engine.user != nil {
		for _, path := range []string{s.dir, secret} {
			if err := os.Chown(path, int(s.engine.user.Uid), int(s.engine.user.Gid)); err != nil {
				return err
			}
		}
	}
	cmd := s.engine.command("initdb", "--pgdata", s.data(), "--username=sluice", "--pwfile="+secret, "--auth=scram-sha-256", "--encoding=UTF8",
		"--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US", "--no-sync")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	return nil
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

// launch starts the server and waits until it answers. The shell ends it when its standard
// input does.
func (s *Server) launch() error {
	const watch = `log=$1 gone=$2; shift 2; "$@" </dev/null >"$log" 2>&1 & server=$!; cat >/dev/null; kill -QUIT $server; wait $server; rm -rf "$gone"`
	log, gone := filepath.Join(s.dir, "log"), ""
	if s.brief {
		gone = s.dir
	}
	s.cmd = s.engine.wrap("sh", "-c", watch, "sh", log, gone, s.engine.path("postgres"), "-D", s.data(), "-h", "127.0.0.1", "-p", strconv.Itoa(s.port),
		"-c", "unix_socket_directories=", "-c", "max_connections=200", "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "shared_buffers=32MB")
	in, err := s.cmd.StdinPipe()
	if err != nil {
		return err
	}
	s.alive = in
	if err := s.cmd.Start(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), startTime)
	defer cancel()
	for ctx.Err() == nil {
		if err = ping(ctx, s.url()); err == nil {
			return nil
		}
		if text, _ := os.ReadFile(log); strings.Contains(string(text), "FATAL:  could not") || strings.Contains(string(text), "FATAL:  lock") {
			err = fmt.Errorf("PostgreSQL did not start:\n%s", text)
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	s.Stop()
	return err
}

func ping(ctx context.Context, address string) error {
	c, err := pgx.Connect(ctx, address)
	if err != nil {
		return err
	}
	defer c.Close(ctx)
	return c.Ping(ctx)
}

func (s *Server) url() string {
	u := url.URL{Scheme: "postgres", User: url.UserPassword("sluice", password), Host: fmt.Sprintf("127.0.0.1:%d", s.port), Path: "/postgres", RawQuery: "sslmode=disable"}
	return u.String()
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
