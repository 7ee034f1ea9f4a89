package app

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/internal/config"
)

// BenchmarkCall sends one chat after another through the whole pipeline, without a listener:
// API key, redaction, prompt template, exact and semantic lookup that misses and stores,
// routing, telemetry.
func BenchmarkCall(b *testing.B) {
	answer := []byte(`{"id":"chatcmpl-bench","object":"chat.completion","created":1790000000,"model":"bench","choices":[{"index":0,"message":{"role":"assistant","content":"` +
		strings.Repeat("All requests cost the same here. ", 22) + `","refusal":null},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":240,"completion_tokens":160,"total_tokens":400}}`)
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(answer)
	}))
	defer upstream.Close()
	const key = "sk-sl-bench-0123456789abcdef0123456789abcdef"
	dir := b.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "answer.prompt.yaml"), []byte(benchTemplate), 0o600); err != nil {
		b.Fatal(err)
	}
	cfg, err := config.Read("sluice.yaml", fmt.Appendf(nil, benchConfig, dir, upstream.URL, key, dir), os.LookupEnv, Checks())
	if err != nil {
		b.Fatal(err)
	}
	a, err := newApp(b.Context(), cfg, environment{}, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = a.close(context.Background()) }()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		var letter strings.Builder
		for random := rand.New(rand.NewPCG(uint64(i), 1)); letter.Len() < 800; {
			for range 1 + random.IntN(3) {
				letter.WriteString(benchSyllables[random.IntN(len(benchSyllables))])
			}
			letter.WriteByte(' ')
		}
		body := fmt.Sprintf(`{"temperature":0.2,"stream":false,"variables":{"letter":%q}}`, letter.String()+"Please write to anna.smith@example.com and say what happens next.")
		r := httptest.NewRequest(http.MethodPost, "/v1/prompts/answer/completions", strings.NewReader(body))
		r.Header = http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer " + key}, "X-Sluice-Config": {"everything"}, "X-Sluice-Metadata": {`{"team":"support","_user":"anna"}`}}
		w := httptest.NewRecorder()
		a.handler.ServeHTTP(w, r)
		if w.Code != http.StatusOK || w.Header().Get("X-Sluice-Cache-Status") != "SEMANTIC MISS" {
			b.Fatal(w.Code, w.Header(), w.Body)
		}
	}
}

var benchSyllables = strings.Fields("ba ber cor da del dor el fen gar hol in ja kel lo mar men na nor ol pe quin ra ros sel sha ta ter ul va ver wen yo zan")

const benchConfig = `
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
cache: {max_bytes: 16MiB}
telemetry: {store: sqlite, content: redacted}
`

const benchTemplate = `
slug: answer
messages:
  - {role: system, content: "You answer customers of a parcel service, briefly and kindly."}
  - {role: user, content: "{{letter}}"}
model: "@bench/bench"
parameters: {max_tokens: 400}
`
