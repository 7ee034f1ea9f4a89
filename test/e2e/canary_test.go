package e2e

import (
	"bytes"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

// The canaries. The key is the virtual key's credential, sent by a careless caller.
const (
	canaryMail = "canary.bird@example.com"
	canaryCard = "4539578763621486"
	canaryKey  = "sk-canary-7c1f0e9a2b4d6f8091a3"
)

// Credentials of one virtual key, by where they stand, and the token for Vault.
const (
	canaryPlain = "sk-canary-plain-90b1d2c3e4f5"
	canaryEnv   = "sk-canary-env-81a2b3c4d5e6"
	canaryFile  = "sk-canary-file-72f3e4d5c6b7"
	canaryVault = "sk-canary-vault-63c4d5e6f7a8"
	canaryToken = "hvs.canary-54d5e6f7a8b9"
)

const canaryConfig = `
virtual_keys:
  - {name: local, provider: openai, base_url: UPSTREAM/v1, api_key: ` + canaryKey + `, models: [gpt-mock]}
  - name: several
    provider: openai
    base_url: UPSTREAM/v1
    credentials:
      - {name: plain, api_key: ` + canaryPlain + `}
      - {name: env, api_key: "env:SLUICE_CANARY_CREDENTIAL"}
      - {name: file, api_key: "file:CREDENTIALFILE"}
      - {name: vault, api_key: "vault:secret/data/canary#key"}
vault: {address: VAULT, auth: {method: token, token: ` + canaryToken + `}}
redact: {input: [email, phone, card], restore: true}
prompts: {dir: ./prompts}
`

const canaryPrompt = `
slug: letter
model: "@local/gpt-mock"
messages: [{role: user, content: "{{text}}"}]
`

// canaryVaults is a Vault with one secret.
func canaryVaults(t *testing.T) string {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch {
		case r.Header.Get("X-Vault-Token") != canaryToken:
			http.Error(w, `{"errors":["permission denied"]}`, http.StatusForbidden)
		case r.URL.Path == "/v1/secret/data/canary":
			fmt.Fprintf(w, `{"data":{"data":{"key":%q},"metadata":{"version":1}}}`, canaryVault)
		default:
			fmt.Fprint(w, `{"data":{"ttl":0,"renewable":false}}`)
		}
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// spendKeys makes an API key and rotates it, rotates the master key, and makes calls with all of it:
// with each credential of one virtual key, each also refused in words that quote it. It returns the
// keys, which nothing may hold from then on, and the ids of the calls.
func (s *server) spendKeys(up *gatewaytest.Upstream) (keys, ids []string) {
	s.t.Helper()
	masterKey := func() string {
		raw, err := os.ReadFile(filepath.Join(s.dir, "data", "master.key"))
		if err != nil {
			s.t.Fatal(err)
		}
		return strings.TrimSpace(string(raw))
	}
	keys = append(keys, masterKey())
	made := s.post("/v1/api-keys", `{"name":"canary","member":"ann@example.com"}`)
	turned := s.post("/v1/api-keys/"+made.json("id").String()+"/rotate", `{"overlap":"1h"}`)
	keys = append(keys, made.json("key").String(), turned.json("key").String())
	for round := range 2 {
		for i := range 8 {
			for _, model := range []string{"gpt-mock", "quoting"} {
				r := s.post("/v1/chat/completions", fmt.Sprintf(`{"model":"@several/%s","messages":[{"role":"user","content":"Call %d of %d"}]}`, model, i, round),
					"Authorization", "Bearer "+keys[1+i%2], "X-Sluice-Metadata", fmt.Sprintf(`{"k":%q}`, canaryEnv))
				if (model == "quoting") != (r.StatusCode >= 400) || strings.Contains(r.body, "canary-") {
					s.t.Errorf("%s: %d %s", model, r.StatusCode, r.body)
				}
				ids = append(ids, r.Header.Get("X-Sluice-Trace-Id"))
			}
		}
		if round == 0 {
			rotate(s.t, s)
			keys = append(keys, masterKey())
		}
	}
	used := map[string]bool{}
	for _, r := range up.Requests() {
		used[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")] = true
	}
	for _, credential := range []string{canaryPlain, canaryEnv, canaryFile, canaryVault} {
		if !used[credential] {
			s.t.Errorf("%s was not used: the test proves nothing", credential)
		}
	}
	return keys, ids
}

// TestCanaries plants an e-mail address, a card number and the provider's key in messages,
// variables and metadata and searches every output except the answer for them. It searches for each
// other credential and key that the server knows, too.
func TestCanaries(t *testing.T) {
	up := gatewaytest.NewUpstream() // it echoes the last user message
	defer up.Close()
	up.Set("boom", gatewaytest.Reply{Status: 400, Body: `{"error":{"message":"bad key ` + canaryKey + ` of ` + canaryMail + `"}}`})
	up.Set("quoting", gatewaytest.Reply{Handle: func(w http.ResponseWriter, r *http.Request, _ []byte) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprintf(w, `{"error":{"message":"not with %s"}}`, r.Header.Get("Authorization"))
	}})
	t.Setenv("SLUICE_CANARY_CREDENTIAL", canaryEnv)
	credentialFile := filepath.Join(t.TempDir(), "credential")
	write(t, credentialFile, canaryFile+"\n")
	config := strings.NewReplacer("CREDENTIALFILE", credentialFile, "VAULT", canaryVaults(t)).Replace(canaryConfig)
	s := start(t, config, up, "prompts/letter.prompt.yaml", canaryPrompt)

	text := "Write to " + canaryMail + " about card 4539 5787 6362 1486 or " + canaryCard + "; key " + canaryKey + "."
	meta := []string{"X-Sluice-Metadata", fmt.Sprintf(`{"contact":%q,"_user":%q,"k":%q}`, canaryMail, canaryCard, canaryKey)}
	chat := func(extra string) string {
		return fmt.Sprintf(`{"model":"@local/gpt-mock"%s,"user":%q,"messages":[{"role":"user","content":%q}]}`, extra, canaryMail, text)
	}
	semantic := append([]string{"X-Sluice-Cache", "semantic"}, meta...)
	var ids []string
	wholes := []reply{
		s.post("/v1/chat/completions", chat(""), meta...),
		s.post("/v1/chat/completions", chat(""), semantic...),
		s.post("/v1/chat/completions", chat(""), semantic...), // a hit is restored too
		s.post("/v1/prompts/letter/completions", fmt.Sprintf(`{"variables":{"text":%q}}`, text), meta...),
		s.post("/v1/chat/completions", chat(`,"stream":true`), meta...),
	}
	for i, r := range wholes {
		got := r.json("choices.0.message.content").String()
		if i == len(wholes)-1 {
			got = texts(r.body)
		}
		if r.StatusCode != 200 || !strings.Contains(got, canaryMail) || !strings.Contains(got, canaryCard) {
			t.Errorf("call %d: the caller did not get its values back: %d %s", i, r.StatusCode, r.body)
		}
		ids = append(ids, r.Header.Get("X-Sluice-Trace-Id"))
	}
	for _, r := range []reply{
		s.post("/v1/chat/completions", `{"model":"@local/boom","messages":[{"role":"user","content":"`+canaryMail+`"}]}`, meta...),
		s.post("/v1/chat/completions", `{"model":"`+canaryMail+`","messages":[{"role":"user","content":"x"}]}`, meta...),
		s.post("/v1/chat/completions", `{"bad json `+canaryMail+canaryKey, meta...),
		s.post("/v1/prompts/letter/completions", `{"variables":{"`+canaryCard+`":1}}`, meta...),
	} {
		if r.StatusCode < 400 || strings.Contains(r.body, canaryKey) {
			t.Errorf("%d %s", r.StatusCode, r.body)
		}
		ids = append(ids, r.Header.Get("X-Sluice-Trace-Id"))
	}

	keys, more := s.spendKeys(up)
	ids = append(ids, more...)
	canaries := append(keys, canaryMail, "canary.bird", canaryCard, "4539 5787 6362 1486", canaryKey, canaryPlain, canaryEnv, canaryFile, canaryVault, canaryToken)
	found := func(where string, text []byte) {
		for _, canary := range canaries {
			if bytes.Contains(text, []byte(canary)) {
				t.Errorf("%s holds the canary %q", where, canary)
			}
		}
	}
	for _, r := range up.Requests() {
		found("the upstream body", r.Body)
		for name, values := range r.Header {
			if name != "Authorization" {
				found("the upstream header "+name, []byte(strings.Join(values, ",")))
			}
		}
	}
	if len(up.Requests()) == 0 {
		t.Fatal("nothing reached the upstream: the test proves nothing")
	}
	for _, id := range ids {
		found("the logged exchange "+id, []byte(s.logged(id).Raw))
	}
	found("the list of logs", []byte(s.get("/v1/logs").body))
	for _, path := range []string{"/v1/audit-logs", "/v1/virtual-keys", "/v1/virtual-keys/several", "/v1/api-keys", "/v1/master-key", "/metrics", "/key/list?return_full_object=true"} {
		found(path, []byte(s.get(path).body))
	}
	found("the test of the credentials", []byte(s.post("/v1/virtual-keys/several/test", "{}").body))
	if code := s.stop(syscall.SIGTERM); code != 0 {
		t.Errorf("exit code %d\n%s", code, s.output)
	}
	found("the output", []byte(s.output.String()))
	files := 0
	err := filepath.WalkDir(filepath.Join(s.dir, "data"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		raw, err := os.ReadFile(path)
		if !strings.HasPrefix(d.Name(), "master.key") { // which hold the keys themselves
			found(path, raw)
		}
		return err
	})
	if err != nil || files < 2 {
		t.Fatal(files, err)
	}
	dump := filepath.Join(t.TempDir(), "control.jsonl")
	if out, err := sluice(s, "backup", dump); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	raw, err := os.ReadFile(dump)
	if err != nil || len(raw) < 1000 {
		t.Fatal(len(raw), err)
	}
	found("the backup", raw)
}
