package e2e

import (
	"bytes"
	"fmt"
	"io/fs"
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

const canaryConfig = `
virtual_keys:
  - {name: local, provider: openai, base_url: UPSTREAM/v1, api_key: ` + canaryKey + `, models: [gpt-mock]}
redact: {input: [email, phone, card], restore: true}
prompts: {dir: ./prompts}
`

const canaryPrompt = `
slug: letter
model: "@local/gpt-mock"
messages: [{role: user, content: "{{text}}"}]
`

// TestCanaries plants an e-mail address, a card number and the provider's key in messages,
// variables and metadata and searches every output except the answer for them.
func TestCanaries(t *testing.T) {
	up := gatewaytest.NewUpstream() // it echoes the last user message
	defer up.Close()
	up.Set("boom", gatewaytest.Reply{Status: 400, Body: `{"error":{"message":"bad key ` + canaryKey + ` of ` + canaryMail + `"}}`})
	s := start(t, canaryConfig, up, "prompts/letter.prompt.yaml", canaryPrompt)

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

	found := func(where string, text []byte) {
		for _, canary := range []string{canaryMail, "canary.bird", canaryCard, "4539 5787 6362 1486", canaryKey} {
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
	found("the audit log", []byte(s.get("/v1/audit-logs").body))
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
		found(path, raw)
		return err
	})
	if err != nil || files < 2 {
		t.Fatal(files, err)
	}
}
