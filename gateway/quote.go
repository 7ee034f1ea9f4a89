package gateway

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

const hexDigits = "0123456789abcdef"

// AppendQuoted appends s as a JSON string. HTML characters are not escaped; invalid
// UTF-8 becomes U+FFFD, as encoding/json has it.
func AppendQuoted[T string | []byte](dst []byte, s T) []byte {
	return append(AppendEscaped(append(dst, '"'), s), '"')
}

// AppendEscaped is AppendQuoted without the quotes, for a string that is put together.
func AppendEscaped[T string | []byte](dst []byte, s T) []byte {
	for len(s) > 0 {
		n := plainLen(s)
		dst = append(dst, s[:n]...)
		if s = s[n:]; len(s) == 0 {
			break
		}
		if s[0] < utf8.RuneSelf {
			dst = appendEscaped(dst, s[0])
			s = s[1:]
			continue
		}
		dst, n = appendRunes(dst, s)
		s = s[n:]
	}
	return dst
}

// appendEscaped writes an ASCII character that does not stand for itself.
func appendEscaped(dst []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	case '\b':
		return append(dst, '\\', 'b')
	case '\f':
		return append(dst, '\\', 'f')
	}
	return append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
}

// appendRunes writes the characters beyond ASCII that s begins with, and tells how many
// bytes they were.
func appendRunes[T string | []byte](dst []byte, s T) ([]byte, int) {
	from, at := 0, 0
	for at < len(s) && s[at] >= utf8.RuneSelf {
		var one [utf8.UTFMax]byte
		r, size := utf8.DecodeRune(one[:copy(one[:], s[at:])])
		escape := ""
		switch {
		case r == utf8.RuneError && size == 1:
			escape = `\ufffd`
		case r == '\u2028': // JavaScript of old takes these two for line ends
			escape = `\u2028`
		case r == '\u2029':
			escape = `\u2029`
		}
		if escape != "" {
			dst = append(append(dst, s[from:at]...), escape...)
			from = at + size
		}
		at += size
	}
	return append(dst, s[from:at]...), at
}

// unquote decodes a JSON string with its quotes. What cannot be decoded is given as it
// stands.
func unquote(raw []byte) string {
	inner := raw[1 : len(raw)-1]
	at := bytes.IndexByte(inner, '\\')
	if at < 0 {
		return string(inner)
	}
	out := make([]byte, 0, len(inner))
	for len(inner) > 0 {
		n := plainLen(inner)
		out = append(out, inner[:n]...)
		if inner = inner[n:]; len(inner) == 0 {
			break
		}
		switch c := inner[0]; {
		case c == '\\':
			r, size := unescaped(inner)
			if size == 0 {
				return string(raw[1 : len(raw)-1])
			}
			out = utf8.AppendRune(out, r)
			inner = inner[size:]
		case c < utf8.RuneSelf:
			return string(raw[1 : len(raw)-1])
		default:
			r, size := utf8.DecodeRune(inner)
			out = utf8.AppendRune(out, r)
			inner = inner[size:]
		}
	}
	return string(out)
}

// unescaped reads the escape that s begins with; size 0: it is none. Half a surrogate
// pair is U+FFFD.
func unescaped(s []byte) (r rune, size int) {
	if len(s) < 2 {
		return 0, 0
	}
	switch s[1] {
	case '"', '\\', '/':
		return rune(s[1]), 2
	case 'b':
		return '\b', 2
	case 'f':
		return '\f', 2
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 't':
		return '\t', 2
	}
	r, ok := codeUnit(s)
	if !ok {
		return 0, 0
	}
	if !utf16.IsSurrogate(r) {
		return r, 6
	}
	if low, ok := codeUnit(s[6:]); ok {
		if both := utf16.DecodeRune(r, low); both != utf8.RuneError {
			return both, 12
		}
	}
	return utf8.RuneError, 6
}

// codeUnit reads the "\u00e9" that s begins with.
func codeUnit(s []byte) (r rune, ok bool) {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return 0, false
	}
	for _, c := range s[2:6] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}
