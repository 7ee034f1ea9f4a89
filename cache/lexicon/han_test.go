package lexicon

import (
	"strings"
	"testing"
)

// FuzzHan compares with a look at all phrases.
func FuzzHan(f *testing.F) {
	for _, p := range hanPhrases {
		f.Add(p.text)
		f.Add(p.text + "么")
		f.Add(p.text[:len(p.text)-1])
	}
	f.Fuzz(func(t *testing.T, text string) {
		want := hanPhrase{}
		for _, p := range hanPhrases {
			if strings.HasPrefix(text, p.text) {
				want = p
				break
			}
		}
		if class, n, ok := Han(text); class != want.class || n != len(want.text) || ok != (n > 0) {
			t.Errorf("%q: %q of %d bytes, want %q", text, class, n, want)
		}
	})
}
