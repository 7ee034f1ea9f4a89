package match

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sluicegate/sluice/cache/match/lexicon"
)

// analysis is a text as Veto compares it.
type analysis struct {
	words         []string // content words, stemmed, in order; Chinese by character
	functionWords []string // words without content that matter in a short question
	markers       []string // marker classes, sorted
	directional   bool     // some word gives its neighbours roles

	hanCharacters, letterWords int

	midSentence bool // no request phrase is expected at the beginning
	afterModal  bool // the last word was can, could, will or would
	afterWill   bool // the last word was will
}

func analyse(text string, midSentence bool) *analysis {
	a := &analysis{midSentence: midSentence}
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case isIdeograph(r):
			i += a.addHan(text[i:], size)
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			end := wordEnd(text, i)
			a.addWord(text[i:end])
			i = end
		default:
			i += size
		}
	}
	slices.Sort(a.markers)
	return a
}

// isHan reports whether most of the text is written in ideographs.
func (a *analysis) isHan() bool { return a.hanCharacters > a.letterWords }

// wordEnd returns the end of the word at i: letters, digits, marks, and ' . + # where they
// belong to the word (don't, 3.5, c++).
func wordEnd(text string, i int) int {
	for i < len(text) {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case isIdeograph(r):
			return i
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r), r == '+', r == '#':
		case r == '\'' || r == '’' || r == '.':
			next, _ := utf8.DecodeRuneInString(text[i+size:])
			if !unicode.IsLetter(next) && !unicode.IsDigit(next) {
				return i
			}
		default:
			return i
		}
		i += size
	}
	return i
}

func (a *analysis) addWord(word string) {
	a.letterWords++
	word = strings.ReplaceAll(strings.ToLower(word), "’", "'")
	switch class := lexicon.Marker(word); {
	case class != "":
		a.markers = append(a.markers, class)
	case strings.HasSuffix(word, "n't"):
		a.markers = append(a.markers, "not")
	case word == "be" && a.afterWill: // who will be president, who is president
		a.markers = append(a.markers, "future")
	}
	a.directional = a.directional || lexicon.Directional(word)
	if digits := lexicon.Number(word); digits != "" {
		word = digits
	}
	// "you" opens a request only after a modal verb: "can you tell me".
	opening := len(a.words) == 0 && !a.midSentence && (word != "you" || a.afterModal)
	a.afterModal = word == "can" || word == "could" || word == "will" || word == "would"
	a.afterWill = word == "will"
	switch {
	case !lexicon.NoContent(word, opening):
		a.words = append(a.words, lexicon.Stem(word))
	case !lexicon.Optional(word):
		a.functionWords = append(a.functionWords, word)
	}
}

// hanDirectional are the characters that give their neighbours roles: from, to, than, and
// the signs of object, passive and recipient.
const hanDirectional = "从到比把被给"

// addHan adds the phrase of the lexicon that text begins with, else its first character,
// and returns the number of bytes read.
func (a *analysis) addHan(text string, size int) int {
	a.hanCharacters++
	if class, n := lexicon.Han(text); n > 0 {
		if class != "" {
			a.markers = append(a.markers, class)
			a.words = append(a.words, class)
		}
		return n
	}
	character := text[:size]
	a.directional = a.directional || strings.Contains(hanDirectional, character)
	a.words = append(a.words, character)
	return size
}
