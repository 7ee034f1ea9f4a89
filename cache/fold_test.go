package cache

import (
	"strings"
	"testing"
)

func TestFold(t *testing.T) {
	for text, want := range map[string]string{
		"  Hello  World!?\t": "hello world",
		"a\n\nb\tc \n d":     "a b c\n d",
		"if x:\n  y\n  z":    "if x:\n  y\n  z",
		"“Don’t” — 5!":       "\"don't\" — 5!",
		"a\x00 \x00B":        "a\x00 \x00b",
	} {
		if got := string(appendFolded(nil, text, false)); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	for n := range 40 { // the lower case is longer
		text, want := strings.Repeat("Ⱥ", n)+"a B  c", strings.Repeat("ⱥ", n)+"a b c"
		if got := string(appendFolded(nil, text, false)); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// foldSlowly is what foldPlain does, one byte after the other.
func foldSlowly(text string) string {
	var b strings.Builder
	for i := range len(text) {
		f := plainFold[text[i]]
		if text[i] == ' ' && i+1 < len(text) && plainFold[text[i+1]] != 0 {
			f = ' '
		}
		if f == 0 {
			break
		}
		b.WriteByte(f)
	}
	return b.String()
}

func FuzzFoldPlain(f *testing.F) {
	for c := range 256 { // each byte at each place of eight
		for i := range 10 {
			f.Add("aB cD eF g"[:i] + string([]byte{byte(c)}) + " hI jK lM"[i:])
		}
	}
	f.Add("Words, and  two spaces; THEN an end. ")
	f.Add("Zz@[`{ \x7f\x01a\x00b\x80c éÉ\nd\te")
	f.Fuzz(func(t *testing.T, text string) {
		want := foldSlowly(text)
		dst := make([]byte, len(text))
		if n := foldPlain(dst, text); string(dst[:n]) != want {
			t.Errorf("%q: %q, want %q", text, dst[:n], want)
		}
	})
}
