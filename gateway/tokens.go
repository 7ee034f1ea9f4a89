package gateway

import "unicode/utf8"

// TokenCount estimates the tokens of texts that arrive in parts: four bytes of ASCII, or one
// other character, count as one token. The zero value is empty.
type TokenCount struct{ ascii, other int64 }

// Add adds the tokens of s.
func (t *TokenCount) Add(s string) {
	for i := 0; i < len(s); {
		if s[i] < utf8.RuneSelf {
			t.ascii++
			i++
			continue
		}
		_, n := utf8.DecodeRuneInString(s[i:])
		t.other++
		i += n
	}
}

// Tokens returns the estimate.
func (t *TokenCount) Tokens() int64 { return (t.ascii+3)/4 + t.other }
