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
	for _, text := range []string{"", "-1", "1,5", "e3", "1e", "1e+", "1.e3", "1e-10", "1e10", "1e999999999", "-1e2", "1e2.5", "1e1e1", "1.", ".5", "0.0000000001", "9000000000.1", "99999999999", "NaN", "١"} {
		if n, err := gateway.ParseUSD("budget", text); err == nil {
			t.Errorf("%q: accepted as %d", text, n)
		}
	}
	for text, want := range map[string]string{"1e-2": "0.01", "1E3": "1000", "1.5e+2": "150", "12.50e-1": "1.25", "0e9": "0", "1e-9": "0.000000001",
		"9e9": "9000000000", "1000e-2": "10", "0.001e3": "1", "10e0": "10"} {
		if n, err := gateway.ParseUSD("budget", text); err != nil || gateway.FormatUSD(n) != want {
			t.Errorf("%q: %s, %v, want %s", text, gateway.FormatUSD(n), err, want)
		}
	}
	if got := gateway.FormatUSD(-1); got != "-0.000000001" {
		t.Errorf("-1: %s", got)
	}
}
