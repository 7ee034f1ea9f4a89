package limits

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// The API keys: one without a limit or a budget, and one with both.
const (
	plainKey   = "sk-sl-bench-plain-00000000000000000001"
	limitedKey = "sk-sl-bench-limited-000000000000000001"
)

const config = `
listen: %s
virtual_keys:
  - {name: local, provider: mock, api_key: none, prices: {"*": {input: 1, output: 1}}}
api_keys:
  - {name: plain, key: ` + plainKey + `, member: ann}
  - {name: limited, key: ` + limitedKey + `, member: bob, budget: 1000000, rate_limits: [{type: requests, unit: rpm, value: 100000000}, {type: tokens, unit: rpd, value: 2000000000}, {type: concurrent_requests, value: 1000}]}
`

const body = `{"model":"@local/hello","max_tokens":10,"messages":[{"role":"user","content":"Hello"}]}`

// server is a running binary.
type server struct {
	cmd *exec.Cmd
	url string
}

// build compiles the binary under test.
func build(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "sluice")
	cmd := exec.Command("go", "build", "-trimpath", "-o", binary, "./cmd/sluice")
	cmd.Dir = filepath.Join("..", "..", "..")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return binary
}

// start runs a server with a data directory of its own.
func start(t *testing.T, binary, more string) *server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address, dir := l.Addr().String(), t.TempDir()
	l.Close()
	file := filepath.Join(dir, "sluice.yaml")
	if err := os.WriteFile(file, []byte(fmt.Sprintf(config, address)+more), 0o600); err != nil {
		t.Fatal(err)
	}
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	s := &server{cmd: exec.Command(binary, "serve", "--config", file, "--data", filepath.Join(dir, "data")), url: "http://" + address}
	s.cmd.Stderr = log
	s.cmd.Env = append(os.Environ(), "SLUICE_MASTER_KEY="+strings.Repeat("5a", 32))
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = s.cmd.Process.Signal(os.Interrupt)
		_ = s.cmd.Wait()
	})
	for end := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		if res, err := http.Get(s.url + "/readyz"); err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return s
			}
		}
		if time.Now().After(end) {
			text, _ := os.ReadFile(log.Name())
			t.Fatalf("the server did not start\n%s", text)
		}
	}
}

// cpu is the user and system time that the server has used (proc(5), fields 14 and 15).
func (s *server) cpu(t *testing.T) time.Duration {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	_, afterName, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(afterName) // the first is field 3
	user, err1 := strconv.ParseInt(fields[11], 10, 64)
	system, err2 := strconv.ParseInt(fields[12], 10, 64)
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	return time.Duration(user+system) * (time.Second / 100) // USER_HZ is 100 on every Linux that Go runs on
}

var client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: callers}, Timeout: time.Minute}

// load makes n calls of a key, in turn to each of the servers.
func load(t *testing.T, servers []*server, key string, n int) {
	t.Helper()
	var next atomic.Int64
	var running sync.WaitGroup
	for range callers {
		running.Go(func() {
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				if err := call(t.Context(), servers[i%int64(len(servers))].url, key); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	running.Wait()
	if t.Failed() {
		t.FailNow()
	}
}

func call(ctx context.Context, url, key string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/v1/chat/completions", strings.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+key)
	r.Header.Set("Content-Type", "application/json")
	res, err := client.Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%d %s", res.StatusCode, text)
	}
	return err
}
