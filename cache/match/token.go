package match

import (
	"strings"
	"unicode/utf8"

	"github.com/sluicegate/sluice/cache/match/lexicon"
)

// token classifies one run of letters, digits and signs: a word, a number, or a text that
// two questions must spell alike.
func (s *scanner) token(t string) {
	for strings.HasSuffix(t, ".") || strings.HasSuffix(t, ":") {
		t = t[:len(t)-1]
	}
	if t == "" {
		return
	}
	c := countBytes(t)
	switch {
	case c.beyondASCII && c.digits == 0 && strings.ContainsFunc(t, isForeignDigit):
		s.number(t)
	case c.camelHumps > 0 || c.signs > 0 && c.letters > 0 && !isAmount(t):
		s.Quoted, s.afterNumber = append(s.Quoted, t), false
	case c.digits > 0 && c.letters > 0:
		s.digitsAndLetters(t)
	case c.digits > 0:
		s.figures(t)
	case c.letters > 1 && c.letters < 6 && t[0] < 'a' && t == strings.ToUpper(t) && lexicon.AcronymWhenUpper(strings.ToLower(t)):
		s.Quoted, s.afterNumber = append(s.Quoted, t), false
	case c.letters > 0:
		s.word(t)
	case strings.ContainsAny(t, "$%+*/^="):
		s.Numbers = append(s.Numbers, t) // a currency or an operator
	}
}

// byteCounts counts the kinds of bytes in a token.
type byteCounts struct {
	letters, digits, signs int // a hyphen is none of them
	camelHumps             int // capitals after a small letter
	beyondASCII            bool
}

func countBytes(t string) (n byteCounts) {
	for i := range len(t) {
		switch c := t[i]; {
		case c >= 'a' && c <= 'z':
			n.letters++
		case c >= 'A' && c <= 'Z':
			n.letters++
			if i > 0 && t[i-1] >= 'a' && t[i-1] <= 'z' {
				n.camelHumps++
			}
		case isDigit(c):
			n.digits++
		case c >= utf8.RuneSelf:
			n.beyondASCII = true
			n.letters++
		case c != '-':
			n.signs++
		}
	}
	return n
}

const asciiDigits = "0123456789"

// isAmount reports whether t is an amount with its unit or currency: $5k, 3.5km.
func isAmount(t string) bool {
	first, last := strings.IndexAny(t, asciiDigits), strings.LastIndexAny(t, asciiDigits)
	return first >= 0 && strings.Trim(t[:first], "$+-#~") == "" && strings.Trim(t[first:last+1], asciiDigits+".,") == ""
}

// digitsAndLetters reads 10kg, gpt-4, A1B2, 3rd.
func (s *scanner) digitsAndLetters(t string) {
	if isAmount(t) {
		end := strings.LastIndexAny(t, asciiDigits) + 1
		if unit := lexicon.Unit(strings.ToLower(t[end:])); unit != "" {
			s.figures(t[:end])
			s.Numbers, s.afterNumber = append(s.Numbers, unit), false
			return
		}
	}
	s.number(strings.ToLower(t))
}

// figures reads digits with signs: 1,000 and -5 and 3.14 and 2024-05-01 and 50%. Commas
// that group thousands are dropped; every other difference counts.
func (s *scanner) figures(t string) {
	for i := 0; i < len(t); {
		switch {
		case t[i] == '.' && i+1 < len(t) && isDigit(t[i+1]): // .5 equals 0.5
			end := digitsEnd(t, i+1)
			s.number("0" + t[i:end])
			i = end
		case isDigit(t[i]):
			end := numberEnd(t, i)
			s.number(strings.ReplaceAll(t[i:end], ",", ""))
			i = end
		default:
			if strings.IndexByte("$%/*^=+-:", t[i]) >= 0 {
				s.Numbers = append(s.Numbers, t[i:i+1])
			}
			i++
		}
	}
}

func digitsEnd(t string, i int) int {
	for i < len(t) && isDigit(t[i]) {
		i++
	}
	return i
}

// numberEnd returns the end of the number at i, with its points and grouping commas.
func numberEnd(t string, i int) int {
	start := i
	for i = digitsEnd(t, i); i+1 < len(t) && isDigit(t[i+1]); i = digitsEnd(t, i+1) {
		if t[i] != '.' && !(t[i] == ',' && groupsThousands(t[start:], i-start)) {
			break
		}
	}
	return i
}

// groupsThousands reports whether exactly three digits follow the comma at i of a number.
func groupsThousands(t string, i int) bool {
	return (i <= 3 || strings.Contains(t[:i], ",")) && digitsEnd(t, i+1) == i+4
}

// maxNumberWord is the length of the longest number words and units, in bytes.
const maxNumberWord = 12

// word reads letters, which may be joined by hyphens: twenty-one.
func (s *scanner) word(t string) {
	for t != "" {
		var part string
		part, t, _ = strings.Cut(t, "-")
		if part == "" || len(part) > maxNumberWord {
			s.afterNumber = false
			continue
		}
		if n := numberWord(part); n != "" {
			s.number(n)
		} else if s.afterNumber {
			s.afterNumber = false
			if unit := lexicon.Unit(strings.ToLower(part)); unit != "" {
				s.Numbers = append(s.Numbers, unit)
			}
		}
	}
}

// numberWord returns a number word as digits, a Roman numeral unchanged, "" for any other
// word.
func numberWord(word string) string {
	if n := lexicon.Number(strings.ToLower(word)); n != "" {
		return n
	}
	if len(word) > 1 && isRomanNumeral(word) {
		return word
	}
	return ""
}

func isRomanNumeral(word string) bool {
	for i := range len(word) {
		if c := word[i]; c != 'I' && c != 'V' && c != 'X' {
			return false
		}
	}
	return true
}
