package cache

import (
	"encoding/binary"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// appendFolded writes text as the alias tier compares it: lower case, one space for
// white space, straight quotes, no closing punctuation. In code, and where lines are
// indented, white space and case count, so there only the ends are trimmed.
func appendFolded(dst []byte, text string, code bool) []byte {
	text = strings.TrimSpace(text)
	if code {
		return append(dst, text...)
	}
	text = trimEnd(text)
	for i := 0; i < len(text); {
		dst = slices.Grow(dst, len(text)-i)
		n := foldPlain(dst[len(dst):cap(dst)], text[i:])
		if dst, i = dst[:len(dst)+n], i+n; i == len(text) {
			break
		}
		c := text[i]
		switch {
		case c < utf8.RuneSelf && c != 0:
			j := i + 1
			for j < len(text) && (text[j] == ' ' || text[j] == '\n' || text[j] == '\t' || text[j] == '\r') {
				j++
			}
			if run := text[i:j]; len(run) > 1 && strings.IndexByte(run, '\n') >= 0 && run[len(run)-1] != '\n' {
				dst = append(dst, run[strings.LastIndexByte(run, '\n'):]...)
			} else {
				dst = append(dst, ' ')
			}
			i = j
		default:
			r, n := utf8.DecodeRuneInString(text[i:])
			dst = appendFoldedRune(dst, r)
			i += n
		}
	}
	return dst
}

// foldPlain folds as much of text as is ASCII words with one space between them, which
// is nearly all of a text. It gives the number of bytes; dst has room for all of them.
func foldPlain(dst []byte, text string) int {
	dst = dst[:len(text)]
	for i := foldEight(dst, text); i < len(text); i++ {
		f := plainFold[text[i]]
		if f == 0 {
			if text[i] != ' ' || i+1 == len(text) || plainFold[text[i+1]] == 0 {
				return i
			}
			f = ' '
		}
		dst[i] = f
	}
	return len(dst)
}

// foldEight is foldPlain for eight bytes at a time, as far as they are printable and have no
// two spaces in a row. A space that ends the last eight is left to foldPlain.
func foldEight(dst []byte, text string) (i int) {
	const each, high = 0x0101010101010101, 0x8080808080808080
	var last uint64 // the high bit of a byte if the eight before end with a space
	for len(text)-i >= 8 {
		t := text[i : i+8]
		w := uint64(t[0]) | uint64(t[1])<<8 | uint64(t[2])<<16 | uint64(t[3])<<24 | uint64(t[4])<<32 | uint64(t[5])<<40 | uint64(t[6])<<48 | uint64(t[7])<<56
		printable := (w | high) - each*' '
		spaces := ^((w ^ each*' ') + each*0x7f) & high
		if printable&^w&high != high || spaces&(spaces<<8|last) != 0 {
			break
		}
		upper := (w + each*(0x80-'A')) &^ (w + each*(0x7f-'Z')) & high
		binary.LittleEndian.PutUint64(dst[i:i+8], w|upper>>2) // 0x20 makes a capital small
		last = spaces >> 56
		i += 8
	}
	return i - int(last>>7)
}

// plainFold is the folded form of an ASCII byte, 0 for white space and what is beyond.
var plainFold = func() (t [256]byte) {
	for c := range byte(utf8.RuneSelf) {
		switch {
		case c >= 'A' && c <= 'Z':
			t[c] = c | 0x20
		case c != ' ' && c != '\n' && c != '\t' && c != '\r':
			t[c] = c
		}
	}
	return t
}()

func appendFoldedRune(dst []byte, r rune) []byte {
	switch r {
	case '“', '”':
		r = '"'
	case '‘', '’':
		r = '\''
	case 0x200B, 0xFEFF, 0xAD: // zero width space, byte order mark, soft hyphen
		return dst
	}
	return utf8.AppendRune(dst, unicode.ToLower(r))
}

// trimEnd cuts closing punctuation. "5!" keeps its sign: it may be a factorial.
func trimEnd(s string) string {
	for s != "" {
		r, n := utf8.DecodeLastRuneInString(s)
		rest := s[:len(s)-n]
		if !strings.ContainsRune(".?!,;:。…、？！，；： \t\r\n", r) {
			break
		}
		if r == '!' && rest != "" && (isDigit(rune(rest[len(rest)-1])) || rest[len(rest)-1] == ')') {
			break
		}
		s = rest
	}
	return s
}
