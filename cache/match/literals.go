package match

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sluicegate/sluice/cache/match/lexicon"
)

// Literals are the parts of a text on which two questions must agree exactly: three
// sequences, each compared with its counterpart.
type Literals struct {
	Numbers      []string // with their units; number words as digits
	Placeholders []string // as redaction writes them: [EMAIL_1]
	Quoted       []string // quotations, code, addresses, paths, identifiers; case matters
}

// scanner collects the literals of a text in compatibility form.
type scanner struct {
	Literals
	afterNumber bool // the last token was a number, so a unit may follow
}

func (s *scanner) scan(text string) {
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case isTokenByte(c):
			end := tokenEnd(text, i)
			s.token(text[i:end])
			i = end
		case isSpace(c):
			i++
		case c == '[':
			n := placeholderLen(text[i:])
			if n > 0 {
				s.Placeholders, s.afterNumber = append(s.Placeholders, text[i:i+n]), false
			} else {
				s.sign(text, i)
			}
			i += max(n, 1)
		case c == '"' || c == '`' || c == '\'':
			i += s.quotation(text, i)
		case c >= utf8.RuneSelf:
			i += s.beyondASCII(text[i:])
		default:
			s.sign(text, i)
			i++
		}
	}
}

// sign reads the ASCII sign at i: an exclamation mark that may be a factorial or a negation, a
// comparison, or a bracket of a formula, an interval or an index.
func (s *scanner) sign(text string, i int) {
	s.afterNumber = false
	c := text[i]
	before, after := byte(' '), byte(' ')
	if i > 0 {
		before = text[i-1]
	}
	if i+1 < len(text) {
		after = text[i+1]
	}
	switch c {
	case '!':
		if isDigit(before) || before == ')' || after == '=' || isSpace(before) && kindOf[after]&kindLetter != 0 {
			s.Numbers = append(s.Numbers, "!")
		}
	case '<', '>':
		s.Numbers = append(s.Numbers, text[i:i+1])
	case '(', '[', '{':
		if isDigit(after) || isDigit(before) || kindOf[before]&kindLetter != 0 || strings.IndexByte("()[]{}<>-", after) >= 0 {
			s.Numbers = append(s.Numbers, text[i:i+1])
		}
	case ')', ']', '}':
		if isDigit(before) || strings.IndexByte("()[]{}<>", before) >= 0 {
			s.Numbers = append(s.Numbers, text[i:i+1])
		}
	}
}

// isTokenByte reports the ASCII bytes that words, numbers, addresses and identifiers are
// made of.
func isTokenByte(c byte) bool { return tokenBytes[c] }

var tokenBytes = func() (table [256]bool) {
	for c := '!'; c <= '~'; c++ {
		table[c] = !strings.ContainsRune("\"'`[](){}<>,;!?", c)
	}
	return table
}()

// tokenEnd returns the end of the token at i, which begins with a token byte. A comma
// between digits belongs to the token.
func tokenEnd(text string, i int) int {
	for i++; i < len(text); i++ {
		if isTokenByte(text[i]) {
			continue
		}
		if comma := text[i] == ',' && i+1 < len(text) && isDigit(text[i-1]) && isDigit(text[i+1]); !comma {
			break
		}
	}
	if i < len(text) && text[i] >= utf8.RuneSelf {
		i = foreignTokenEnd(text, i)
	}
	return i
}

// foreignTokenEnd is tokenEnd for a token with letters beyond ASCII. Ideographs end it.
func foreignTokenEnd(text string, i int) int {
	for i < len(text) {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r < utf8.RuneSelf:
			if !isTokenByte(byte(r)) {
				return i
			}
		case !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) || isIdeograph(r):
			return i
		}
		i += size
	}
	return i
}

// placeholderLen returns the length of the placeholder that text begins with, 0 if there
// is none: capitals, digits and underscores that end with "_" and a number, in brackets.
func placeholderLen(text string) int {
	end := strings.IndexByte(text, ']')
	if end < 0 {
		return 0
	}
	name := text[1:end]
	under := strings.LastIndexByte(name, '_')
	if under < 1 || !isDigits(name[under+1:]) || strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") != "" {
		return 0
	}
	return end + 1
}

// quotation reads the quotation at i and returns the number of bytes read.
func (s *scanner) quotation(text string, i int) int {
	s.afterNumber = false
	mark := text[i : i+1]
	if strings.HasPrefix(text[i:], "```") {
		mark = "```"
	}
	start := i + len(mark)
	if mark == "'" && (i > 0 && isTokenByte(text[i-1]) || start < len(text) && text[start] == ' ') {
		return 1 // an apostrophe
	}
	n := strings.Index(text[start:], mark)
	if n < 0 {
		return 1
	}
	if end := start + n + 1; mark == "'" && end < len(text) && isTokenByte(text[end]) {
		return 1
	}
	s.quote(text[start : start+n])
	return len(mark) + n + len(mark)
}

// quote adds a quotation. The numbers and placeholders inside it count as well.
func (s *scanner) quote(quoted string) {
	s.Quoted = append(s.Quoted, quoted)
	var inner scanner
	inner.scan(quoted)
	s.Numbers = append(s.Numbers, inner.Numbers...)
	s.Placeholders = append(s.Placeholders, inner.Placeholders...)
}

// closingQuotes maps an opening quotation mark to the closing one.
var closingQuotes = map[rune]string{'“': "”", '‘': "’", '「': "」", '『': "』", '«': "»", '„': "“", '《': "》"}

// beyondASCII reads what begins with a character beyond ASCII and returns the number of
// bytes read.
func (s *scanner) beyondASCII(text string) int {
	r, size := utf8.DecodeRuneInString(text)
	if closing := closingQuotes[r]; closing != "" {
		s.afterNumber = false
		end := strings.Index(text[size:], closing)
		if end < 0 {
			return size
		}
		s.quote(text[size : size+end])
		return size + end + len(closing)
	}
	if n := hanNumberLen(text); n > 0 {
		s.number(hanDigits(text[:n]))
		return n
	}
	if s.afterNumber {
		s.afterNumber = false
		if unit, n := lexicon.HanUnit(text); n > 0 {
			s.Numbers = append(s.Numbers, unit)
			return n
		}
	}
	switch {
	case unicode.In(r, unicode.Sm, unicode.Sc, unicode.So) || r == '°':
		s.Numbers = append(s.Numbers, text[:size])
	case unicode.Is(unicode.Greek, r) && unicode.IsUpper(r) && foreignTokenEnd(text, size) == size:
		s.Quoted = append(s.Quoted, text[:size]) // Δ is another thing than δ
	case !isIdeograph(r) && (unicode.IsLetter(r) || unicode.IsDigit(r)):
		end := foreignTokenEnd(text, size)
		s.token(text[:end])
		return end
	}
	return size
}

// number adds a number, after which a unit may follow.
func (s *scanner) number(n string) {
	s.Numbers, s.afterNumber = append(s.Numbers, n), true
}

// raisedDigits returns the superscript, subscript, circled and fraction digits of a text,
// which the compatibility form would put on the line: 5² must not equal 52, nor 1½ 11/2.
func raisedDigits(text string) (raised []string) {
	if isASCII(text) {
		return nil
	}
	for _, r := range text {
		if r == '²' || r == '³' || r == '¹' || r >= '¼' && r <= '¾' || r >= 0x2070 && r <= 0x209C || r >= 0x2150 && r <= 0x215E || r >= 0x2460 && r <= 0x24FF {
			raised = append(raised, string(r))
		}
	}
	return raised
}
