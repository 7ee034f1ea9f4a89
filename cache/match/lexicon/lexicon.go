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

// NoContent reports whether a word carries no content: articles, auxiliaries, the first
// person, politeness and, at the beginning of a request, what asks for an answer, as in "can
// you tell me". Words that tell two questions apart carry content: pronouns other than the first
// person, wh-words other than what and which, and prepositions of direction or side.
func NoContent(word string, opening bool) bool {
	switch word {
	case "a", "an", "the", "this", "that", "these", "those", "it", "its", "it's", "i", "i'm", "i'd", "i've", "i'll", "my", "mine", "myself",
		"is", "are", "am", "was", "were", "be", "been", "being", "do", "does", "done", "doing", "have", "has", "had", "having",
		"can", "could", "will", "would", "shall",
		"what", "what's", "whats", "which", "of", "in", "on", "at", "for", "as", "to", "and", "so", "then", "also", "just",
		"please", "pls", "plz", "kindly", "hi", "hello", "hey", "dear", "ok", "okay", "well",
		"there", "here", "some", "any", "bit", "really", "actually", "exactly", "basically", "simply", "get", "got":
		return true
	case "you", "me", "tell", "explain", "describe", "give", "show", "let", "know", "want", "wanna", "like": // not in "what to tell them"
		return opening
	}
	return false
}

// Optional reports whether a question keeps its meaning without this word even if only one
// content word remains.
func Optional(word string) bool { return optionalWords[word] }

// Marker returns the class of a word that changes the answer, "" for any other word:
// negations, question words, times, opposites, languages, formats. Words of one class are
// equivalent.
func Marker(word string) string { return markers[word] }

// Directional reports whether a word gives its neighbours roles, so that their order
// matters: from, to, than, by.
func Directional(word string) bool { return directional[word] }

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
