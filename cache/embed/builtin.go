// Package embed holds the embedders of the semantic cache.
//
// [Builtin] hashes spelling: the stems of words, pairs of neighbouring words, and pieces of
// three letters; of Chinese text, characters and pairs of characters. It does not know
// meaning: "car" and "automobile" are as far apart as any two words. It recognises the same
// question with other function words, inflection, politeness or spelling. [Builtin.Lexical]
// tells the cache so, which then requires equal content words of a hit.
//
// [HTTP] calls a model behind an OpenAI-compatible /embeddings endpoint.
package embed

import (
	"context"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/sluicegate/sluice/cache/match/lexicon"
)

// Builtin is an embedder without a model or network. It is deterministic, has no state and
// is safe for concurrent use.
type Builtin struct{}

// builtinDim is the length of Builtin's vectors, a power of two.
const builtinDim = 256

// Model names the scheme. Snapshots on disk hold vectors under this name, so every change of
// the vectors must change it.
func (Builtin) Model() string { return "builtin-hashed-words-256-v1" }

// Dim returns the length of the vectors.
func (Builtin) Dim() int { return builtinDim }

// Lexical implements cache.Lexical.
func (Builtin) Lexical() bool { return true }

// Embed returns one vector of length 1 for each text. It never fails.
func (Builtin) Embed(_ context.Context, texts []string) ([][]float32, error) {
	vectors := make([][]float32, len(texts))
	for i, text := range texts {
		var f features
		f.addText(strings.ToLower(norm.NFKC.String(text)))
		vectors[i] = f.normalised()
	}
	return vectors, nil
}

// The weights of features. Words without content count a little, so that a text of such
// words does not become the zero vector.
const (
	weightWord      = 1
	weightStopWord  = .02
	weightWordPair  = .35
	weightTrigram   = .12
	weightCharacter = .5
	weightBigram    = .8 // two Chinese characters, or a phrase of the lexicon
)

// mixer is the multiplier that spreads small numbers over 64 bits.
const mixer = 0x9e3779b97f4a7c15

// features sums up the features of one text.
type features struct {
	sums     [builtinDim]float32
	previous uint64 // hash of the previous content word, 0 if there is none
}

// add adds a feature at two places, each with its own sign, so that two features rarely
// collide at both.
func (f *features) add(feature uint64, weight float32) {
	feature ^= feature >> 29
	feature *= 0xbf58476d1ce4e5b9
	feature ^= feature >> 32
	for i := range 2 {
		sign := 1 - 2*float32(feature>>(16+i)&1)
		f.sums[feature>>(8*i)%builtinDim] += sign * weight
	}
}

// addText adds a text in lower case.
func (f *features) addText(text string) {
	var previous rune // Chinese character before i, 0 if there is none
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case isHan(r):
			i += f.addHan(text[i:], r, size, &previous)
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			end := wordEnd(text, i)
			f.addWord(text[i:end])
			i, previous = end, 0
		default:
			i, previous = i+size, 0
		}
	}
}

func isHan(r rune) bool { return r >= 0x2E80 && r <= 0x9FFF || r >= 0xAC00 && r <= 0xD7AF }

// wordEnd returns the end of the word at i.
func wordEnd(text string, i int) int {
	for i < len(text) {
		if c := text[i]; c < utf8.RuneSelf {
			if c != '\'' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
				break
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		if isHan(r) || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) {
			break
		}
		i += size
	}
	return i
}

// maxWord is the length at which a word is cut, in bytes.
const maxWord = 48

// addWord adds a word, its pair with the word before, and its trigrams.
func (f *features) addWord(word string) {
	word = strings.TrimRight(word[:min(len(word), maxWord)], "'")
	if lexicon.NoContent(word, true) {
		f.add(hash(word), weightStopWord)
		return
	}
	if digits := lexicon.Number(word); digits != "" {
		word = digits
	}
	stem := lexicon.Stem(word)
	h := hash(stem)
	f.add(h, weightWord)
	if f.previous != 0 {
		f.add(f.previous*31+h, weightWordPair)
	}
	f.previous = h
	if stem == "" {
		return
	}
	f.addTrigrams(stem)
}

// addTrigrams adds the pieces of three letters of a stem, its ends marked by ^ and $.
func (f *features) addTrigrams(stem string) {
	trigram := uint64('^')<<8 | uint64(stem[0])
	for i := 1; i <= len(stem); i++ {
		next := byte('$')
		if i < len(stem) {
			next = stem[i]
		}
		trigram = (trigram<<8 | uint64(next)) & 0xFFFFFF
		f.add(trigram*mixer, weightTrigram)
	}
}

// addHan adds the phrase of the lexicon that text begins with, else its first character,
// and returns the number of bytes read.
func (f *features) addHan(text string, r rune, size int, previous *rune) int {
	if class, n := lexicon.Han(text); n > 0 {
		if class == "" {
			f.add(hash(text[:n]), weightStopWord)
			return n
		}
		f.add(hash(class), weightBigram)
		*previous = 0
		return n
	}
	f.add(uint64(r)*mixer, weightCharacter)
	if *previous != 0 {
		f.add(uint64(*previous)<<21*mixer+uint64(r), weightBigram)
	}
	*previous = r
	return size
}

// hash is 64-bit FNV-1a. It is written out because the vectors depend on it for ever.
func hash(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

// normalised returns the sums at length 1. A text without a letter or digit gets a fixed
// vector instead of zero.
func (f *features) normalised() []float32 {
	var square float64
	for _, x := range f.sums {
		square += float64(x) * float64(x)
	}
	if square == 0 {
		f.sums[0], square = 1, 1
	}
	scale := float32(1 / math.Sqrt(square))
	vector := make([]float32, builtinDim)
	for i, x := range f.sums {
		vector[i] = x * scale
	}
	return vector
}
