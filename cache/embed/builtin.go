// Package embed holds the embedders of the semantic cache.
//
// [Builtin] hashes spelling: stems of words, their neighbours, and pieces of words of
// three letters; of Chinese text, characters and pairs. It knows no meaning: "car" and
// "automobile" are as far apart to it as any two words. What it recognises is the same
// question in other function words, inflection, politeness or spelling. The cache knows
// this ([Builtin.Lexical]) and demands equal content words of its hits. [HTTP] asks a
// model behind an OpenAI-shaped endpoint.
package embed

import (
	"context"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/sluicegate/sluice/cache/lexicon"
)

// Builtin is the embedder that needs no model, no network and a few microseconds. It is
// deterministic and has no state.
type Builtin struct{}

// dim is the length of its vectors.
const dim = 256

// Model names the scheme; a change of it changes the name.
func (Builtin) Model() string { return "builtin-hashed-words-256-v1" }

// Dim is the length of its vectors.
func (Builtin) Dim() int { return dim }

// Lexical tells the cache that it sees spelling only.
func (Builtin) Lexical() bool { return true }

// Embed gives one vector for each text.
func (Builtin) Embed(_ context.Context, texts []string) ([][]float32, error) {
	if len(texts) == 1 { // a question: one allocation
		var one struct {
			out [1][]float32
			v   [dim]float32
		}
		one.out[0] = one.v[:]
		embed(one.out[0], texts[0])
		return one.out[:], nil
	}
	out := make([][]float32, len(texts))
	for i, t := range texts {
		out[i] = make([]float32, dim)
		embed(out[i], t)
	}
	return out, nil
}

// EmbedInto writes the vector of a text into dst.
func (Builtin) EmbedInto(dst []float32, text string) { embed(dst, text) }

func embed(dst []float32, text string) {
	var h hashed
	if !lexicon.ASCII(text) {
		text = strings.ToLower(norm.NFKC.String(text))
	}
	h.text(text)
	h.unit(dst)
}

// The weights of features. Words without content still count a little, so that no text
// of letters is zero.
var (
	weightWord   = weigh(1)
	weightStop   = weigh(.02)
	weightPair   = weigh(.35)
	weightPiece  = weigh(.12)
	weightHan    = weigh(.5)
	weightHanTwo = weigh(.8)
)

// weight holds what a feature adds to its two places, by their signs.
type weight [4][2]float32

func weigh(w float32) weight { return weight{{w, w}, {-w, w}, {w, -w}, {-w, -w}} }

// hashed adds features up.
type hashed struct {
	v    [dim]float32
	last uint64 // the content word before, 0 if none
}

// add puts a feature into two places with signs, so that two features seldom meet in
// both. The signs come from a table: nobody can predict them, and bits of a float would have
// to travel from one kind of register to another.
func (h *hashed) add(feature uint64, w *weight) {
	feature ^= feature >> 29
	feature *= 0xbf58476d1ce4e5b9
	feature ^= feature >> 32
	signed := &w[feature>>16&3]
	h.v[feature&(dim-1)] += signed[0]
	h.v[feature>>8&(dim-1)] += signed[1]
}

// text reads a text: of ASCII, or else in lower case.
func (h *hashed) text(s string) {
	var before rune
	for i := 0; i < len(s); {
		if len(s)-i > 8 { // nearly always
			if n := h.short(s[i : i+9]); n > 0 {
				i, before = i+n, 0
				continue
			}
		}
		if wordByte(s[i]) {
			i, before = h.word(s, i), 0
			continue
		}
		if s[i] < utf8.RuneSelf {
			i, before = i+1, 0
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case han(r):
			i += h.ideograph(s[i:], r, n, &before)
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			i, before = h.word(s, i), 0
		default:
			i, before = i+n, 0
		}
	}
}

func wordByte(c byte) bool { return wordBytes[c] }

// wordBytes tells the letters and digits of ASCII.
var wordBytes = func() (t [256]bool) {
	for c := range t {
		t[c] = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
	}
	return t
}()

// longest is where a word is cut: what is longer is no word of a language.
const longest = 48

// word reads the word at i and gives its end.
func (h *hashed) word(s string, i int) int {
	start, upper := i, false
	for i += lexicon.LowerCase(s[i:]); i < len(s); { // nearly every word ends here
		c := s[i]
		if wordByte(c) || c == '\'' {
			upper = upper || c-'A' < 26
			i++
			continue
		}
		if c < utf8.RuneSelf {
			break
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if han(r) || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) {
			break
		}
		i += n
	}
	w := s[start:min(i, start+longest)]
	for w != "" && w[len(w)-1] == '\'' {
		w = w[:len(w)-1]
	}
	if upper {
		var room [longest]byte
		for j := range len(w) {
			c := w[j]
			if c-'A' < 26 {
				c |= 0x20
			}
			room[j] = c
		}
		h.feature(string(room[:len(w)]))
		return i
	}
	h.feature(w)
	return i
}

func han(r rune) bool { return r >= 0x2E80 && r <= 0x9FFF || r >= 0xAC00 && r <= 0xD7AF }

func (h *hashed) feature(word string) {
	word, filler := lexicon.Filler(word)
	if filler {
		h.add(hash(word), &weightStop)
		return
	}
	h.content(lexicon.Stem(word))
}

// content adds a word by its stem.
func (h *hashed) content(stem string) {
	f := hash(stem)
	h.add(f, &weightWord)
	if h.last != 0 {
		h.add(h.last*31+f, &weightPair)
	}
	h.last = f
	if stem == "" {
		return
	}
	piece := '^'<<8 | uint64(stem[0]) // the two characters before, and the next
	for i := 1; i < len(stem); i++ {
		piece = (piece<<8 | uint64(stem[i])) & 0xffffff
		h.add(piece*0x9e3779b97f4a7c15, &weightPiece)
	}
	h.add((piece<<8|'$')&0xffffff*0x9e3779b97f4a7c15, &weightPiece)
}

// ideograph reads a phrase that carries no content, or one character, and gives its
// length.
func (h *hashed) ideograph(s string, r rune, n int, before *rune) int {
	if class, size, ok := lexicon.Han(s); ok {
		if class == "" {
			h.add(hash(s[:size]), &weightStop)
			return size
		}
		h.add(hash(class), &weightHanTwo)
		*before = 0
		return size
	}
	h.add(uint64(r)*0x9e3779b97f4a7c15, &weightHan)
	if *before != 0 {
		h.add(uint64(*before)<<21*0x9e3779b97f4a7c15+uint64(r), &weightHanTwo)
	}
	*before = r
	return n
}

// hash is FNV-1a: spelled out because the vectors must be the same for ever.
func hash(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := 0; i < len(s); i++ {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

// unit writes the vector at length 1. A text without a letter or digit gets a vector of
// its own kind rather than zero.
func (h *hashed) unit(out []float32) {
	var even, odd float64 // two sums, so that one addition need not wait for the other
	for i := 0; i < dim; i += 2 {
		x, y := float64(h.v[i]), float64(h.v[i+1])
		even, odd = even+x*x, odd+y*y
	}
	sum := even + odd
	if sum == 0 {
		clear(out)
		out[0] = 1
		return
	}
	scale := float32(1 / math.Sqrt(sum))
	for i, x := range h.v {
		out[i] = x * scale
	}
}
