// Package embed holds the embedders of the semantic cache.
//
// [Builtin] puts two vectors side by side. The first is the sum of what the words mean, from the
// table of package static. The second hashes spelling: the stems of words, pairs of neighbouring
// words, and pieces of three letters; of Chinese text, characters and pairs of characters. So
// "car" is near "automobile", and names, identifiers and words that the table does not have still
// count. The sum knows no order and no context. [Builtin.Lexical] tells the cache to be careful:
// until it has learnt from the traffic, it requires equal content words of a hit.
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

	"github.com/sluicegate/sluice/cache/embed/static"
	"github.com/sluicegate/sluice/cache/match/lexicon"
)

// Builtin is an embedder without a network or files. It is deterministic, has no state of its
// own and is safe for concurrent use.
type Builtin struct{}

// The two parts of Builtin's vectors: their lengths, and the share of the spelling in the square of
// the whole.
const (
	meaningDim    = 192
	spellingDim   = 128 // a power of two
	spellingShare = 1. / 3
)

// Model names the scheme. Snapshots on disk hold vectors under this name, so every change of
// the vectors must change it.
func (Builtin) Model() string { return "builtin-distilled-words-320-v1" }

// Dim returns the length of the vectors.
func (Builtin) Dim() int { return meaningDim + spellingDim }

// Lexical implements cache.Lexical.
func (Builtin) Lexical() bool { return true }

// Embed returns one vector of length 1 for each text. It never fails.
func (Builtin) Embed(_ context.Context, texts []string) ([][]float32, error) {
	vectors := make([][]float32, len(texts))
	table := static.Shipped()
	for i, text := range texts {
		f := features{table: table}
		f.addText(strings.ToLower(norm.NFKC.String(text)))
		vectors[i] = f.normalised()
	}
	return vectors, nil
}

// The weights of features of the spelling. Words without content count a little, so that a text of such
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
	table    *static.Table
	meaning  [meaningDim]float32
	sums     [spellingDim]float32
	previous uint64 // hash of the previous content word, 0 if there is none
	covered  int    // bytes of the Chinese that follows which a token before has counted already
}

// add adds a feature at two places, each with its own sign, so that two features rarely
// collide at both.
func (f *features) add(feature uint64, weight float32) {
	feature ^= feature >> 29
	feature *= 0xbf58476d1ce4e5b9
	feature ^= feature >> 32
	for i := range 2 {
		sign := 1 - 2*float32(feature>>(16+i)&1)
		f.sums[feature>>(8*i)%spellingDim] += sign * weight
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
	f.table.AddWord(f.meaning[:], word)
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
	class, read := lexicon.Han(text)
	f.addTokens(text, max(read, size))
	if read > 0 {
		if class == "" {
			f.add(hash(text[:read]), weightStopWord)
			return read
		}
		f.add(hash(class), weightBigram)
		*previous = 0
		return read
	}
	f.add(uint64(r)*mixer, weightCharacter)
	if *previous != 0 {
		f.add(uint64(*previous)<<21*mixer+uint64(r), weightBigram)
	}
	*previous = r
	return size
}

// addTokens adds the meaning of the tokens with which Chinese text begins, but not of characters
// that a token before has counted already. read is how far the caller goes on.
func (f *features) addTokens(text string, read int) {
	for f.covered < read {
		row, n := f.table.Ideographs(text[f.covered:])
		if n == 0 {
			f.covered = read
			break
		}
		f.table.Add(f.meaning[:], row)
		f.covered += n
	}
	f.covered -= read
}

// hash is 64-bit FNV-1a. It is written out because the vectors depend on it for ever.
func hash(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

// normalised returns both parts as one vector of length 1. A part that is zero leaves its share to
// the other; a text without a letter or digit gets a fixed vector instead of zero.
func (f *features) normalised() []float32 {
	meaning, spelling := length(f.meaning[:]), length(f.sums[:])
	ofMeaning, ofSpelling := math.Sqrt(1-spellingShare), math.Sqrt(spellingShare)
	switch {
	case meaning == 0 && spelling == 0:
		f.sums[0], spelling, ofSpelling = 1, 1, 1
	case meaning == 0:
		ofSpelling = 1
	case spelling == 0:
		ofMeaning = 1
	}
	vector := make([]float32, 0, meaningDim+spellingDim)
	vector = appendScaled(vector, f.meaning[:], ofMeaning, meaning)
	return appendScaled(vector, f.sums[:], ofSpelling, spelling)
}

func length(v []float32) float64 {
	var square float64
	for _, x := range v {
		square += float64(x) * float64(x)
	}
	return math.Sqrt(square)
}

// appendScaled appends a part that has a length of from, with the length to.
func appendScaled(vector, part []float32, to, from float64) []float32 {
	if from == 0 {
		return append(vector, part...)
	}
	scale := float32(to / from)
	for _, x := range part {
		vector = append(vector, x*scale)
	}
	return vector
}
