package gateway

import (
	"math/bits"
	"unicode/utf8"
)

// maxDepth bounds the nesting of a body. Parsers recurse, and a stack that overflows ends
// the process.
const maxDepth = 512

// ValidJSON reports whether raw is one JSON text that every parser here can read: use it
// instead of a bare syntax check, which recurses as deep as the text wants.
func ValidJSON[T string | []byte](raw T) bool {
	ok, _ := wellFormed([]byte(raw))
	return ok
}

// wellFormed reports whether raw is one JSON text of at most maxDepth levels, and whether
// all of it is ASCII. It is one pass of our own because every body goes through it: depth,
// syntax and encoding in turn would read a body three times.
func wellFormed(raw []byte) (ok, ascii bool) {
	s := syntax{raw: raw}
	ok = s.text()
	return ok, !s.high
}

// syntax is where wellFormed stands.
type syntax struct {
	raw   []byte
	pos   int
	depth int
	kinds [maxDepth / 64]uint64 // of the open brackets, a bit each: 1 is an object
	high  bool                  // a byte above ASCII was seen
}

func (s *syntax) text() bool {
	for {
		// Here a value begins.
		switch c := s.next(); {
		case c == '"':
			if s.pos++; !s.str() {
				return false
			}
		case c == '{', c == '[':
			if !s.open(c == '{') {
				return false
			}
			if s.next() == c+2 { // ']' and '}' stand two behind their openings
				break // an empty one, closed below
			}
			if c == '{' && !s.key() {
				return false
			}
			continue
		case c == '-', c >= '0' && c <= '9':
			if !s.number() {
				return false
			}
		default:
			if !s.word(c) {
				return false
			}
		}
		// Here one has ended.
		for more := false; !more; {
			if s.depth == 0 {
				return s.next() == 0 && s.pos == len(s.raw)
			}
			switch c := s.next(); {
			case c == ',':
				s.pos++
				if s.object() && !s.key() {
					return false
				}
				more = true
			case c == '}' && s.object(), c == ']' && !s.object():
				s.pos++
				s.depth--
			default:
				return false
			}
		}
	}
}

// next passes over white space and gives the byte behind it, 0 at the end: no byte that
// may stand there is 0.
func (s *syntax) next() byte {
	if s.pos < len(s.raw) && s.raw[s.pos] > ' ' { // nearly always: machines write without spaces
		return s.raw[s.pos]
	}
	return s.spaced()
}

func (s *syntax) spaced() byte {
	for ; s.pos < len(s.raw); s.pos++ {
		switch c := s.raw[s.pos]; c {
		case ' ', '\t', '\n', '\r':
		default:
			return c
		}
	}
	return 0
}

func (s *syntax) open(object bool) bool {
	if s.depth == maxDepth {
		return false
	}
	bit := uint64(1) << (s.depth & 63)
	s.kinds[s.depth>>6] &^= bit
	if object {
		s.kinds[s.depth>>6] |= bit
	}
	s.depth++
	s.pos++
	return true
}

// object reports whether the innermost bracket is an object's.
func (s *syntax) object() bool {
	at := s.depth - 1
	return s.kinds[at>>6]>>(at&63)&1 == 1
}

// key consumes a name and its colon.
func (s *syntax) key() bool {
	if s.next() != '"' {
		return false
	}
	if s.pos++; !s.str() || s.next() != ':' {
		return false
	}
	s.pos++
	return true
}

// str consumes what follows an opening quote, with the closing one.
func (s *syntax) str() bool {
	for {
		s.pos += plainLen(s.raw[s.pos:])
		if s.pos == len(s.raw) {
			return false
		}
		switch c := s.raw[s.pos]; {
		case c == '"':
			s.pos++
			return true
		case c == '\\':
			if !s.escape() {
				return false
			}
		case c < ' ':
			return false
		default:
			s.high = true
			for s.pos < len(s.raw) && s.raw[s.pos] >= utf8.RuneSelf {
				s.pos++
			}
		}
	}
}

func (s *syntax) escape() bool {
	if s.pos++; s.pos == len(s.raw) {
		return false
	}
	switch s.raw[s.pos] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		s.pos++
		return true
	case 'u':
		s.pos++
		for range 4 {
			if s.pos == len(s.raw) || !isHex(s.raw[s.pos]) {
				return false
			}
			s.pos++
		}
		return true
	}
	return false
}

func isHex(c byte) bool { return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f' }

func (s *syntax) word(first byte) bool {
	want := ""
	switch first {
	case 't':
		want = "true"
	case 'f':
		want = "false"
	case 'n':
		want = "null"
	default:
		return false
	}
	if len(s.raw)-s.pos < len(want) || string(s.raw[s.pos:s.pos+len(want)]) != want {
		return false
	}
	s.pos += len(want)
	return true
}

func (s *syntax) number() bool {
	if s.raw[s.pos] == '-' {
		s.pos++
	}
	if s.pos < len(s.raw) && s.raw[s.pos] == '0' {
		s.pos++
	} else if !s.digits() {
		return false
	}
	if s.pos < len(s.raw) && s.raw[s.pos] == '.' {
		if s.pos++; !s.digits() {
			return false
		}
	}
	if s.pos < len(s.raw) && s.raw[s.pos]|0x20 == 'e' {
		if s.pos++; s.pos < len(s.raw) && (s.raw[s.pos] == '+' || s.raw[s.pos] == '-') {
			s.pos++
		}
		return s.digits()
	}
	return true
}

// digits consumes at least one.
func (s *syntax) digits() bool {
	from := s.pos
	for s.pos < len(s.raw) && s.raw[s.pos] >= '0' && s.raw[s.pos] <= '9' {
		s.pos++
	}
	return s.pos > from
}

// ones and tops are a 1, or the top bit, in each of eight bytes.
const ones, tops = 0x0101010101010101, 0x8080808080808080

// plainLen is how many bytes at the beginning of s stand for themselves inside a JSON
// string and are ASCII: no quote, no backslash, no control character. Texts are most of
// what we read, so it looks at eight bytes at a time, and at two eights at once from there on.
func plainLen[T string | []byte](s T) int {
	i := 0
	if len(s) >= 8 {
		if found := odd(eight(s)); found != 0 {
			return bits.TrailingZeros64(found) / 8
		}
		i = 8
	}
	for ; i+16 <= len(s); i += 16 {
		low, high := odd(eight(s[i:i+8])), odd(eight(s[i+8:i+16]))
		if low|high == 0 {
			continue
		}
		if low != 0 {
			return i + bits.TrailingZeros64(low)/8
		}
		return i + 8 + bits.TrailingZeros64(high)/8
	}
	for ; i < len(s); i++ {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			return i
		}
	}
	return i
}

// eight is the first eight bytes of s, the first of them lowest: one load.
func eight[T string | []byte](s T) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// odd has the top bit of each byte of w that is below ' ', a quote, a backslash, or not
// ASCII. A borrow can spoil only bytes above one that counts already.
func odd(w uint64) uint64 {
	return ((w - ' '*ones) | ((w ^ '"'*ones) - ones) | ((w ^ '\\'*ones) - ones) | w) & tops
}
