package match

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// fold returns text as the alias tier compares it: lower case, one space for white space,
// straight quotes, no closing punctuation. Code is only trimmed, and the indentation of a
// line is kept, because white space may carry meaning there.
func fold(text string, code bool) string {
	text = strings.TrimSpace(text)
	if code {
		return text
	}
	text = trimPunctuation(text)
	var b strings.Builder
	b.Grow(len(text))
	for i := 0; i < len(text); {
		if n := leadingSpace(text[i:]); n > 0 {
			b.WriteString(foldSpace(text[i : i+n]))
			i += n
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		b.WriteString(foldRune(r))
		i += size
	}
	return b.String()
}

func leadingSpace(text string) (n int) {
	for n < len(text) && (text[n] == ' ' || text[n] == '\n' || text[n] == '\t' || text[n] == '\r') {
		n++
	}
	return n
}

// foldSpace returns the indentation of the next line if white space ends with one, else a
// single space.
func foldSpace(space string) string {
	newline := strings.LastIndexByte(space, '\n')
	if newline >= 0 && newline < len(space)-1 {
		return space[newline:]
	}
	return " "
}

func foldRune(r rune) string {
	switch r {
	case '“', '”':
		return `"`
	case '‘', '’':
		return "'"
	case 0x200B, 0xFEFF, 0xAD: // zero width space, byte order mark, soft hyphen
		return ""
	}
	return string(unicode.ToLower(r))
}

// trimPunctuation removes closing punctuation. "5!" keeps its sign, which may be a factorial.
func trimPunctuation(text string) string {
	for text != "" {
		r, size := utf8.DecodeLastRuneInString(text)
		rest := text[:len(text)-size]
		if !strings.ContainsRune(".?!,;:。…、？！，；： \t\r\n", r) {
			break
		}
		if r == '!' && rest != "" && (isDigit(rest[len(rest)-1]) || rest[len(rest)-1] == ')') {
			break
		}
		text = rest
	}
	return text
}
