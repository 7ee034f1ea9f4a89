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

// warmUp is long enough for the cache to reach its bound.
const warmUp = 6 * time.Second

const key = "sk-sl-bench-0123456789abcdef0123456789abcdef"

func run(ctx context.Context, binary string, versus []string, profile string, rounds int, length time.Duration, c int) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "sluice-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	up, err := spawn(ctx, filepath.Join(dir, "upstream.log"), self, "-role", "upstream")
	if err != nil {
		return err
	}
	defer up.stop()
	bare, err := spawn(ctx, filepath.Join(dir, "proxy.log"), self, "-role", "proxy", "-target", up.url)
	if err != nil {
		return err
	}
	defer bare.stop()
	off, err := sluice(ctx, binary, filepath.Join(dir, "off"), up.url, "content: none")
	if err != nil {
		return err
	}
	defer off.stop()
	on, err := sluice(ctx, binary, filepath.Join(dir, "on"), up.url, "content: redacted", "--cpuprofile", profile)
	if err != nil {
		return err
	}
	defer on.stop()

	json := http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer " + key}}
	all := json.Clone()
	all.Set("X-Sluice-Config", "everything")
	all.Set("X-Sluice-Metadata", `{"team":"support","_user":"anna"}`)
	chat := func(model string) func(int64) []byte {
		return func(n int64) []byte {
			return fmt.Appendf(nil, `{"model":%q,"temperature":0.2,"messages":[{"role":"system","content":"You answer customers of a parcel service, briefly and kindly."},{"role":"user","content":%q}]}`, model, letter(n))
		}
	}
	variants := []*variant{
		{name: "direct", load: &load{url: up.url + "/v1/chat/completions", header: json, body: chat("bench")}},
		{name: "bare", load: &load{url: bare.url + "/v1/chat/completions", header: json, body: chat("bench")}, process: bare},
		{name: "off", load: &load{url: off.url + "/v1/chat/completions", header: json, body: chat("@bench/bench"), cache: "DISABLED"}, process: off},
		{name: "on", load: &load{url: on.url + "/v1/prompts/answer/completions", header: all, cache: "SEMANTIC MISS", body: func(n int64) []byte {
			return fmt.Appendf(nil, `{"temperature":0.2,"variables":{"letter":%q}}`, letter(n))
		}}, process: on},
	}
	if len(versus) > 0 {
		other, err := sluice(ctx, versus[0], filepath.Join(dir, "versus"), up.url, "content: redacted", versus[1:]...)
		if err != nil {
			return err
		}
		defer other.stop()
		load := *variants[3].load
		load.url = other.url + "/v1/prompts/answer/completions"
		variants = append(variants, &variant{name: "versus", load: &load, process: other})
	}
	for _, v := range variants { // warm-up: connections, pools, a heap that has found its size, a cache at its bound
		if _, err := v.load.run(ctx, c, max(2*length, warmUp), v.process); err != nil {
			return fmt.Errorf("%s: %w", v.name, err)
		}
	}
	for range rounds {
		for _, v := range variants {
			s, err := v.load.run(ctx, c, length, v.process)
			if err != nil {
				return fmt.Errorf("%s: %w", v.name, err)
			}
			v.samples = append(v.samples, s)
		}
	}
	report(os.Stdout, variants, rounds, length, c)
	return ctx.Err()
}

// sluice starts the binary under test on a free port with dir as its folder.
func sluice(ctx context.Context, binary, dir, upstream, telemetry string, flags ...string) (*process, error) {
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
	p, err := spawn(ctx, filepath.Join(dir, "sluice.log"), binary, append([]string{"serve", "--config", filepath.Join(dir, "sluice.yaml")}, flags...)...)
	if err != nil {
		return nil, err
	}
	p.url = "http://" + addr
	for range 100 {
		req, _ := http.NewRequestWithContext(ctx, http.MethodGet, p.url+"/readyz", nil)
		res, err := http.DefaultClient.Do(req)
		if err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return p, nil
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	p.stop()
	return nil, fmt.Errorf("%s did not become ready", binary)
}

const config = `
listen: %s
data_dir: %s
virtual_keys:
  - {name: bench, provider: openai, base_url: "%s/v1", api_key: upstream-key, prices: {"*": {input: 1, output: 2}}}
  - {name: spare, provider: openai, base_url: "http://127.0.0.1:1/v1", api_key: none}
api_keys:
  - {name: bench, key: %s, member: bench@example.com, workspace: default}
configs:
  - slug: everything
    config:
      strategy: {mode: fallback}
      targets: [{virtual_key: bench, override_params: {model: bench}}, {virtual_key: spare}]
      retry: {attempts: 2}
      redact: [email, phone, card, ip, iban, ssn, cn_id, cn_mobile]
      cache: {mode: semantic}
prompts: {dir: %s}
cache: {max_bytes: 16MiB} # reached in the warm-up: what is stored from then on takes the place of something
telemetry: {store: sqlite, %s}
`

const template = `
slug: answer
messages:
  - {role: system, content: "You answer customers of a parcel service, briefly and kindly."}
  - {role: user, content: "{{letter}}"}
model: "@bench/bench"
parameters: {max_tokens: 400}
`
