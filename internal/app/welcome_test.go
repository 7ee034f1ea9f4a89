package app

import (
	"net"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
)

var wildcard = &net.TCPAddr{IP: net.IPv6unspecified, Port: 8787}

func greet(key ownKey, self string) string {
	var b strings.Builder
	welcome(&b, "http", wildcard, key, self)
	return b.String()
}

// TestWelcome: a key that was made is shown with calls that hold it, one that is set is not
// shown at all, and a later start says where it listens.
func TestWelcome(t *testing.T) {
	made := gateway.NewSecret("sk-sl-made")
	for name, c := range map[string]struct {
		key    ownKey
		holds  []string
		misses string
	}{
		"made": {ownKey{made: made}, []string{"shown this once", "\n  sk-sl-made\n", "Bearer sk-sl-made\"", "apiKey: 'sk-sl-made' })",
			"SLUICE_URL=http://127.0.0.1:8787 SLUICE_API_KEY=sk-sl-made ./bin/sluice trace latest"}, "$SLUICE_API_KEY"},
		"set": {ownKey{set: true}, []string{"curl http://127.0.0.1:8787/v1", "Bearer $SLUICE_API_KEY\"", "apiKey: process.env.SLUICE_API_KEY })",
			"\n  SLUICE_URL=http://127.0.0.1:8787 ./bin/sluice trace latest\n"}, "sk-sl"},
		"later": {ownKey{}, []string{"Sluice answers on http://127.0.0.1:8787\n"}, "curl"},
	} {
		got := greet(c.key, "./bin/sluice")
		for _, part := range c.holds {
			if !strings.Contains(got, part) {
				t.Errorf("%s: no %q in\n%s", name, part, got)
			}
		}
		if strings.Contains(got, c.misses) || strings.Contains(got, "%!") {
			t.Errorf("%s: %q or a formatting error in\n%s", name, c.misses, got)
		}
	}
}
