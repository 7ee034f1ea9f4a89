// Package lexicon holds the small closed classes of English and Chinese words that
// decide whether two questions may share an answer: words that carry no content,
// numbers, units, and words that turn an answer into another one. Tables, not
// judgement: what is missing from a table makes a miss of the cache or, for a word of
// the last kind, leaves the decision to the embedding.
//
// All lookups take lower-case words.
package lexicon

// Number gives a number word as digits ("three" → "3", "third" → "3rd"), "" for any
// other word.
func Number(word string) string { return numbers.get(word) }

// Counts reports whether a word of ASCII letters, in any case, may be a number word: a
// cheap question that is seldom answered with yes.
func Counts(word string) bool { return numbers.has(slot(word)) }

// Filler reports whether a word is a Stop or a Frame, and else gives it as Number would,
// or unchanged: what an embedder asks of every word, for the price of one question.
func Filler(word string) (content string, filler bool) {
	switch as := contents.get(word); as {
	case "":
		return word, false
	case none:
		return word, true
	default:
		return as, false
	}
}

// Contents yields the words that Filler does not give unchanged.
func Contents(yield func(word string)) {
	contents.each(func(w, _ string) { yield(w) })
}

// Unit gives the canonical spelling of a unit or currency, "" for any other word.
func Unit(word string) string { return units.get(word) }

// HanUnit gives the unit that Chinese text begins with and its length in bytes.
func HanUnit(text string) (unit string, n int) {
	for _, u := range hanUnits {
		if len(text) >= len(u) && text[:len(u)] == u {
			return u, len(u)
		}
	}
	return "", 0
}

// Stop reports whether a word carries no content: articles, auxiliaries, the first
// person, politeness.
func Stop(word string) bool { return stops.get(word) }

// Frame reports whether a word carries no content at the beginning of a request: "can
// you tell me".
func Frame(word string) bool { return frames.get(word) }

// Loose reports whether even a question of one content word is the same without this word.
func Loose(word string) bool { return loose.get(word) }

// Shouted reports whether a word means something else when it is written in capitals: US, WHO.
func Shouted(word string) bool { return shouted.get(word) }

// Marker names the class of a word that changes the answer: negations, question words,
// times, opposites, languages, formats. Two words of one class are the same marker.
func Marker(word string) string { return markers.get(word) }

// Directed reports whether a word gives its neighbours roles, so that their order
// counts: from, to, than, by.
func Directed(word string) bool { return directed.get(word) }

// Han lists the Chinese phrases among the markers and the stop phrases, the longest
// first, for a scan by prefix. class is "" for a stop phrase.
func Han(text string) (class string, n int, ok bool) {
	if len(text) < len("一") {
		return "", 0, false
	}
	for _, p := range hanHeads[hanHead(text)] {
		if len(text) >= len(p.text) && text[:len(p.text)] == p.text {
			return p.class, len(p.text), true
		}
	}
	return "", 0, false
}

type hanPhrase struct{ text, class string }

// hanHeads are the hanPhrases by their first character, in their order.
var hanHeads = func() (heads [256][]hanPhrase) {
	for _, p := range hanPhrases {
		at := hanHead(p.text)
		heads[at] = append(heads[at], p)
	}
	return heads
}()

// hanHead is the low byte of the character of three bytes that a text begins with.
func hanHead(text string) byte { return text[1]<<6 | text[2]&0x3f }
