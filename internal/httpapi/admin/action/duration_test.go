package action

import (
	"testing"
	"time"
)

func TestParseDuration(t *testing.T) {
	const day = 24 * time.Hour
	for text, want := range map[string]time.Duration{
		"30m": 30 * time.Minute, "24h": day, "7d": 7 * day, "2w": 14 * day, "1w2d": 9 * day, "1d12h": 36 * time.Hour, "-1h": -time.Hour, "0d": 0,
	} {
		if got, ok := parseDuration(text); !ok || got != want {
			t.Errorf("%s: %v %v, want %v", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "24", "d", "w", "-1d", "1d-2h", "1.5d", "1d2w", "7 d", "70000d", "65535w", "65536d2500000h", "yesterday", "1mo"} {
		if got, ok := parseDuration(text); ok {
			t.Errorf("%q is read as %v", text, got)
		}
	}
}
