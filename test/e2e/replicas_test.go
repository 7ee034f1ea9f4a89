package e2e

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/internal/store/postgrestest"
)

// masterKey is that of all replicas.
const masterKey = "SLUICE_MASTER_KEY=00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

// replica makes a server on a PostgreSQL database, with a data directory of its own. It is not
// launched yet.
func replica(t *testing.T, dsn, config string) *server {
	t.Helper()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "sluice.yaml"), config+"\ncontrol: {store: postgres, dsn: \""+dsn+"\", lease: 3s}\n")
	s := &server{t: t, dir: dir, env: []string{masterKey}}
	t.Cleanup(func() {
		if s.cmd != nil {
			s.stop(syscall.SIGTERM)
		}
	})
	return s
}

// What one replica wrote into an empty database, one with another data directory serves, and so
// does a server with SQLite after a backup and a restore.
func TestPostgresHoldsControlData(t *testing.T) {
	dsn := postgrestest.Database(t)
	const config = `
virtual_keys:
  - {name: local, provider: mock, api_key: none}
`
	first := replica(t, dsn, config)
	first.launch()
	key := first.post("/v1/api-keys", `{"name":"ci","member":"ann@example.com"}`).json("key").String()
	if r := first.post("/v1/configs", `{"slug":"retrying","config":{"retry":3}}`); r.StatusCode >= 300 {
		t.Fatal(r.body)
	}
	if code := first.stop(syscall.SIGTERM); code != 0 {
		t.Fatalf("exit code %d\n%s", code, first.output)
	}
	second := replica(t, dsn, config)
	second.launch()
	chat := `{"model":"@local/hello","messages":[{"role":"user","content":"Hello"}]}`
	if r := second.post("/v1/chat/completions", chat, "Authorization", "Bearer "+key, "x-sluice-config", "retrying"); r.StatusCode != http.StatusOK {
		t.Errorf("%d %s", r.StatusCode, r.body)
	}
	if strings.Contains(first.output.String()+second.output.String(), "pg-test-password") {
		t.Error("the password of the DSN is in the log")
	}
	file := filepath.Join(t.TempDir(), "control.jsonl")
	if out, err := sluice(second, "backup", file); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	local := start(t, config, nil)
	local.stop(syscall.SIGTERM)
	local.env = []string{masterKey}
	if out, err := sluice(local, "restore", file); err == nil || !strings.Contains(string(out), "already holds data") {
		t.Errorf("restored over another installation: %v\n%s", err, out)
	}
	if err := os.RemoveAll(filepath.Join(local.dir, "data")); err != nil {
		t.Fatal(err)
	}
	if out, err := sluice(local, "restore", file); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	local.launch()
	if r := local.post("/v1/chat/completions", chat, "Authorization", "Bearer "+key, "x-sluice-config", "retrying"); r.StatusCode != http.StatusOK {
		t.Errorf("restored: %d %s", r.StatusCode, r.body)
	}
}

// sluice runs a command on the file and the data directory of a server.
func sluice(s *server, args ...string) ([]byte, error) {
	binary, err := build()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(binary, append(args, "--config", "sluice.yaml", "--data", "data")...)
	cmd.Dir = s.dir
	return cmd.CombinedOutput()
}

// What is changed on one replica, another one serves.
func TestReplicasSeeChanges(t *testing.T) {
	dsn := postgrestest.Database(t)
	const config = `
virtual_keys:
  - {name: local, provider: mock, api_key: none}
`
	var replicas []*server
	for range 2 {
		s := replica(t, dsn, config)
		s.launch()
		replicas = append(replicas, s)
	}
	one, two := replicas[0], replicas[1]
	ok := func(r reply) string {
		t.Helper()
		if r.StatusCode >= 300 {
			t.Fatalf("%d %s", r.StatusCode, r.body)
		}
		return r.body
	}
	var key string
	chat := `{"model":"@local/hello","messages":[{"role":"user","content":"Hello"}]}`
	call := func(header ...string) int {
		return two.post("/v1/chat/completions", chat, append([]string{"Authorization", "Bearer " + key}, header...)...).StatusCode
	}
	until := func(what string, want int, header ...string) {
		t.Helper()
		var got int
		began := time.Now()
		for end := began.Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
			if got = call(header...); got == want {
				t.Logf("%s after %v", what, time.Since(began).Round(time.Millisecond))
				return
			} else if time.Now().After(end) {
				t.Fatalf("%s: still %d, want %d\n%s", what, got, want, two.output)
			}
		}
	}
	key = gjson.Get(ok(one.post("/v1/api-keys", `{"name":"ci","member":"ann@example.com"}`)), "key").String()
	until("a new key is known", http.StatusOK)
	ok(one.post("/v1/configs", `{"slug":"own","config":{"provider":"mock","override_params":{"model":"hello"}}}`))
	until("a new config is known", http.StatusOK, "x-sluice-config", "own")
	ok(one.do(http.MethodPut, "/v1/configs/own", `{"config":{"provider":"mock","override_params":{"model":"fail-500"}}}`))
	until("a changed config is used", http.StatusInternalServerError, "x-sluice-config", "own")
	ok(one.do(http.MethodDelete, "/v1/api-keys/ci", ""))
	until("a deleted key is refused", http.StatusUnauthorized)
}
