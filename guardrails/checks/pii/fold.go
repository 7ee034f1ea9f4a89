package pii

import (
	"unicode/utf8"
	"unsafe"
)

// folded is a normalised text with the place of each of its bytes in the original.
type folded struct {
	bytes       []byte
	start, stop []int32 // of the original character that bytes[i] stands for
}

// text is a view of the bytes; it is gone before the buffer is used again.
func (f *folded) text() string { return unsafe.String(unsafe.SliceData(f.bytes), len(f.bytes)) }

func (f *folded) put(b byte, start, stop int) {
	f.bytes = append(f.bytes, b)
	f.start = append(f.start, int32(start))
	f.stop = append(f.stop, int32(stop))
}

func (f *folded) fold(t string) {
	f.bytes, f.start, f.stop = f.bytes[:0], f.start[:0], f.stop[:0]
	for i := 0; i < len(t); {
		if b := t[i]; b < 0x80 && b != '\\' {
			f.put(b, i, i+1)
			i++
			continue
		}
		r, w := char(t, i)
		to := plain(r)
		switch {
		case to == drop:
		case to != keep:
			f.put(byte(to), i, i+w)
		case w > 1 && t[i] == '\\':
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
}

// restore moves spans back to the original.
func (f *folded) restore(spans []Span) {
	for i := range spans {
		s := &spans[i]
		s.Start, s.End = int(f.start[s.Start]), int(f.stop[s.End-1])
	}
}

// char reads the character at i: a rune, or a JSON escape of one with any number of
// backslashes, as texts inside texts have it.
func char(t string, i int) (rune, int) {
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

// hex4 reads "uXXXX".
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
	keep = -1 // as it is
	drop = -2 // invisible
)

// plain gives the ASCII character that r looks like.
func plain(r rune) rune {
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
	}
	return keep
}

// needsFolding reports whether the character at i, alone or with its neighbours, could
// hide something from the pass over the bytes. Punctuation that ordinary prose is full of
// counts only beside a letter or digit.
func needsFolding(t string, i int) bool {
	r, w := char(t, i)
	if t[i] == '\\' {
		return w > 1
	}
	to := plain(r)
	switch {
	case to == keep:
		return false
	case isAlnum(byte(to)) && to > 0, to == '@', to == '+', r >= 0xE0000:
		return true
	}
	return i > 0 && near(t[i-1]) || i+w < len(t) && near(t[i+w])
}

func near(b byte) bool { return isAlnum(b) || b == '@' || b == 0xEF }
