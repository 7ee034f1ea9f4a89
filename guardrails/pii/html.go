package pii

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// namedEntities are the HTML entities of characters that entities of this package hold.
var namedEntities = map[string]rune{
	"commat": '@', "period": '.', "plus": '+', "lowbar": '_', "hyphen": '-', "dash": '-', "colon": ':', "sol": '/',
	"nbsp": 0xA0, "lpar": '(', "rpar": ')', "percnt": '%', "equals": '=', "shy": 0xAD, "ZeroWidthSpace": 0x200B,
}

// maxEntity is longer than the HTML entities that are read, in bytes.
const maxEntity = 24

// htmlEntity reads an HTML entity at the start of text, such as "&#52;", "&#x34;" or
// "&commat;", also one whose ampersand is escaped itself, and returns its character and its
// width; 0 if there is none.
func htmlEntity(text string) (r rune, width int) {
	at := 1
	for strings.HasPrefix(text[at:], "amp;") && at < maxEntity {
		at += len("amp;")
	}
	rest := text[at:min(len(text), at+maxEntity)]
	if !strings.HasPrefix(rest, "#") {
		name, _, ok := strings.Cut(rest, ";")
		if r, known := namedEntities[name]; ok && known {
			return r, at + len(name) + 1
		}
		return 0, 0
	}
	base, from := 10, 1
	if len(rest) > 1 && rest[1]|0x20 == 'x' {
		base, from = 16, 2
	}
	end := from
	for end < len(rest) && (isDigit(rest[end]) || base == 16 && (rest[end]|0x20)-'a' < 6) {
		end++
	}
	code, err := strconv.ParseUint(rest[from:end], base, 32)
	if err != nil || code == 0 || code > utf8.MaxRune || !utf8.ValidRune(rune(code)) {
		return 0, 0
	}
	if end < len(rest) && rest[end] == ';' { // browsers and models read it without, too
		end++
	}
	return rune(code), at + end
}
