package lexicon

// ASCII reports whether a text is of ASCII bytes only, which have one form: the tables of
// Unicode need not be asked.
func ASCII(s string) bool {
	var any uint64
	for ; len(s) >= 8; s = s[8:] { // the compiler makes one load of the eight
		any |= uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 | uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
	}
	for i := range len(s) {
		any |= uint64(s[i])
	}
	return any&0x8080808080808080 == 0
}
