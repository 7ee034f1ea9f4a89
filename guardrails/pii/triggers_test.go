package pii

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// fragments of entities, and of texts that resemble them.
var fragments = []string{"a", "b", "y", "ya29.", "bearer ", "BeaREr ", "be", "A", "S", "SG.", "AKIA", "ASIA", "AIza", "eyJ", "J", "sk-", "sk-ant-", "ghp_", "_", "-", "-----BEGIN ", "PRIVATE KEY-----",
	" ", ".", ":", "::", "fe80:", "%", "%40", "%eth", "@", "@example.com", `\`, `\\`, `\u0040`, `\/`, `\n`, `\b`, `\u003`, "１", "\u200b", "é", "中", "电话", "\n", `"`, "0", "29", "29.",
	"192.168.0.1", "13800138000", "4111 1111 1111 1111", "DE89 3704 0044 0532 0130 00", "123-45-6789", "415-555-2671", "+1 ", "(", "abcdefghijklmnop", "ABCDEFGHIJKLMNOP", "a1B2c3D4e5F6g7H8",
	"\xff", "\xe2", "\xc2\xa0", "1:2:3:4:5:6:7:8", "110101199003077578", "/", "=", "~"}

// Triggers only save work: a scan that stops at every byte finds the same.
func TestTriggersHideNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		var b strings.Builder
		for range 1 + r.IntN(12) {
			b.WriteString(fragments[r.IntN(len(fragments))])
		}
		compareWithFullScan(t, b.String())
	}
}

func compareWithFullScan(t *testing.T, text string) {
	t.Helper()
	for _, on := range []mask{end - 1, secret, email, ip, email | secret, phone | card | iban} {
		for _, folded := range []bool{false, true} {
			got := scan{text: text, on: on, triggers: triggersOf(on), folded: folded}
			want := scan{text: text, on: on, folded: folded}
			if one, other := got.run(), want.runEverywhere(); one != other || !slices.Equal(got.spans, want.spans) || got.last != want.last {
				t.Fatalf("%v of %q: %v %v up to %d, want %v %v up to %d", on, text, one, got.spans, got.last, other, want.spans, want.last)
			}
		}
	}
}

// runEverywhere is run without triggers.
func (s *scan) runEverywhere() bool {
	t := s.text
	for i := 0; i < len(t); {
		switch b := t[i]; {
		case isDigit(b) && s.on&^(email|secret) != 0:
			i = s.number(i)
		case b == '@' && s.on&email != 0:
			i = s.emailAt(i, 1)
		case b == '%' && strings.HasPrefix(t[i:], "%40") && s.on&email != 0:
			i = s.emailAt(i, 3)
		case b == ':' && s.on&ip != 0:
			i = s.ipv6At(i)
		case (b == '\\' || b >= 0x80) && !s.folded && needsFolding(t, i):
			return false
		case s.on&secret != 0:
			i = s.secretAt(i)
		default:
			i++
		}
	}
	return true
}

func FuzzTriggers(f *testing.F) {
	for _, s := range []string{"", prose, dense, han, "Bearer abcdefghijk1", "a bearer abcdefghijk1,", "ya29.abcdefghijklmnopqrstu", strings.Join(fragments, ""), strings.Join(fragments, "abcdefg")} {
		f.Add(s)
	}
	f.Fuzz(compareWithFullScan)
}
