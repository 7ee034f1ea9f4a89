package lexicon

import "math/bits"

// LowerCase is how many lower-case letters of ASCII s begins with. It asks eight bytes at
// once: what the length of a word is, no processor can foresee.
func LowerCase(s string) (n int) {
	const each = 0x0101010101010101
	for ; len(s)-n >= 8; n += 8 {
		w := eight(s[n : n+8])
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

// Short is the word of at most eight ASCII letters that s, of eight bytes, begins with: its
// letters in lower case, the first one in the lowest byte, their number, and whether they are
// so in s. What follows them in s may belong to the word as well.
func Short(s string) (letters uint64, n int, lower bool) {
	const each, high = 0x0101010101010101, 0x8080808080808080
	w := eight(s)
	small := w | each*0x20
	low := small &^ high
	letter := (low + each*(0x80-'a')) &^ (low + each*(0x7f-'z')) &^ w & high
	n = bits.TrailingZeros64(letter^high) / 8
	word := uint64(1)<<(8*n) - 1 // where a shift by 64 gives 0, so of all eight
	return small & word, n, w&word == small&word
}

// eight are the first bytes of s, the first one lowest.
func eight(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}
