package pii

func isDigit(b byte) bool  { return b-'0' < 10 }
func isLetter(b byte) bool { return (b|0x20)-'a' < 26 }
func isAlnum(b byte) bool  { return isDigit(b) || isLetter(b) }
func isWord(b byte) bool   { return isAlnum(b) || b == '_' }

// begins reports whether a token may begin at i: the byte before i is not an ASCII word
// character. The letter of a JSON escape such as \n is not counted as one.
func begins(t string, i int) bool {
	return i == 0 || !isWord(t[i-1]) || escape(t, i-1)
}

// escape reports whether t[i] is the letter of a JSON escape such as \n.
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

// apart reports whether text[start:end] stands apart from the words around it. A number with
// a valid checksum (checked) needs no other character between than "_", which joins the words
// of names, and in an identifier letters do not count either: f4111111111111111.
func (s *scan) apart(start, end int, checked bool) bool {
	return s.mayBegin(start, checked) && s.mayEnd(end, checked)
}

func (s *scan) mayBegin(i int, checked bool) bool {
	return begins(s.text, i) || checked && (s.text[i-1] == '_' || s.identifier && !isDigit(s.text[i-1]))
}

func (s *scan) mayEnd(i int, checked bool) bool {
	return ends(s.text, i) || checked && (s.text[i] == '_' || s.identifier && !isDigit(s.text[i]))
}

// ends reports whether a number may end at i: no word character follows, and no separator
// with another digit.
func ends(t string, i int) bool {
	if i >= len(t) {
		return true
	}
	if isWord(t[i]) {
		return false
	}
	return !((t[i] == '-' || t[i] == '.') && i+1 < len(t) && isDigit(t[i+1]))
}
