package billing

import (
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/catalog"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
)

func TestOutputBound(t *testing.T) {
	for _, tc := range []struct {
		name      string
		provider  string
		body      string
		override  string
		fallback  string
		op        gateway.Op
		tokens    int64
		unbounded bool
	}{
		{name: "nothing said", tokens: unboundedOutput, unbounded: true},
		{name: "max_tokens", body: `"max_tokens":10`, tokens: 10},
		{name: "the larger of both", body: `"max_tokens":10,"max_completion_tokens":20`, tokens: 20},
		{name: "choices", body: `"max_tokens":10,"n":3`, tokens: 30},
		{name: "open choices", body: `"n":2`, tokens: 2 * unboundedOutput, unbounded: true},
		{name: "an override beats the caller", body: `"max_tokens":10`, override: `{"max_tokens":99}`, tokens: 99},
		{name: "a default fills the gap", fallback: `{"max_tokens":5}`, tokens: 5},
		{name: "a default does not beat the caller", body: `"max_tokens":10`, fallback: `{"max_tokens":5}`, tokens: 10},
		{name: "anthropic", provider: "anthropic", tokens: 4_096},
		{name: "anthropic thinks", provider: "anthropic", body: `"max_tokens":10,"reasoning_effort":"high"`, tokens: 10 + catalog.MaxThinkingBudget},
		{name: "anthropic thinks by budget", provider: "anthropic", body: `"thinking":{"type":"enabled","budget_tokens":2000}`, tokens: 4_096 + 2000},
		{name: "absurd", body: `"max_tokens":-5,"n":1e300`, tokens: 0},
		{name: "no number", body: `"max_tokens":"10"`, tokens: unboundedOutput, unbounded: true},
		{name: "embeddings", op: gateway.OpEmbeddings},
	} {
		t.Run(tc.name, func(t *testing.T) {
			body := `{"model":"m"}`
			if tc.body != "" {
				body = `{"model":"m",` + tc.body + `}`
			}
			if tc.op == "" {
				tc.op = gateway.OpChat
			}
			req, err := openai.NewRequest(tc.op, []byte(body))
			if err != nil {
				t.Fatal(err)
			}
			target := &gateway.Target{Provider: tc.provider, Override: []byte(tc.override), Default: []byte(tc.fallback)}
			if n, unbounded := outputBound(target, req); n != tc.tokens || unbounded != tc.unbounded {
				t.Errorf("%d tokens, unbounded %v; want %d, %v", n, unbounded, tc.tokens, tc.unbounded)
			}
		})
	}
}

func TestInputBound(t *testing.T) {
	image := `"data:image/png;base64,` + strings.Repeat("A", 100_000) + `"`
	for _, tc := range []struct {
		name, body  string
		least, most int64
	}{
		{"text", `{"messages":[{"role":"user","content":"Hello"}]}`, 48, 48},
		{"tools", `{"tools":[]}`, 12 + toolTokens, 12 + toolTokens},
		{"an image in the body", `{"type":"image_url","image_url":{"url":` + image + `}}`, imageTokens, 2*imageTokens + 100},
		{"an image by reference", `{"type":"image_url","image_url":{"url":"https://example.com/a.png"}}`, imageTokens, 2*imageTokens + 100},
		{"an image without an end", `{"url":"data:image/png;base64,AAAA`, 20, 40},
		{"audio counts its bytes", `{"data":"` + strings.Repeat("A", 1000) + `"}`, 1000, 1100},
		{"empty", ``, 0, 0},
	} {
		if n := inputBound([]byte(tc.body)); n < tc.least || n > tc.most {
			t.Errorf("%s: %d tokens, want %d to %d", tc.name, n, tc.least, tc.most)
		}
	}
}
