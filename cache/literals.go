package cache

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/sluicegate/sluice/cache/lexicon"
)

// literals are the parts of a text on which two questions must agree exactly: three
// sequences, which are compared apart from each other. A text is read once.
type literals struct {
	numbers []byte // with their units; number words as digits
	places  []byte // placeholders: [EMAIL_1]
	quoted  []byte // quotations, code, addresses, paths, identifiers: in their own case
	text    string // the text in compatibility form (NFKC)
	folded  []byte // the text without what alias hits may differ in
	code    bool   // looks like code: white space and case count

	unit bool // a number has just been read; its unit may follow
}

// read reads text and gives its folded form, which lives until the next read.
func (l *literals) read(text string) []byte {
	*l = literals{numbers: l.numbers[:0], places: l.places[:0], quoted: l.quoted[:0], folded: l.folded[:0]}
	if !lexicon.ASCII(text) {
		l.raised(text)
		text = norm.NFKC.String(text)
	}
	l.text, l.code = text, codeLike(text)
	l.scan(text)
	l.folded = appendFolded(l.folded, text, l.code)
	return l.folded
}

// append writes the three sequences.
func (l *literals) append(dst []byte) []byte {
	return field(field(field(dst, l.numbers), l.places), l.quoted)
}

// raised notes the digits that normalisation would put on the line: 5² must not read
// as 52, nor 1½ as 11/2.
func (l *literals) raised(s string) {
	for i, r := range s {
		switch {
		case r == '²' || r == '³' || r == '¹' || r >= '¼' && r <= '¾' || r >= 0x2070 && r <= 0x209C || r >= 0x2150 && r <= 0x215E || r >= 0x2460 && r <= 0x24FF:
			l.quoted = field(l.quoted, s[i:i+utf8.RuneLen(r)])
		}
	}
}

// codeLike errs towards code: the price is an alias or semantic hit less.
func codeLike(s string) bool {
	n := 0
	for _, sign := range [...]string{"{", "}", ";", "=", "()"} {
		n += strings.Count(s, sign)
	}
	return n >= 3
}

func (l *literals) scan(s string) {
	for i := 0; i < len(s); {
		if len(s)-i > 8 {
			if _, n, lower := lexicon.Short(s[i : i+8]); lower && n > 0 && s[i+n] == ' ' { // most words
				if l.unit || lexicon.Counts(s[i:i+n]) {
					l.word(s[i : i+n])
				}
				i += n + 1
				continue
			}
		}
		c := s[i]
		switch {
		case tokenByte[c]:
			j := i + 1
			j += lexicon.LowerCase(s[j:])
			if letter(c) {
				end := j
				if end < len(s) && s[end] == '.' {
					end++ // of a sentence, if the token ends here
				}
				if end == len(s) || between[s[end]] { // nearly all others
					if l.unit || lexicon.Counts(s[i:j]) {
						l.word(s[i:j])
					}
					if i = end; i < len(s) && s[i] == ' ' {
						i++
					}
					continue
				}
			}
			for j < len(s) && (tokenByte[s[j]] || s[j] == ',' && j+1 < len(s) && isDigit(rune(s[j-1])) && isDigit(rune(s[j+1]))) {
				j++
			}
			if j < len(s) && s[j] >= utf8.RuneSelf {
				j = tokenEnd(s, j)
			}
			l.token(s[i:j])
			i = j
		case c == ' ' || c == '\n' || c == '\t' || c == '\r':
			i++
		case c == '[':
			n := placeholder(s[i:])
			if n > 0 {
				l.places, l.unit = field(l.places, s[i:i+n]), false
			}
			i += max(n, 1)
		case c == '"' || c == '`' || c == '\'':
			i += l.quotation(s, i)
		case c >= utf8.RuneSelf:
			i += l.other(s[i:])
		default:
			if c == '!' && i > 0 && (isDigit(rune(s[i-1])) || s[i-1] == ')') {
				l.numbers = field(l.numbers, "!") // a factorial, perhaps
			}
			l.unit = false
			i++
		}
	}
}

// tokenByte tells the ASCII bytes that a word, number, address or identifier is made of.
var tokenByte = func() (t [256]bool) {
	for c := '!'; c <= '~'; c++ {
		t[c] = !strings.ContainsRune("\"'`[](){}<>,;!?", c)
	}
	return t
}()

// between tells the ASCII bytes that end a token.
var between = func() (t [256]bool) {
	for c := range byte(utf8.RuneSelf) {
		t[c] = !tokenByte[c]
	}
	return t
}()

// tokenEnd extends a token over letters like é; ideographs end it.
func tokenEnd(s string, j int) int {
	for j < len(s) {
		if s[j] < utf8.RuneSelf {
			if !tokenByte[s[j]] {
				return j
			}
			j++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[j:])
		if !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) || ideograph(r) {
			return j
		}
		j += n
	}
	return j
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func ideograph(r rune) bool {
	return r >= 0x2E80 && r <= 0x9FFF || r >= 0xAC00 && r <= 0xD7AF || r >= 0xF900 && r <= 0xFAFF || r >= 0x20000 && r <= 0x3FFFF
}

// placeholder gives the length of the placeholder that s begins with, 0 if none.
func placeholder(s string) int {
	i, under := 1, 0
	for ; i < len(s); i++ {
		c := s[i]
		switch {
		case c >= 'A' && c <= 'Z' || c >= '0' && c <= '9':
		case c == '_':
			under = i
		case c == ']' && under > 1 && i > under+1 && digits(s[under+1:i]):
			return i + 1
		default:
			return 0
		}
	}
	return 0
}

func digits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// quotation reads what stands between quotes at i, and gives the bytes read.
func (l *literals) quotation(s string, i int) int {
	l.unit = false
	mark := s[i : i+1]
	if strings.HasPrefix(s[i:], "```") {
		mark = "```"
	}
	start := i + len(mark)
	if mark == "'" && (i > 0 && tokenByte[s[i-1]] || start < len(s) && s[start] == ' ') {
		return 1 // an apostrophe
	}
	n := strings.Index(s[start:], mark)
	if n < 0 {
		return 1
	}
	if end := start + n + 1; mark == "'" && end < len(s) && tokenByte[s[end]] {
		return 1
	}
	l.quoted = field(l.quoted, s[start:start+n])
	// Numbers and placeholders inside count as well.
	inner := literals{numbers: l.numbers, places: l.places}
	inner.scan(s[start : start+n])
	l.numbers, l.places = inner.numbers, inner.places
	return len(mark) + n + len(mark)
}

var closing = map[rune]string{'“': "”", '‘': "’", '「': "」", '『': "』", '«': "»", '„': "“", '《': "》"}

// other reads what begins with a character beyond ASCII, and gives the bytes read.
func (l *literals) other(s string) int {
	r, n := utf8.DecodeRuneInString(s)
	if closer := closing[r]; closer != "" {
		l.unit = false
		if end := strings.Index(s[n:], closer); end >= 0 {
			l.quoted = field(l.quoted, s[n:n+end])
			inner := literals{numbers: l.numbers, places: l.places}
			inner.scan(s[n : n+end])
			l.numbers, l.places = inner.numbers, inner.places
			return n + end + len(closer)
		}
		return n
	}
	if run := hanNumber(s); run > 0 {
		l.number(hanDigits(s[:run]))
		return run
	}
	if l.unit {
		l.unit = false
		if u, size := lexicon.HanUnit(s); size > 0 {
			l.numbers = field(l.numbers, u)
			return size
		}
	}
	switch {
	case unicode.In(r, unicode.Sm, unicode.Sc) || r == '°':
		l.numbers = field(l.numbers, s[:n])
	case !ideograph(r) && (unicode.IsLetter(r) || unicode.IsDigit(r)):
		end := tokenEnd(s, n)
		l.token(s[:end])
		return end
	}
	return n
}

func (l *literals) number(s string) {
	l.numbers, l.unit = field(l.numbers, s), true
}
