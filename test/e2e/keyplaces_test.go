package e2e

import (
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

const urlKey = "url-canary-5c2a9e1d7b3f"

const keyPlacesConfig = `
virtual_keys:
  - {name: local, provider: openai, base_url: UPSTREAM/v1, api_key: none, models: [gpt-mock]}
api_keys:
  - {name: google, key: ` + urlKey + `, member: g@example.com}
`

// TestAKeyInTheURLStaysThere: Google's clients send their key as ?key=. It opens the door, and is
// found in no log line, row, file, error or call upstream, whatever becomes of the call.
func TestAKeyInTheURLStaysThere(t *testing.T) {
	up := gatewaytest.NewUpstream()
	defer up.Close()
	s := start(t, keyPlacesConfig, up)
	without := []string{"Authorization", ""}
	body := `{"model":"@local/gpt-mock","messages":[{"role":"user","content":"Hello"}]}`
	key := "?key=" + urlKey
	seen := ""
	for path, want := range map[string]int{
		"/v1/chat/completions" + key: 200, "/v1/chat/completions?alt=sse&key=" + urlKey: 200, "/v1/chat/completions?k%65y=" + url.QueryEscape(urlKey): 200,
		"/v1/chat/completions?key=wrong-" + urlKey: 401, "/v1beta/nothing" + key: 404, "/v1/nothing" + key: 404, "/v1/messages/nothing" + key: 404,
	} {
		r := s.do("POST", path, body, without...)
		if r.StatusCode != want {
			t.Errorf("%s: %d %s", path, r.StatusCode, r.body)
		}
		seen += r.body + s.get("/v1/logs/"+r.Header.Get("X-Sluice-Trace-Id")).body
		for name, values := range r.Header {
			seen += name + strings.Join(values, ",")
		}
	}
	if r := s.do("POST", "/v1/chat/completions"+key, body, "X-Sluice-Api-Key", ownerKey, "Authorization", ""); r.StatusCode != 200 {
		t.Errorf("beside a gateway's header: %d %s", r.StatusCode, r.body)
	}
	if len(up.Requests()) < 3 {
		t.Fatalf("%d calls reached the upstream: the test proves nothing", len(up.Requests()))
	}
	for _, r := range up.Requests() {
		seen += r.Path + string(r.Body)
		for name, values := range r.Header {
			seen += name + strings.Join(values, ",")
		}
	}
	seen += s.get("/v1/logs").body + s.get("/v1/audit-logs").body + s.get("/metrics").body
	if code := s.stop(syscall.SIGTERM); code != 0 {
		t.Errorf("exit code %d\n%s", code, s.output)
	}
	seen += s.output.String()
	err := filepath.WalkDir(filepath.Join(s.dir, "data"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		seen += string(raw)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if at := strings.Index(seen, urlKey); at >= 0 {
		t.Errorf("the key was found: …%s…", seen[max(0, at-200):min(len(seen), at+100)])
	}
}
