package match

import (
	"strings"
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
	text = foldSpaces(strings.ToLower(trimPunctuation(text)))
	if isASCII(text) {
		return text
	}
	return typographic.Replace(text)
}

// typographic straightens quotes and removes the zero width space, the byte order mark and the
// soft hyphen.
var typographic = strings.NewReplacer("“", `"`, "”", `"`, "‘", "'", "’", "'", "\u200B", "", "\uFEFF", "", "\u00AD", "")

// foldSpaces replaces every run of white space by what foldSpace makes of it.
func foldSpaces(text string) string {
	if !strings.Contains(text, "  ") && !strings.ContainsAny(text, "\n\t\r") {
		return text
	}
	var b strings.Builder
	at := 0 // text[:at] is written
	for i := 0; i < len(text); {
		if !isSpace(text[i]) {
			i++
			continue
		}
		start := i
		for i < len(text) && isSpace(text[i]) {
			i++
		}
		if space := foldSpace(text[start:i]); space != text[start:i] {
			b.WriteString(text[at:start])
			b.WriteString(space)
			at = i
		}
	}
	if at == 0 {
		return text
	}
	b.WriteString(text[at:])
	return b.String()
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// foldSpace returns the indentation of the next line if white space ends with one, else a
// single space.
func foldSpace(space string) string {
	newline := strings.LastIndexByte(space, '\n')
	if newline >= 0 && newline < len(space)-1 {
		return space[newline:]
	}
	return " "
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
