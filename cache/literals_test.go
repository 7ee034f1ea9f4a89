package cache

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// scanSlowly is scan without its short ways: every token is sorted by token.
func (l *literals) scanSlowly(s string) {
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case tokenByte[c]:
			j := i + 1
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
				l.numbers = field(l.numbers, "!")
			}
			l.unit = false
			i++
		}
	}
}

func sameLiterals(t *testing.T, text string) {
	t.Helper()
	text = norm.NFKC.String(text)
	var got, want literals
	got.scan(text)
	want.scanSlowly(text)
	if string(got.append(nil)) != string(want.append(nil)) || got.unit != want.unit {
		t.Errorf("%q: %q, want %q", text, got.append(nil), want.append(nil))
	}
}

var literalSeeds = []string{
	"three kilometres. Five. hours", "Seven: days", "7 Days. km", "twenty-one days", "US us Us. WHO who", "camelCase iPhone. X XII IV. Xi", "first! (Third) 5! kg",
	"half;hours half,hours half\nhours", "One's 'own' half\"s\"", "two.three two. three", "ten\tmiles", "12 a.m. hour. b", "kilometres", "x", "I", "seconds hours é naïve 3é", "4 [EMAIL_1] days",
}

func TestScan(t *testing.T) {
	r := rand.New(rand.NewPCG(23, 24))
	pieces := strings.Fields(strings.Join(literalSeeds, " ") + " . : , ; ' ( ) ! - 5 3.5 seventeenth international")
	for range 5_000 {
		var text strings.Builder
		for range 1 + r.IntN(8) {
			text.WriteString(pieces[r.IntN(len(pieces))])
			text.WriteString([]string{" ", " ", " ", ". ", ": ", ", ", "\n", "", ".", "'", "! "}[r.IntN(11)])
		}
		sameLiterals(t, text.String())
	}
}

func FuzzScan(f *testing.F) {
	for _, s := range literalSeeds {
		f.Add(s)
	}
	f.Fuzz(sameLiterals)
}
