// Package match decides whether two questions are so alike that one answer serves both.
//
//   - [Text] splits a question into literals, on which two questions must agree exactly, and
//     a folded form, which the alias tier compares.
//   - [Veto] compares two questions whose embeddings are near, and knows the mistakes that
//     embeddings make.
//
// Everything here is a pure function of its texts.
package match

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Text is the text of a question in the forms in which the cache compares it.
type Text struct {
	Normal        string // in Unicode's compatibility form NFKC
	Folded        string // Normal without what alias hits may differ in
	LooksLikeCode bool   // white space and case matter
	Literals      Literals
}

// NewText reads a text.
func NewText(text string) Text {
	t := Text{Normal: norm.NFKC.String(text)}
	t.LooksLikeCode = looksLikeCode(t.Normal)
	t.Folded = fold(t.Normal, t.LooksLikeCode)
	s := scanner{Literals: Literals{Quoted: raisedDigits(text)}}
	s.scan(t.Normal)
	t.Literals = s.Literals
	return t
}

// looksLikeCode prefers a false positive, which costs an alias or semantic hit, to a false
// negative, which may serve a wrong answer.
func looksLikeCode(text string) bool {
	n := 0
	for _, sign := range []string{"{", "}", ";", "=", "()"} {
		n += strings.Count(text, sign)
	}
	return n >= 3
}

// HasLetters reports whether text has a letter or ideograph. Without one there is nothing
// that an embedding could compare.
func HasLetters(text string) bool {
	return strings.ContainsFunc(text, unicode.IsLetter)
}

// isIdeograph reports Chinese, Japanese and Korean characters, which are written without
// spaces between words.
func isIdeograph(r rune) bool {
	return r >= 0x2E80 && r <= 0x9FFF || r >= 0xAC00 && r <= 0xD7AF || r >= 0xF900 && r <= 0xFAFF || r >= 0x20000 && r <= 0x3FFFF
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// isDigits reports whether s consists of ASCII digits and is not empty.
func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
