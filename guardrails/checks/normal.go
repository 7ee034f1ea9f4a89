package checks

import (
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// folded returns text as contains reads it: compatibility forms such as full-width letters as
// ordinary ones, without invisible and combining characters, and case folded.
func folded(text string) string {
	if isPrintableASCII(text) {
		return strings.ToLower(text)
	}
	return cases.Fold().String(withoutMarks(text))
}

// readings returns the forms of text that a pattern may match: as it is written, and where
// that differs, normalised with and without combining characters.
func readings(text string) []string {
	out := []string{text}
	if isPrintableASCII(text) {
		return out
	}
	for _, other := range []string{norm.NFKC.String(without(text, isInvisible)), withoutMarks(text)} {
		if other != out[len(out)-1] {
			out = append(out, other)
		}
	}
	return out
}

// withoutMarks returns text in compatibility form without invisible and combining characters.
func withoutMarks(text string) string {
	text = without(norm.NFKD.String(text), func(r rune) bool { return isInvisible(r) || unicode.In(r, unicode.Mn, unicode.Me) })
	return norm.NFC.String(text)
}

// without returns text without the characters that drop reports.
func without(text string, drop func(rune) bool) string {
	return strings.Map(func(r rune) rune {
		if drop(r) {
			return -1
		}
		return r
	}, text)
}

// isInvisible reports a character that a reader does not see: a format or control character,
// a filler, a variation selector.
func isInvisible(r rune) bool {
	switch r {
	case '\t', '\n', '\r':
		return false
	case 0x115F, 0x1160, 0x3164, 0xFFA0, 0x2800, 0x034F: // fillers, the blank of Braille, the grapheme joiner
		return true
	}
	return unicode.In(r, unicode.Cf, unicode.Cc, unicode.Variation_Selector)
}

func isPrintableASCII(text string) bool {
	for i := range len(text) {
		if b := text[i]; b >= 0x7F || b < ' ' && b != '\n' && b != '\t' && b != '\r' {
			return false
		}
	}
	return true
}
