package e2e

import (
	"net/http"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

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

// What one replica wrote into an empty database, one with another data directory serves.
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
}
