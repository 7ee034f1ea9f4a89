// Package e2e drives the built binary as its users do: over HTTP, with vendors' own clients,
// against real stores, and through crashes.
package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

// ownerKey is the API key of every server under test.
const ownerKey = "sk-sl-e2e-0123456789abcdef0123456789abcdef01234567"

// buildFolder holds the binary under test, "" until it is built.
var buildFolder string

func TestMain(m *testing.M) {
	code := m.Run()
	if buildFolder != "" {
		_ = os.RemoveAll(buildFolder)
	}
	os.Exit(code)
}

// build builds the binary under test once: static and without the race detector, like a
// release. The tests of the packages run with the detector.
var build = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "sluice-e2e-")
	if err != nil {
		return "", err
	}
	buildFolder = dir
	path := filepath.Join(dir, "sluice")
	cmd := exec.Command("go", "build", "-trimpath", "-o", path, "../../cmd/sluice") // the flags of make build, to share its build cache
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
})

// server is a running sluice.
type server struct {
	t      *testing.T
	cmd    *exec.Cmd
	url    string
	dir    string   // holds sluice.yaml and data/
	args   []string // in addition to those that every server gets
	binary string   // "" = the built binary
	noKey  bool     // start without SLUICE_API_KEY
	env    []string // in addition to those that every server gets
	output *output
}

// output collects what the process printed; safe to read while it runs.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

// start runs the binary on the given file; UPSTREAM stands for the upstream's address.
func start(t *testing.T, config string, up *gatewaytest.Upstream, files ...string) *server {
	t.Helper()
	dir := t.TempDir()
	if up != nil {
		config = strings.ReplaceAll(config, "UPSTREAM", up.URL())
	}
	write(t, filepath.Join(dir, "sluice.yaml"), config)
	for i := 0; i+1 < len(files); i += 2 {
		write(t, filepath.Join(dir, files[i]), files[i+1])
	}
	s := &server{t: t, dir: dir}
	s.launch()
	t.Cleanup(func() { s.stop(syscall.SIGTERM) })
	return s
}

// launch starts the process on its folder, also again after it was killed.
func (s *server) launch() {
	s.t.Helper()
	binary, err := build()
	if err != nil {
		s.t.Fatal(err)
	}
	if s.binary != "" {
		binary = s.binary
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	addr := l.Addr().String()
	_ = l.Close()
	s.output = &output{}
	s.url = "http://" + addr
	s.cmd = exec.Command(binary, append([]string{"serve", "--config", "sluice.yaml", "--listen", addr, "--data", "data"}, s.args...)...)
	s.cmd.Dir = s.dir
	s.cmd.Stdout, s.cmd.Stderr = s.output, s.output
	s.cmd.Env = append(os.Environ(), "SLUICE_API_KEY="+ownerKey)
	if s.noKey {
		s.cmd.Env = append(os.Environ(), "SLUICE_API_KEY=")
	}
	s.cmd.Env = append(s.cmd.Env, s.env...)
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if res, err := http.Get(s.url + "/readyz"); err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return
			}
		}
	}
	_ = s.cmd.Process.Kill()
	s.t.Fatalf("the server did not become ready:\n%s", s.output)
}

// stop ends the process and returns its exit code; -1 if a signal killed it.
func (s *server) stop(sig syscall.Signal) int {
	if s.cmd.ProcessState != nil {
		return s.cmd.ProcessState.ExitCode()
	}
	_ = s.cmd.Process.Signal(sig)
	_ = s.cmd.Wait()
	return s.cmd.ProcessState.ExitCode()
}

// reply is an HTTP answer with its body read.
type reply struct {
	*http.Response
	body string
}

func (r reply) json(path string) gjson.Result { return gjson.Get(r.body, path) }

// post sends a JSON body with the owner's key; header pairs follow.
func (s *server) post(path, body string, header ...string) reply {
	s.t.Helper()
	return s.do(http.MethodPost, path, body, header...)
}

func (s *server) get(path string) reply {
	s.t.Helper()
	return s.do(http.MethodGet, path, "")
}

func (s *server) do(method, path, body string, header ...string) reply {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+ownerKey)
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatalf("%s %s: %v\n%s", method, path, err, s.output)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatalf("%s %s: %v", method, path, err)
	}
	return reply{res, string(text)}
}

// logged waits for the row of a request or trace id and returns the exchange.
func (s *server) logged(id string) gjson.Result {
	s.t.Helper()
	for end := time.Now().Add(3 * time.Second); time.Now().Before(end); time.Sleep(30 * time.Millisecond) {
		if r := s.get("/v1/logs/" + id); r.StatusCode == http.StatusOK && r.json("data.#").Int() > 0 {
			return r.json("data.0")
		}
	}
	s.t.Fatalf("no row for %s after 3 s\n%s", id, s.output)
	return gjson.Result{}
}

// texts joins the pieces of a streamed answer.
func texts(sse string) string {
	var b strings.Builder
	for line := range strings.Lines(sse) {
		if data, ok := strings.CutPrefix(strings.TrimSpace(line), "data: "); ok && json.Valid([]byte(data)) {
			b.WriteString(gjson.Get(data, "choices.0.delta.content").String())
		}
	}
	return b.String()
}

// script runs a client of test/clients, in JavaScript or Python, and returns what it printed.
func (s *server) script(name string, args ...string) gjson.Result {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	with := "node"
	if strings.HasSuffix(name, ".py") {
		with = ".venv/bin/python"
	}
	cmd := exec.CommandContext(ctx, with, append([]string{name}, args...)...)
	cmd.Dir = filepath.Join("..", "clients")
	cmd.Env = append(os.Environ(), "SLUICE_URL="+s.url, "SLUICE_API_KEY="+ownerKey)
	out, err := cmd.Output()
	if err != nil {
		stderr := ""
		if e, ok := err.(*exec.ExitError); ok {
			stderr = string(e.Stderr)
		}
		s.t.Fatalf("%s %s (make parts installs the clients): %v\n%s\nserver:\n%s", with, name, err, stderr, s.output)
	}
	return gjson.ParseBytes(out)
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// postOnce is post for goroutines that outlive the server.
func postOnce(url, body, trace string) (status int, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/v1/chat/completions", strings.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Authorization", "Bearer "+ownerKey)
	req.Header.Set("X-Sluice-Trace-Id", trace)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body)
	return res.StatusCode, err
}
