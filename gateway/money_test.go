package gateway_test

import (
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
)

func TestUSD(t *testing.T) {
	for text, nano := range map[string]int64{"0": 0, "12.5": 12_500_000_000, "0.000000001": 1, "9000000000": 9_000_000_000_000_000_000, " 7 ": 7_000_000_000} {
		got, err := gateway.ParseUSD("budget", text)
		if err != nil || got != nano {
			t.Errorf("%q: %d, %v, want %d", text, got, err, nano)
		}
		if back := gateway.FormatUSD(nano); back != strings.TrimSpace(text) {
			t.Errorf("%d: %q, want %q", nano, back, text)
		}
	}
	for _, text := range []string{"", "-1", "1e3", "1,5", "1.", ".5", "0.0000000001", "9000000000.1", "99999999999", "NaN", "١"} {
		if n, err := gateway.ParseUSD("budget", text); err == nil {
			t.Errorf("%q: accepted as %d", text, n)
		}
	}
	if got := gateway.FormatUSD(-1); got != "-0.000000001" {
		t.Errorf("-1: %s", got)
	}
}
