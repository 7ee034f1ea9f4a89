// Package lexicon holds small closed classes of English and Chinese words. They decide
// whether two questions may share an answer: words without content, numbers, units, and
// words that change the answer.
//
// A word that is missing from a table causes at most a cache miss, except for markers: for
// a missing marker the embedding alone decides.
//
// All lookups take lower-case words, except where a comment says otherwise.
package lexicon

import "strings"

// Number returns a number word as digits ("three" → "3", "third" → "3rd"), "" for any
// other word.
func Number(word string) string { return numbers[word] }

// Entry is what the other tables of English words say of one. It is zero for a word that they
// do not have.
type Entry struct {
	// Marker is the class of a word that changes the answer: negations, question words, times,
	// opposites, languages, formats. Words of one class are equivalent.
	Marker        string
	Stop          bool // it carries no content: articles, auxiliaries, the first person, politeness
	RequestPhrase bool // it carries no content at the beginning of a request, as in "can you tell me"
	Optional      bool // a question keeps its meaning without it even if only one content word remains
	Directional   bool // it gives its neighbours roles, so that their order matters: from, to, than, by
}

// Lookup returns the entry of a word.
func Lookup(word string) Entry { return entries[word] }

// entries joins the tables.
var entries = func() map[string]Entry {
	all := map[string]Entry{}
	set := func(words []string, change func(*Entry)) {
		for _, word := range words {
			e := all[word]
			change(&e)
			all[word] = e
		}
	}
	for _, class := range markers {
		words := strings.Fields(class)
		set(words, func(e *Entry) { e.Marker = words[0] })
	}
	set(strings.Fields(stopWords), func(e *Entry) { e.Stop = true })
	set(strings.Fields(requestPhrases), func(e *Entry) { e.RequestPhrase = true })
	set(strings.Fields(optionalWords), func(e *Entry) { e.Optional = true })
	set(strings.Fields(directional), func(e *Entry) { e.Directional = true })
	return all
}()

// Unit returns the canonical spelling of a unit or currency, "" for any other word.
func Unit(word string) string { return units[word] }

// HanUnit returns the unit that Chinese text begins with and its length in bytes, 0 if
// there is none.
func HanUnit(text string) (unit string, n int) {
	for _, u := range hanUnits {
		if strings.HasPrefix(text, u) {
			return u, len(u)
		}
	}
	return "", 0
}

// AcronymWhenUpper reports whether a word has another meaning in capitals: US, WHO.
func AcronymWhenUpper(word string) bool { return acronyms[word] }

// Han finds the longest Chinese phrase of the tables that text begins with. n is its length
// in bytes, 0 if there is none; class is its marker class, "" for a phrase without content.
func Han(text string) (class string, n int) {
	const character, longest = len("一"), len("可以告诉我")
	for n := min(len(text)/character*character, longest); n > 0; n -= character {
		if class, ok := hanPhrases[text[:n]]; ok {
			return class, n
		}
	}
	return "", 0
}
