package cache

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sluicegate/sluice/cache/lexicon"
)

// vet says why two questions of one partition must not share an answer although their
// embeddings are near, "" if nothing speaks against it. It knows the mistakes that
// embeddings make: they hardly see a negation, an opposite, a swap of roles or one
// changed word in a long text. Numbers, placeholders and quotations are not its task;
// they are part of the partition.
//
// With lexical the embedder saw only spelling, and content words must be the same in
// the same order, but for one misspelling.
func vet(asked, stored string, lexical bool) string {
	middle, other, inside := unlike(asked, stored)
	a, b := analyse(middle, inside), analyse(other, inside)
	switch {
	case !slices.Equal(a.marks, b.marks):
		return "meaning differs: " + difference(a.marks, b.marks)
	case lexical && !sameWords(a.words, b.words):
		return "words differ"
	case middle == "" && other == "":
		return ""
	}
	a, b = analyse(asked, false), analyse(stored, false)
	switch {
	case lexical && len(a.words) < 2 && !slices.Equal(a.glue, b.glue):
		return "too short for other words around it"
	case lexical:
		return ""
	case a.han != b.han:
		return "language differs"
	case (a.directed || b.directed) && !sameOrder(a.words, b.words):
		return "order of words differs"
	}
	return ""
}

// unlike cuts from two texts the words that both begin or end with: in a long text of
// which one word differs, only that word needs a closer look. Cuts are made at spaces
// only, so no phrase is torn.
func unlike(a, b string) (x, y string, inside bool) {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	if n == len(a) && n == len(b) {
		return "", "", false
	}
	n = strings.LastIndexByte(a[:n], ' ') + 1
	inside = hasContent(a[:n])
	a, b = a[n:], b[n:]
	n = 0
	for n < len(a) && n < len(b) && a[len(a)-1-n] == b[len(b)-1-n] {
		n++
	}
	if cut := strings.IndexByte(a[len(a)-n:], ' '); cut >= 0 {
		n -= cut
		a, b = a[:len(a)-n], b[:len(b)-n]
	}
	return a, b, inside
}

// hasContent reports whether a text that both share holds a content word already.
func hasContent(text string) bool {
	var a analysis
	for i := 0; i < len(text) && len(a.words) == 0; {
		i = a.next(text, i)
	}
	return len(a.words) > 0
}

// analysis is a text as vet compares it.
type analysis struct {
	words    []string // content words, stemmed, in order; Chinese by character
	marks    []string // classes of markers, sorted
	glue     []string // words without content that still count where there is little else
	inside   bool     // the text does not begin its sentence: no frame to expect
	asks     bool     // the last word was can, could, will, would: "you" may be asked to
	directed bool
	han      bool

	ideograms, letters int // words of letters
}

func analyse(text string, inside bool) analysis {
	a := analysis{inside: inside}
	if n := strings.Count(text, " "); n > 0 {
		a.words = make([]string, 0, n+1)
	}
	for i := 0; i < len(text); {
		i = a.next(text, i)
	}
	a.han = a.ideograms > a.letters
	slices.Sort(a.marks)
	return a
}

// next reads what stands at i and gives where it ends.
func (a *analysis) next(text string, i int) int {
	r, n := utf8.DecodeRuneInString(text[i:])
	switch {
	case ideograph(r):
		a.ideograms++
		return i + a.ideographs(text[i:], n)
	case unicode.IsLetter(r) || unicode.IsDigit(r):
		j := wordEnd(text, i)
		a.letters++
		a.word(text[i:j])
		return j
	}
	return i + n
}

// wordEnd finds the end of the word at i: letters, digits, marks, and ' . + # where
// they belong to it (don't, 3.5, c++).
func wordEnd(text string, i int) int {
	for i < len(text) {
		r, n := utf8.DecodeRuneInString(text[i:])
		switch {
		case ideograph(r):
			return i
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r), r == '+', r == '#':
		case r == '\'' || r == '’' || r == '.':
			next, _ := utf8.DecodeRuneInString(text[i+n:])
			if !unicode.IsLetter(next) && !unicode.IsDigit(next) {
				return i
			}
		default:
			return i
		}
		i += n
	}
	return i
}

func (a *analysis) word(w string) {
	w = strings.ReplaceAll(strings.ToLower(w), "’", "'")
	if class := lexicon.Marker(w); class != "" {
		a.marks = append(a.marks, class)
	}
	if strings.HasSuffix(w, "n't") && lexicon.Marker(w) == "" {
		a.marks = append(a.marks, "not")
	}
	a.directed = a.directed || lexicon.Directed(w)
	if n := lexicon.Number(w); n != "" {
		w = n
	}
	frame := lexicon.Frame(w) && len(a.words) == 0 && !a.inside && (w != "you" || a.asks)
	a.asks = w == "can" || w == "could" || w == "will" || w == "would"
	switch {
	case !lexicon.Stop(w) && !frame:
		a.words = append(a.words, lexicon.Stem(w))
	case !lexicon.Loose(w):
		a.glue = append(a.glue, w)
	}
}

// ideographs reads a phrase of the tables, or one character of n bytes.
func (a *analysis) ideographs(s string, n int) int {
	if class, size, ok := lexicon.Han(s); ok {
		if class != "" {
			a.marks = append(a.marks, class)
			a.words = append(a.words, class)
		}
		return size
	}
	if s[:n] == "从" || s[:n] == "到" || s[:n] == "比" || s[:n] == "把" || s[:n] == "被" || s[:n] == "给" {
		a.directed = true
	}
	a.words = append(a.words, s[:n])
	return n
}

// sameWords allows one misspelling among otherwise equal words.
func sameWords(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	off := 0
	for i := range a {
		if a[i] == b[i] {
			continue
		}
		if off++; off > 1 || !misspelt(a[i], b[i]) {
			return false
		}
	}
	return true
}

// misspelt reports whether two words of at least six letters, with the same first and
// last one, are one edit apart: a letter too many, too few, or two swapped. A letter
// exchanged for another is no misspelling but, too often, another word.
func misspelt(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(a) < 6 || len(b)-len(a) > 1 || !plainWord(a) || !plainWord(b) || a[0] != b[0] || a[len(a)-1] != b[len(b)-1] {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) < len(b) {
		return a[i:] == b[i+1:]
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}

func plainWord(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < 'a' || s[i] > 'z' {
			return false
		}
	}
	return true
}

// sameOrder reports whether the words that both texts hold stand in one order.
func sameOrder(a, b []string) bool {
	return slices.Equal(common(a, b), common(b, a))
}

func common(a, b []string) []string {
	var out []string
	for _, w := range a {
		if slices.Contains(b, w) {
			out = append(out, w)
		}
	}
	return out
}

// difference names the first class that only one of the two sorted lists holds. Classes
// come from our own table, so they may be recorded.
func difference(a, b []string) string {
	for i := 0; ; i++ {
		switch {
		case i >= len(a):
			return b[i]
		case i >= len(b) || a[i] != b[i] && a[i] < b[i]:
			return a[i]
		case a[i] != b[i]:
			return b[i]
		}
	}
}
