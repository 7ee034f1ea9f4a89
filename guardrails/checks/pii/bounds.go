package pii

func isDigit(b byte) bool  { return b-'0' < 10 }
func isLetter(b byte) bool { return (b|0x20)-'a' < 26 }
func isAlnum(b byte) bool  { return isDigit(b) || isLetter(b) }
func isWord(b byte) bool   { return isAlnum(b) || b == '_' }

// begins reports whether a token may begin at i: no ASCII word character stands before
// it. The letter of an escape (\n in a JSON text) is none.
func begins(t string, i int) bool {
	return i == 0 || !isWord(t[i-1]) || escape(t, i-1)
}

// escape reports whether t[i] is the letter of an escape.
func escape(t string, i int) bool {
	if i == 0 || t[i-1] != '\\' {
		return false
	}
	switch t[i] {
	case 'n', 'r', 't', 'b', 'f':
		return true
	}
	return false
}

// ends reports whether a number may end at i: neither a word character nor a separator
// with another digit follows.
func ends(t string, i int) bool {
	if i >= len(t) {
		return true
	}
	if isWord(t[i]) {
		return false
	}
	return !((t[i] == '-' || t[i] == '.') && i+1 < len(t) && isDigit(t[i+1]))
}
