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

// Marks only spare work: a scan that asks everywhere what may begin there finds the same.
func TestMarksHideNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		var b strings.Builder
		for range 1 + r.IntN(12) {
			b.WriteString(pieces[r.IntN(len(pieces))])
		}
		sameEverywhere(t, b.String())
	}
}

var looked = func() map[mask]*marks {
	m := map[mask]*marks{}
	for _, on := range []mask{end - 1, secret, email, ip, email | secret, phone | card | iban} {
		m[on] = marksOf(on)
	}
	return m
}()

func sameEverywhere(t *testing.T, text string) {
	t.Helper()
	for on, marks := range looked {
		for _, first := range []bool{false, true} {
			for _, folded := range []bool{false, true} {
				got := scan{text: text, on: on, marks: marks, first: first, folded: folded}
				want := scan{text: text, on: on, first: first, folded: folded}
				if one, other := got.run(), want.everywhere(); one != other || !slices.Equal(got.spans, want.spans) || got.last != want.last {
					t.Fatalf("%v of %q: %v %v up to %d, want %v %v up to %d", on, text, one, got.spans, got.last, other, want.spans, want.last)
				}
			}
		}
	}
}

// everywhere is run without marks: what may begin anywhere is asked everywhere.
func (s *scan) everywhere() bool {
	t := s.text
	for i := 0; i < len(t); {
		if s.first && s.last > 0 {
			return true
		}
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

// FuzzMarks: nothing begins at a place that is passed over.
func FuzzMarks(f *testing.F) {
	for _, s := range []string{"", prose, dense, han, "Bearer abcdefghijk1", "a bearer abcdefghijk1,", "ya29.abcdefghijklmnopqrstu", strings.Join(pieces, ""), strings.Join(pieces, "abcdefg")} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) { sameEverywhere(t, text) })
}

// Every two bytes that are a marked place are found wherever they stand among eight, whatever
// stands around them; "be" where it must be.
func TestNextSkipsNoMark(t *testing.T) {
	m := marksOf(end - 1)
	for two := range 1 << 16 {
		a, b := byte(two>>8), byte(two)
		if m[a].meets(m[b]) == 0 {
			continue
		}
		third := "x"
		if m[a].meets(m[b]) == bearer {
			third = "a"
		}
		for _, fill := range []string{" ", "a", "\x80", "\xd6"} {
			for at := range 8 {
				text := strings.Repeat(fill, at) + string([]byte{a, b}) + third + strings.Repeat(fill, 12)
				if got := m.next(text, 0); got != at && m[text[got]].meets(m[text[got+1]]) == 0 || got > at {
					t.Fatalf("%q: %d, want %d", text, got, at)
				}
			}
		}
	}
}
