package catalog

import "testing"

func TestMaxOutput(t *testing.T) {
	c, err := New()
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		provider, model string
		tokens          int64 // 0: not known
	}{
		{"anthropic", "claude-opus-4-7", 128_000},
		{"anthropic", "claude-opus-4-7-20260416", 128_000},
		{"anthropic", "claude-opus-4-7-latest", 128_000},
		{"openai", "gpt-4o", 16_384},
		{"openai", "gpt-4o-2031-01-31", 16_384},
		{"openai", "text-embedding-3-small", 0},
		{"openai", "claude-opus-4-7", 0},
		{"nobody", "gpt-4o", 0},
		{"openai", "", 0},
	} {
		if n, ok := c.MaxOutput(tc.provider, tc.model); n != tc.tokens || ok != (tc.tokens > 0) {
			t.Errorf("%s/%s: %d, %v", tc.provider, tc.model, n, ok)
		}
	}
}
