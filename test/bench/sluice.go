package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

const (
	key        = "sk-sl-bench-0123456789abcdef0123456789abcdef"
	promptPath = "/v1/prompts/answer/completions"
)

// startSluice starts the binary under test on a free port of the loopback interface. Its files
// are in dir; telemetry is a line of its config.
func startSluice(ctx context.Context, binary, dir, upstream, telemetry string, flags ...string) (*process, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	addr := l.Addr().String()
	_ = l.Close()
	files := map[string]string{
		"sluice.yaml": fmt.Sprintf(config, addr, dir, upstream, key, filepath.Join(dir, "prompts"), telemetry),
		filepath.Join("prompts", "answer.prompt.yaml"): template,
	}
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return nil, err
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return nil, err
		}
	}
	args := append([]string{"serve", "--config", filepath.Join(dir, "sluice.yaml")}, flags...)
	p, err := startProcess(ctx, filepath.Join(dir, "sluice.log"), binary, args...)
	if err != nil {
		return nil, err
	}
	p.url = "http://" + addr
	for range 100 {
		if ready(ctx, p.url) {
			return p, nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	p.stop()
	return nil, fmt.Errorf("%s did not become ready", binary)
}

func ready(ctx context.Context, url string) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/readyz", nil)
	if err != nil {
		return false
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	_ = res.Body.Close()
	return res.StatusCode == http.StatusOK
}

const config = `
listen: %[1]s
data_dir: %[2]s
virtual_keys:
  - {name: bench, provider: openai, base_url: "%[3]s/v1", api_key: upstream-key, prices: {"*": {input: 1, output: 2}}}
  - {name: claude, provider: anthropic, base_url: "%[3]s", api_key: upstream-key, prices: {"*": {input: 1, output: 2}}}
  - {name: spare, provider: openai, base_url: "http://127.0.0.1:1/v1", api_key: none}
api_keys:
  - {name: bench, key: %[4]s, member: bench@example.com, workspace: default}
configs:
  - slug: everything
    config:
      strategy: {mode: fallback}
      targets: [{virtual_key: bench, override_params: {model: bench}}, {virtual_key: spare}]
      retry: {attempts: 2}
      redact: [email, phone, card, ip, iban, ssn, cn_id, cn_mobile]
      cache: {mode: fixed, threshold: 0.95}
  - slug: claude
    config:
      strategy: {mode: fallback}
      targets: [{virtual_key: claude, override_params: {model: bench}}, {virtual_key: spare}]
      retry: {attempts: 2}
      redact: [email, phone, card, ip, iban, ssn, cn_id, cn_mobile]
      cache: {mode: fixed, threshold: 0.95}
prompts: {dir: %[5]s}
cache: {max_bytes: 16MiB} # reached in the warm-up: from then on every answer that is stored replaces another
telemetry: {store: sqlite, %[6]s}
`

const template = `
slug: answer
messages:
  - {role: system, content: "You answer customers of a parcel service, briefly and kindly."}
  - {role: user, content: "{{letter}}"}
model: "@bench/bench"
parameters: {max_tokens: 400}
`
