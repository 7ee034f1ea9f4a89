package e2e

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/credential/seal"
	"github.com/sluicegate/sluice/internal/store/postgrestest"
	sqlstore "github.com/sluicegate/sluice/internal/store/sql"
)

// callers call servers without a pause: with each of some stored credentials, on top of kept
// responses, and with credentials that they store meanwhile. The vendor refuses other credentials.
type callers struct {
	vendor  *httptest.Server
	stop    chan struct{}
	running sync.WaitGroup
	made    atomic.Int64

	calling sync.RWMutex // held for reading during a call
	servers []string     // their URLs

	mu     sync.Mutex
	failed []string
}

// masterKeyConfig lets the admin API name the vendor, which is on this machine.
const masterKeyConfig = "trusted_hosts: [\"127.0.0.1\"]\n"

const storedCredential = "sk-stored-5c1d7e"

func startVendor(t *testing.T) *callers {
	c := &callers{stop: make(chan struct{})}
	c.vendor = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.Header.Get("Authorization"), "Bearer "+storedCredential) {
			http.Error(w, `{"error":{"message":"another credential"}}`, http.StatusTeapot)
			return
		}
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"id":"x","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}`))
	}))
	t.Cleanup(c.vendor.Close)
	return c
}

// serve says which servers are called from now on. When it returns, no call of another one runs.
func (c *callers) serve(servers ...*server) {
	c.calling.Lock()
	defer c.calling.Unlock()
	c.servers = nil
	for _, s := range servers {
		c.servers = append(c.servers, s.url)
	}
}

// virtualKey is the body that stores a virtual key.
func (c *callers) virtualKey(name string) string {
	return fmt.Sprintf(`{"name":%q,"provider":"openai","base_url":%q,"api_key":%q,"formats":["chat"]}`, name, c.vendor.URL+"/v1", storedCredential+name)
}

// ask makes one call, and returns the id of the answer.
func (c *callers) ask(url, path, body string) string {
	req, err := http.NewRequest(http.MethodPost, url+path, strings.NewReader(body))
	if err == nil {
		req.Header.Set("Authorization", "Bearer "+ownerKey)
		var res *http.Response
		if res, err = http.DefaultClient.Do(req); err == nil {
			defer res.Body.Close()
			answer, _ := io.ReadAll(res.Body)
			if c.made.Add(1); res.StatusCode < 300 {
				return gjson.GetBytes(answer, "id").String()
			}
			err = fmt.Errorf("%d %s", res.StatusCode, answer)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.failed = append(c.failed, fmt.Sprintf("%s%s %s: %v", url, path, body, err))
	return ""
}

// begin starts n callers.
func (c *callers) begin(n int) {
	for i := range n {
		c.running.Go(func() {
			var previous kept
			for turn := 0; ; turn++ {
				select {
				case <-c.stop:
					return
				case <-time.After(5 * time.Millisecond):
				}
				previous = c.turn(i, turn, previous)
			}
		})
	}
}

// kept is the latest response that a caller got, and from whom: others find it a moment later.
type kept struct{ server, id string }

// turn makes the call of one turn of a caller, which may go on from the latest response.
func (c *callers) turn(caller, turn int, previous kept) kept {
	c.calling.RLock()
	defer c.calling.RUnlock()
	url := c.servers[(caller+turn/6)%len(c.servers)]
	switch turn % 3 {
	case 0:
		c.ask(url, "/v1/chat/completions", `{"model":"@first/m","messages":[{"role":"user","content":"Hello"}]}`)
	case 1:
		before := ""
		if previous.server == url && previous.id != "" {
			before = fmt.Sprintf(`"previous_response_id":%q,`, previous.id)
		}
		id := c.ask(url, "/v1/responses", `{"model":"@first/m",`+before+`"input":"Hello"}`)
		if turn > 30 { // a conversation has some turns
			return kept{}
		}
		return kept{url, id}
	case 2:
		if turn < 60 {
			c.ask(url, "/v1/virtual-keys", c.virtualKey(fmt.Sprintf("made-%d-%d", caller, turn)))
		}
	}
	return previous
}

// more waits for n further calls.
func (c *callers) more(t *testing.T, n int64) {
	t.Helper()
	want := c.made.Load() + n
	for end := time.Now().Add(30 * time.Second); c.made.Load() < want; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d calls were made, want %d", c.made.Load(), want)
		}
	}
}

// end stops the callers. No call may have failed.
func (c *callers) end(t *testing.T) {
	t.Helper()
	c.more(t, 40)
	close(c.stop)
	c.running.Wait()
	t.Logf("%d calls", c.made.Load())
	if len(c.failed) > 0 {
		t.Errorf("of %d calls %d failed: %.2000s", c.made.Load(), len(c.failed), strings.Join(c.failed, "\n"))
	}
}

// rotate lets a server rotate its master key, and waits for the end.
func rotate(t *testing.T, s *server) {
	t.Helper()
	if r := s.post("/v1/master-key/rotate", "{}"); r.StatusCode >= 300 {
		t.Fatalf("%d %s", r.StatusCode, r.body)
	}
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		r := s.get("/v1/master-key")
		if !r.json("running").Bool() {
			if r.json("problem").String() != "" || r.json("left").Int() != 0 || r.json("resealed").Int() == 0 {
				t.Fatalf("the rotation: %s", r.body)
			}
			return
		}
		if time.Now().After(end) {
			t.Fatalf("the rotation does not end: %s", r.body)
		}
	}
}

// opens counts the sealed values of a control database, and those that a master key opens.
func opens(t *testing.T, store *sqlstore.Store, key string) (opened, all int) {
	t.Helper()
	defer store.Close()
	keys, err := seal.LoadMasterKeys(gateway.NewSecret(key), gateway.Secret{}, seal.MasterKeyFiles{})
	if err != nil {
		t.Fatal(err)
	}
	cipher, err := seal.NewCipher(keys...)
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range store.SealedTables() {
		values, err := store.SealedOtherwise(t.Context(), table, []byte("no value begins so"), 0, 10_000)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range values {
			if _, _, err := cipher.Reseal(v.Table, v.Row, v.Column, v.Sealed); err == nil {
				opened++
			}
		}
		all += len(values)
	}
	return opened, all
}

// shut fails the test unless the new key opens everything in the database and the old one nothing.
func shut(t *testing.T, open func() (*sqlstore.Store, error), before, after string) {
	t.Helper()
	for key, want := range map[string]bool{before: false, after: true} {
		store, err := open()
		if err != nil {
			t.Fatal(err)
		}
		opened, all := opens(t, store, key)
		if all < 5 || opened != 0 && !want || opened != all && want {
			t.Errorf("of %d sealed values a key opens %d; it is the new one: %v", all, opened, want)
		}
	}
}

// The master key of a server is replaced while it answers. No call fails, and afterwards the old key
// opens nothing, nor does a server with it start.
func TestMasterKeyUnderLoad(t *testing.T) {
	load := startVendor(t)
	s := start(t, masterKeyConfig, nil)
	for _, name := range []string{"first", "second"} {
		if r := s.post("/v1/virtual-keys", load.virtualKey(name)); r.StatusCode >= 300 {
			t.Fatalf("%d %s", r.StatusCode, r.body)
		}
	}
	keyFile := filepath.Join(s.dir, "data", "master.key")
	before, err := os.ReadFile(keyFile)
	if err != nil {
		t.Fatal(err)
	}
	load.serve(s)
	load.begin(4)
	load.more(t, 40)
	rotate(t, s)
	load.end(t)
	after, err := os.ReadFile(keyFile)
	if err != nil || bytes.Equal(before, after) {
		t.Fatalf("the key is not another one: %v", err)
	}
	s.stop(syscall.SIGTERM)
	shut(t, func() (*sqlstore.Store, error) {
		return sqlstore.Open(t.Context(), filepath.Join(s.dir, "data", "sluice.db"))
	}, string(before), string(after))
	if err := os.WriteFile(keyFile, before, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := sluice(s, "serve", "--listen", "127.0.0.1:0"); err == nil || !strings.Contains(string(out), "sealed with another master key") {
		t.Errorf("a server with the old key: %v\n%s", err, out)
	}
	if err := os.WriteFile(keyFile, after, 0o600); err != nil {
		t.Fatal(err)
	}
	s.launch()
	load.ask(s.url, "/v1/chat/completions", `{"model":"@second/m","messages":[{"role":"user","content":"Hello"}]}`)
	if len(load.failed) > 0 {
		t.Error(load.failed)
	}
}

// The same on three replicas: each is started again with both keys while the others answer, then one
// rotates for all.
func TestMasterKeyOfReplicasUnderLoad(t *testing.T) {
	dsn := postgrestest.Database(t)
	load := startVendor(t)
	before, after := strings.TrimPrefix(masterKey, "SLUICE_MASTER_KEY="), newMasterKey(t)
	var all []*server
	for i := range 3 {
		s := replica(t, dsn, masterKeyConfig)
		s.launch()
		all = append(all, s)
		if i > 0 {
			continue // what is stored before it starts, it knows
		}
		if r := s.post("/v1/virtual-keys", load.virtualKey("first")); r.StatusCode >= 300 {
			t.Fatalf("%d %s", r.StatusCode, r.body)
		}
	}
	load.serve(all[0])
	load.begin(4)
	for i, s := range all {
		load.serve(all[(i+2)%len(all)])
		s.stop(syscall.SIGTERM)
		s.env = []string{"SLUICE_MASTER_KEY=" + after, "SLUICE_MASTER_KEY_PREVIOUS=" + before}
		s.launch()
	}
	load.serve(all...)
	load.more(t, 40)
	rotate(t, all[1])
	load.end(t)
	for _, s := range all {
		s.stop(syscall.SIGTERM)
	}
	shut(t, func() (*sqlstore.Store, error) { return sqlstore.OpenPostgres(t.Context(), gateway.NewSecret(dsn)) }, before, after)
	all[2].env = []string{"SLUICE_MASTER_KEY=" + after}
	all[2].launch()
	load.ask(all[2].url, "/v1/chat/completions", `{"model":"@first/m","messages":[{"role":"user","content":"Hello"}]}`)
	if len(load.failed) > 0 {
		t.Error(load.failed)
	}
}

func newMasterKey(t *testing.T) string {
	t.Helper()
	var key [32]byte
	if _, err := rand.Read(key[:]); err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(key[:])
}
