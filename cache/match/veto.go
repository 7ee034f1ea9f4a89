package match

import (
	"slices"
	"strings"
)

// Veto returns the reason why two questions of one partition must not share an answer
// although their embeddings are near, "" if there is none. It covers what embeddings hardly
// see: a negation, an opposite, swapped roles, one changed word in a long text. Numbers,
// placeholders and quotations are covered by [Literals] instead.
//
// lexical says that the embedder saw only words. Content words must then be equal and in
// the same order, except for one misspelling.
func Veto(asked, stored string, lexical bool) string {
	middle, other, afterContent := differingMiddle(asked, stored)
	a, b := analyse(middle, afterContent), analyse(other, afterContent)
	switch {
	case !slices.Equal(a.markers, b.markers):
		return "meaning differs: " + firstDifference(a.markers, b.markers)
	case lexical && !sameWords(a.words, b.words):
		return "words differ"
	case middle == "" && other == "":
		return ""
	}
	a, b = analyse(asked, false), analyse(stored, false)
	switch {
	case lexical && len(a.words) < 2 && !slices.Equal(a.functionWords, b.functionWords):
		return "too short for other words around it"
	case lexical:
		return ""
	case a.isHan() != b.isHan():
		return "language differs"
	case (a.directional || b.directional) && !sameOrder(a.words, b.words):
		return "order of words differs"
	}
	return ""
}

// differingMiddle cuts off the words that two texts both begin with and both end with, so
// that one changed word of a long text is compared alone. It cuts at spaces only, so no
// phrase is torn. afterContent reports that the common beginning has a content word.
func differingMiddle(a, b string) (x, y string, afterContent bool) {
	if a == b {
		return "", "", false
	}
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	n = strings.LastIndexByte(a[:n], ' ') + 1
	afterContent = len(analyse(a[:n], false).words) > 0
	a, b = a[n:], b[n:]
	n = 0
	for n < len(a) && n < len(b) && a[len(a)-1-n] == b[len(b)-1-n] {
		n++
	}
	if cut := strings.IndexByte(a[len(a)-n:], ' '); cut >= 0 {
		n -= cut
		a, b = a[:len(a)-n], b[:len(b)-n]
	}
	return a, b, afterContent
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
	if len(a) < 6 || len(b)-len(a) > 1 || !isLowerASCII(a) || !isLowerASCII(b) || a[0] != b[0] || a[len(a)-1] != b[len(b)-1] {
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

func isLowerASCII(s string) bool {
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

// firstDifference returns the first class that only one of the two sorted lists holds. Classes
// come from our own table, so they may be recorded.
func firstDifference(a, b []string) string {
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
