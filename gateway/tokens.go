package gateway

import (
	"math"
	"strconv"
	"unicode/utf8"
)

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

// maxCount is more than any model can read or write in one call.
const maxCount = 1_000_000_000

// ReadCount parses a JSON value as a number of tokens or answers. ok is false for anything
// but a positive whole number. A number above a billion counts as a billion.
func ReadCount(raw []byte) (n int64, ok bool) {
	if len(raw) == 0 || raw[0] < '0' || raw[0] > '9' {
		return 0, false
	}
	f, err := strconv.ParseFloat(string(raw), 64)
	if err != nil && !math.IsInf(f, 1) || f < 1 || f != math.Trunc(f) {
		return 0, false
	}
	return int64(min(f, maxCount)), true
}

// EstimatedInput returns about how many input tokens the request has.
func (r *Request) EstimatedInput() int64 {
	const image, message = 1_000, 4
	var n TokenCount
	texts := r.Texts()
	for _, t := range texts {
		n.Add(t.Value)
	}
	tokens := n.Tokens() + message*int64(len(texts))
	if r.Op.GeneratesText() {
		tokens += image * int64(r.Dialect.Attachments(r.Raw).Images)
	}
	return tokens
}
