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
	k := kindsOf(t)
	letters, digits := k&kindLetter != 0, k&kindDigit != 0
	if k&(kindCapital|kindHump) == kindCapital && s.unitByCase(t) {
		s.Quoted = append(s.Quoted, strings.TrimLeft(t, amountBytes))
	}
	switch {
	case k&kindBeyondASCII != 0 && !digits && strings.ContainsFunc(t, isForeignDigit):
		s.number(t)
	case k&kindHump != 0 || k&kindSign != 0 && letters && !isAmount(t):
		s.Quoted, s.afterNumber = append(s.Quoted, t), false
	case digits && letters:
		s.digitsAndLetters(t)
	case digits:
		s.figures(t)
	case len(t) > 1 && len(t) < 8 && k&(kindCapital|kindSmall) == kindCapital && lexicon.AcronymWhenUpper(strings.ToLower(t)):
		s.Quoted, s.afterNumber = append(s.Quoted, t), false
	case letters:
		s.word(t, k&kindCapital != 0)
	case strings.ContainsAny(t, "$%+*/^=&|~"):
		s.Numbers = append(s.Numbers, t) // a currency or an operator
	}
}

// kinds says which kinds of bytes a token has.
type kinds uint8

const (
	kindLetter kinds = 1 << iota // beyond ASCII too
	kindCapital
	kindSmall
	kindDigit
	kindBeyondASCII
	kindSign // a hyphen is none
	kindHump // a capital after a small letter
)

// kindOf is the kind of each byte.
var kindOf = func() (table [256]kinds) {
	for c := range table {
		switch {
		case c >= 'a' && c <= 'z':
			table[c] = kindLetter | kindSmall
		case c >= 'A' && c <= 'Z':
			table[c] = kindLetter | kindCapital
		case isDigit(byte(c)):
			table[c] = kindDigit
		case c >= utf8.RuneSelf:
			table[c] = kindLetter | kindBeyondASCII
		case c != '-':
			table[c] = kindSign
		}
	}
	return table
}()

func kindsOf(t string) (all kinds) {
	for i := range len(t) {
		all |= kindOf[t[i]]
	}
	if all&kindCapital != 0 && hasHump(t) {
		all |= kindHump
	}
	return all
}

func hasHump(t string) bool {
	for i := 1; i < len(t); i++ {
		if kindOf[t[i]]&kindCapital != 0 && t[i-1] >= 'a' && t[i-1] <= 'z' {
			return true
		}
	}
	return false
}

const (
	asciiDigits = "0123456789"
	amountBytes = asciiDigits + "$+-#~.,"
)

// unitByCase reports whether t is a unit, or an amount with one, whose capitals tell it from
// another unit: MB, 5Mb. One letter is a unit only after a number.
func (s *scanner) unitByCase(t string) bool {
	unit := strings.TrimLeft(t, amountBytes)
	return lexicon.UnitByCase(strings.ToLower(unit)) && (len(unit) > 1 || s.afterNumber || len(unit) < len(t))
}

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

// word reads letters, which may be joined by hyphens: twenty-one. capitals tells whether some
// of them are capitals.
func (s *scanner) word(t string, capitals bool) {
	for t != "" {
		var part string
		part, t, _ = strings.Cut(t, "-")
		if part == "" || len(part) > maxNumberWord {
			s.afterNumber = false
			continue
		}
		if n := numberWord(part, capitals); n != "" {
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
func numberWord(word string, capitals bool) string {
	if !capitals {
		return lexicon.Number(word)
	}
	n := lexicon.Number(strings.ToLower(word))
	if n == "" && len(word) > 1 && isRomanNumeral(word) {
		return word
	}
	return n
}

func isRomanNumeral(word string) bool {
	for i := range len(word) {
		if c := word[i]; c != 'I' && c != 'V' && c != 'X' {
			return false
		}
	}
	return true
}
