package lexicon

import "math/bits"

// LowerCase is how many lower-case letters of ASCII s begins with. It asks eight bytes at
// once: what the length of a word is, no processor can foresee.
func LowerCase(s string) (n int) {
	const each = 0x0101010101010101
	for ; len(s)-n >= 8; n += 8 {
		t := s[n : n+8]
		w := uint64(t[0]) | uint64(t[1])<<8 | uint64(t[2])<<16 | uint64(t[3])<<24 | uint64(t[4])<<32 | uint64(t[5])<<40 | uint64(t[6])<<48 | uint64(t[7])<<56
		low := w &^ (each * 0x80)
		lower := (low + each*(0x80-'a')) &^ (low + each*(0x7f-'z')) &^ w // in the high bit of each byte
		if other := ^lower & (each * 0x80); other != 0 {
			return n + bits.TrailingZeros64(other)/8
		}
	}
	for n < len(s) && s[n] >= 'a' && s[n] <= 'z' {
		n++
	}
	return n
}
