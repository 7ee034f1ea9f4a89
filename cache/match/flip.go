package match

import (
	"slices"

	"github.com/sluicegate/sluice/cache/match/lexicon"
)

// contrary counts the words of a for which b has a word that excludes it: Monday and Friday, open and
// close. A word that both have is none of them.
func contrary(a, b []word) (count int) {
	for _, w := range ownRivals(a, b) {
		if slices.ContainsFunc(ownRivals(b, a), func(o word) bool { return lexicon.Rival(o.stem) == lexicon.Rival(w.stem) }) {
			count++
		}
	}
	return count
}

// ownRivals returns the words of a question that exclude others and that another question lacks.
func ownRivals(words, other []word) (list []word) {
	for _, w := range words {
		if lexicon.Rival(w.stem) > 0 && !slices.ContainsFunc(other, w.same) {
			list = append(list, w)
		}
	}
	return list
}

// exchanged reports whether two questions have things in each other's place: Anna pays Bert, Bert
// pays Anna; or go from one to the other and back, in whatever words.
func exchanged(a, b []word) bool {
	from, to := ends(a)
	back, forth := ends(b)
	return from != "" && to != "" && from != to && from == forth && to == back || inEachOthersPlace(a, b)
}

// ends returns the stems of the content words after from and to.
func ends(words []word) (from, to string) {
	for i, w := range words[:max(len(words)-1, 0)] {
		next := words[i+1]
		switch {
		case !next.content:
		case w.text == "from" || w.text == "从":
			from = next.stem
		case w.text == "to" || w.text == "到":
			to = next.stem
		}
	}
	return from, to
}

// inEachOthersPlace reports whether a is b with two groups of words exchanged, across others that are
// more than and or or.
func inEachOthersPlace(a, b []word) bool {
	if len(a) != len(b) {
		return false
	}
	for len(a) > 0 && a[0].same(b[0]) {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && a[len(a)-1].same(b[len(b)-1]) {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	for first := 1; first < len(a)-1; first++ {
		if !equalWords(a[:first], b[len(b)-first:]) {
			continue
		}
		for last := 1; first+last < len(a); last++ {
			between := a[first : len(a)-last]
			if equalWords(a[len(a)-last:], b[:last]) && equalWords(between, b[last:len(b)-first]) && slices.ContainsFunc(between, func(w word) bool { return !lexicon.Joins(w.text) }) {
				return true
			}
		}
	}
	return false
}

func equalWords(a, b []word) bool { return slices.EqualFunc(a, b, word.same) }
