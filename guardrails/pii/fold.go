package pii

import (
	"unicode"
	"unicode/utf8"
)

// folded is a normalised text that remembers where each of its bytes came from.
type folded struct {
	bytes       []byte
	start, stop []int // the original character of bytes[i] is original[start[i]:stop[i]]
}

func (f *folded) text() string { return string(f.bytes) }

func (f *folded) put(b byte, start, stop int) {
	f.bytes = append(f.bytes, b)
	f.start = append(f.start, start)
	f.stop = append(f.stop, stop)
}

// fold normalises t: full-width characters, digits of other scripts and mathematical letters
// become ASCII, invisible ones disappear, JSON escapes and HTML entities are decoded.
func fold(t string) *folded {
	f := &folded{}
	for i := 0; i < len(t); {
		if b := t[i]; b < 0x80 && b != '\\' && b != '&' {
			f.put(b, i, i+1)
			i++
			continue
		}
		r, w := char(t, i)
		to := asciiOf(r)
		switch {
		case to == drop:
		case to != keep:
			f.put(byte(to), i, i+w)
		case w > 1 && t[i] < 0x80:
			var u [utf8.UTFMax]byte
			for _, b := range u[:utf8.EncodeRune(u[:], r)] {
				f.put(b, i, i+w)
			}
		default:
			for k := i; k < i+w; k++ {
				f.put(t[k], i, i+w)
			}
		}
		i += w
	}
	return f
}

// restore translates spans of the normalised text to spans of the original.
func (f *folded) restore(spans []Span) {
	for i := range spans {
		s := &spans[i]
		s.Start, s.End = f.start[s.Start], f.stop[s.End-1]
	}
}

// char reads the character at i and its width in bytes: a rune, a JSON escape or an HTML
// entity. An escape may have several backslashes, because JSON may stand inside a string of
// JSON.
func char(t string, i int) (rune, int) {
	if t[i] == '&' {
		if r, w := htmlEntity(t[i:]); w > 0 {
			return r, w
		}
		return '&', 1
	}
	if t[i] != '\\' {
		return utf8.DecodeRuneInString(t[i:])
	}
	j := i
	for j < len(t) && t[j] == '\\' && j-i < 8 {
		j++
	}
	if j < len(t) && t[j] == '/' {
		return '/', j + 1 - i
	}
	if r, ok := hex4(t, j); ok {
		return r, j + 5 - i
	}
	return '\\', 1
}

// hex4 reads "uXXXX" at i.
func hex4(t string, i int) (rune, bool) {
	if i+5 > len(t) || t[i] != 'u' {
		return 0, false
	}
	var r rune
	for _, b := range []byte(t[i+1 : i+5]) {
		switch {
		case isDigit(b):
			r = r<<4 | rune(b-'0')
		case (b|0x20)-'a' < 6:
			r = r<<4 | rune((b|0x20)-'a'+10)
		default:
			return 0, false
		}
	}
	return r, true
}

const (
	keep = -1 // the character has no ASCII form and stays
	drop = -2 // the character is invisible and is removed
)

// asciiOf returns the ASCII character that r looks like, keep or drop.
func asciiOf(r rune) rune {
	switch {
	case r < 0x80:
		return r
	case r >= 0xFF10 && r <= 0xFF19, r >= 0xFF21 && r <= 0xFF3A, r >= 0xFF41 && r <= 0xFF5A,
		r == 0xFF20, r == 0xFF0B, r == 0xFF0D, r == 0xFF0E, r == 0xFF3F, r == 0xFF08, r == 0xFF09:
		return r - 0xFEE0
	case r == 0xFE6B:
		return '@'
	case r == 0xFE52:
		return '.'
	case r >= 0x2010 && r <= 0x2015, r == 0x2212, r == 0xFE63:
		return '-'
	case r == 0xA0, r == 0x2007, r == 0x2009, r == 0x202F, r == 0x3000:
		return ' '
	case r == 0xAD, r >= 0x200B && r <= 0x200F, r >= 0x202A && r <= 0x202E, r >= 0x2060 && r <= 0x2064,
		r == 0xFEFF, r >= 0xE0000 && r <= 0xE007F:
		return drop
	case r >= 0x1D400 && r <= 0x1D6A3: // mathematical alphabets, each A to Z and a to z
		n := (r - 0x1D400) % 52
		if n < 26 {
			return 'A' + n
		}
		return 'a' + n - 26
	case unicode.Is(unicode.Nd, r):
		return digitOf(r)
	}
	return keep
}

// digitOf returns the ASCII digit of a decimal digit. The ranges of the table hold whole sets
// of ten.
func digitOf(r rune) rune {
	for _, in := range unicode.Nd.R16 {
		if r >= rune(in.Lo) && r <= rune(in.Hi) {
			return '0' + (r-rune(in.Lo))%10
		}
	}
	for _, in := range unicode.Nd.R32 {
		if r >= rune(in.Lo) && r <= rune(in.Hi) {
			return '0' + (r-rune(in.Lo))%10
		}
	}
	return keep
}

// needsFolding reports whether the character at i could hide an entity from the scan.
// Punctuation that is common in prose counts only next to a letter or digit.
func needsFolding(t string, i int) bool {
	r, w := char(t, i)
	if t[i] < 0x80 {
		return w > 1
	}
	to := asciiOf(r)
	switch {
	case to == keep:
		return false
	case isAlnum(byte(to)) && to > 0, to == '@', to == '+', r >= 0xE0000:
		return true
	}
	return i > 0 && joinsToken(t[i-1]) || i+w < len(t) && joinsToken(t[i+w])
}

func joinsToken(b byte) bool { return isAlnum(b) || b == '@' || b == 0xEF }
