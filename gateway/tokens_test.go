package gateway_test

import (
	"testing"

	"github.com/sluicegate/sluice/gateway"
)

func TestReadCount(t *testing.T) {
	for raw, want := range map[string]int64{"1": 1, "500": 500, "1e3": 1000, "5.0": 5, "1e300": 1_000_000_000, "1e400": 1_000_000_000,
		"0": 0, "-1": 0, "0.5": 0, "1.5": 0, "null": 0, `"50"`: 0, "true": 0, "[1]": 0, "{}": 0, "-1e400": 0, "": 0} {
		if n, ok := gateway.ReadCount([]byte(raw)); n != want || ok != (want > 0) {
			t.Errorf("%s: %d, %v, want %d", raw, n, ok, want)
		}
	}
}

// The estimate of texts that come in pieces is that of the whole.
func TestTokenCount(t *testing.T) {
	for text, want := range map[string]int64{"": 0, "a": 1, "abcd": 1, "abcde": 2, "你好": 2, "hi 你好": 3, "\xff": 1} {
		var whole, pieces gateway.TokenCount
		whole.Add(text)
		for _, r := range text {
			pieces.Add(string(r))
		}
		if whole.Tokens() != want || text != "\xff" && pieces != whole {
			t.Errorf("%q: %d and %d tokens, want %d", text, whole.Tokens(), pieces.Tokens(), want)
		}
	}
}
