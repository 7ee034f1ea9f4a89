package cache

import (
	"strings"
	"unicode/utf8"

	"github.com/sluicegate/sluice/cache/lexicon"
)

// token sorts one run of letters, digits and signs: a word, a number, or something
// that two questions must spell alike.
func (l *literals) token(t string) {
	for len(t) > 0 && (t[len(t)-1] == '.' || t[len(t)-1] == ':') {
		t = t[:len(t)-1]
	}
	if t == "" {
		return
	}
	var letters, digs, signs, humps int
	beyond := false
	for i := 0; i < len(t); i++ {
		switch c := t[i]; {
		case c >= 'a' && c <= 'z':
			letters++
		case c >= 'A' && c <= 'Z':
			letters++
			if i > 0 && t[i-1] >= 'a' && t[i-1] <= 'z' {
				humps++
			}
		case c >= '0' && c <= '9':
			digs++
		case c >= utf8.RuneSelf:
			beyond = true
			letters++
		case c != '-':
			signs++
		}
	}
	switch {
	case beyond && digs == 0 && hasOtherDigit(t):
		l.number(t) // digits of another script
	case humps > 0 || signs > 0 && letters > 0 && !measure(t):
		l.quoted, l.unit = field(l.quoted, t), false
	case digs > 0 && letters > 0:
		l.measured(t)
	case digs > 0:
		l.figures(t)
	case letters > 1 && letters < 6 && t[0] < 'a' && t == strings.ToUpper(t) && lexicon.Shouted(lower(t)):
		l.quoted, l.unit = field(l.quoted, t), false
	case letters > 0:
		l.word(t)
	default:
		l.signs(t)
	}
}

// measure reports whether t is an amount with its unit or currency, like $5k or 3.5km.
func measure(t string) bool {
	first := strings.IndexFunc(t, isDigit)
	last := strings.LastIndexFunc(t, isDigit)
	if first < 0 {
		return false
	}
	for _, c := range []byte(t[:first]) {
		if strings.IndexByte("$+-#~", c) < 0 {
			return false
		}
	}
	for _, c := range []byte(t[first : last+1]) {
		if strings.IndexByte("0123456789.,", c) < 0 {
			return false
		}
	}
	return true
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

func hasOtherDigit(t string) bool {
	for _, r := range t {
		if r >= utf8.RuneSelf && otherDigit(r) {
			return true
		}
	}
	return false
}

// measured is digits with letters: 10kg, gpt-4, A1B2, 3rd.
func (l *literals) measured(t string) {
	last := strings.LastIndexFunc(t, isDigit)
	if measure(t) {
		if u := lexicon.Unit(lower(t[last+1:])); u != "" {
			l.figures(t[:last+1])
			l.numbers, l.unit = field(l.numbers, u), false
			return
		}
	}
	l.number(lower(t))
}

// figures is digits with signs: 1,000 and -5 and 3.14 and 2024-05-01 and 50%. Commas
// that group thousands go; everything else is told apart.
func (l *literals) figures(t string) {
	for i := 0; i < len(t); {
		point := t[i] == '.' && i+1 < len(t) && isDigit(rune(t[i+1]))
		if !isDigit(rune(t[i])) && !point {
			if strings.IndexByte("$%/*^=+-:", t[i]) >= 0 {
				l.numbers = field(l.numbers, t[i:i+1])
			}
			i++
			continue
		}
		if point {
			j := i + 1
			for j < len(t) && isDigit(rune(t[j])) {
				j++
			}
			l.number("0" + t[i:j])
			i = j
			continue
		}
		j := i
		for j < len(t) && (isDigit(rune(t[j])) || (t[j] == '.' || t[j] == ',') && j+1 < len(t) && isDigit(rune(t[j+1])) && (t[j] == '.' || grouped(t[i:], j-i))) {
			j++
		}
		l.number(strings.ReplaceAll(t[i:j], ",", ""))
		i = j
	}
}

// grouped reports whether the comma at i has three digits after it and no fourth.
func grouped(t string, i int) bool {
	return (i <= 3 || strings.IndexByte(t[:i], ',') >= 0) && len(t) > i+3 && digits(t[i+1:i+4]) && (len(t) == i+4 || !isDigit(rune(t[i+4])))
}

// word is letters only, perhaps joined by hyphens: twenty-one.
func (l *literals) word(t string) {
	for t != "" {
		part := t
		if i := strings.IndexByte(t, '-'); i >= 0 {
			part, t = t[:i], t[i+1:]
		} else {
			t = ""
		}
		if len(part) > 12 || part == "" {
			l.unit = false
			continue
		}
		if n := numberWord(part); n != "" {
			l.number(n)
		} else if l.unit {
			l.unit = false
			if u := lexicon.Unit(lower(part)); u != "" {
				l.numbers = field(l.numbers, u)
			}
		}
	}
}

// numberWord gives a number word as digits, a Roman number as it is, "" for others.
func numberWord(word string) string {
	if lexicon.Counts(word) {
		if n := lexicon.Number(lower(word)); n != "" {
			return n
		}
	}
	if len(word) > 1 && (word[0] == 'I' || word[0] == 'V' || word[0] == 'X') && strings.Trim(word, "IVX") == "" {
		return word
	}
	return ""
}

// signs is neither letters nor digits: a currency or operator counts.
func (l *literals) signs(t string) {
	if strings.ContainsAny(t, "$%+*/^=") {
		l.numbers = field(l.numbers, t)
	}
}

func lower(s string) string { return strings.ToLower(s) }
