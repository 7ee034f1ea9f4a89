package pii

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// pieces of what is found, and of what comes near to it.
var pieces = []string{"a", "b", "y", "ya29.", "bearer ", "BeaREr ", "be", "A", "S", "SG.", "AKIA", "ASIA", "AIza", "eyJ", "J", "sk-", "sk-ant-", "ghp_", "_", "-", "-----BEGIN ", "PRIVATE KEY-----",
	" ", ".", ":", "::", "fe80:", "%", "%40", "%eth", "@", "@example.com", `\`, `\\`, `\u0040`, `\/`, `\n`, `\b`, `\u003`, "１", "\u200b", "é", "中", "电话", "\n", `"`, "0", "29", "29.",
	"192.168.0.1", "13800138000", "4111 1111 1111 1111", "DE89 3704 0044 0532 0130 00", "123-45-6789", "415-555-2671", "+1 ", "(", "abcdefghijklmnop", "ABCDEFGHIJKLMNOP", "a1B2c3D4e5F6g7H8",
	"\xff", "\xe2", "\xc2\xa0", "1:2:3:4:5:6:7:8", "110101199003077578", "/", "=", "~"}

// What must follow a mark only spares work: looked at whatever follows, the marks give the
// same findings.
func TestMarksHideNothing(t *testing.T) {
	for _, entities := range [][]string{Entities(), {"secret"}, {"email"}, {"ip"}, {"phone", "card", "iban"}} {
		quick, whole := scanner(t, entities...), scanner(t, entities...)
		for i := range whole.marks {
			whole.marks[i] |= 0xff << following
		}
		r := rand.New(rand.NewPCG(1, 2))
		for range 20_000 {
			var b strings.Builder
			for range 1 + r.IntN(12) {
				b.WriteString(pieces[r.IntN(len(pieces))])
			}
			text := b.String()
			if got, want := quick.Scan(nil, text), whole.Scan(nil, text); !slices.Equal(got, want) {
				t.Fatalf("%q: %v, want %v", text, got, want)
			}
			if got, want := quick.Suspects([]byte(text)), whole.Suspects([]byte(text)); got != want {
				t.Fatalf("%q: suspected %v, want %v", text, got, want)
			}
		}
	}
}
