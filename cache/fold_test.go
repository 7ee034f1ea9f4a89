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
