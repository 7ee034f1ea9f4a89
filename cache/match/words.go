package match

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sluicegate/sluice/cache/match/lexicon"
)

// word is a word of a text, or a Chinese character or phrase.
type word struct {
	text    string // in lower case
	stem    string // the same for all inflections; for markers, their class
	class   string // marker class, "" for most words
	content bool   // it says something about the subject
	capital bool   // it begins with a capital inside a sentence
}

// Wording is a question as [Refusal] and [Compare] read it. It is immutable.
type Wording struct {
	literals    Literals
	code        bool
	words       []word
	directional bool // some word gives its neighbours roles
	han         int  // ideographs
	letters     int  // words of letters
}

// maxWords is how many words of a text are compared. Longer questions are rarely asked twice
// in other words, and the time grows with the square.
const maxWords = 256

// ReadWording reads a text.
func ReadWording(text string) *Wording {
	t := NewText(text)
	text = t.Normal
	w := &Wording{literals: t.Literals, code: t.LooksLikeCode, words: make([]word, 0, 16)}
	start := true // of a sentence
	for i := 0; i < len(text) && len(w.words) < maxWords; {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case isIdeograph(r):
			i += w.addHan(text[i:], size)
			start = false
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			end := wordEnd(text, i)
			w.add(text[i:end], !start && unicode.IsUpper(r))
			i, start = end, false
		default:
			start = start || strings.ContainsRune(".?!:。？！：\n", r)
			i += size
		}
	}
	return w
}

func (w *Wording) add(text string, capital bool) {
	w.letters++
	text = strings.ReplaceAll(strings.ToLower(text), "’", "'")
	a := word{text: text, class: lexicon.Marker(text), capital: capital}
	if a.class == "" && strings.HasSuffix(text, "n't") {
		a.class = "not"
	}
	w.directional = w.directional || lexicon.Directional(text)
	number := lexicon.Number(text)
	switch {
	case a.class != "":
		a.stem = a.class
	case number != "":
		a.stem = number
	default:
		a.stem = lexicon.Stem(text)
	}
	a.content = !lexicon.NoContent(text, w.nothingSaid())
	w.words = append(w.words, a)
}

// nothingSaid reports whether no word had content yet: a request phrase may still begin.
func (w *Wording) nothingSaid() bool {
	for i := range w.words {
		if w.words[i].content {
			return false
		}
	}
	return true
}

// addHan adds the phrase of the lexicon that text begins with, else its first character, and
// returns the number of bytes read.
func (w *Wording) addHan(text string, size int) int {
	if class, n := lexicon.Han(text); n > 0 {
		w.han += utf8.RuneCountInString(text[:n])
		stem := class
		if class == "" {
			stem = text[:n]
		}
		w.words = append(w.words, word{text: text[:n], stem: stem, class: class, content: class != ""})
		return n
	}
	w.han++
	character := text[:size]
	w.directional = w.directional || strings.Contains(hanDirectional, character)
	w.words = append(w.words, word{text: character, stem: character, content: true})
	return size
}

// isHan reports whether most of the text is written in ideographs, each of which says about as
// much as half a word.
func (w *Wording) isHan() bool { return w.han > 2*w.letters }
