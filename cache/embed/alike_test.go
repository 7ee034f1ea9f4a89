package embed_test

import (
	"context"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/sluicegate/sluice/cache/embed"
	"github.com/sluicegate/sluice/cache/lexicon"
)

// slow is the scheme as it was first written, one letter after the other. What is faster must
// give the same vectors, to the last bit.
type slow struct {
	v    [256]float32
	last uint64
}

func slowly(text string) []float32 {
	var h slow
	h.text(strings.ToLower(norm.NFKC.String(text)))
	var even, odd float64
	for i := 0; i < len(h.v); i += 2 {
		x, y := float64(h.v[i]), float64(h.v[i+1])
		even, odd = even+x*x, odd+y*y
	}
	sum := even + odd
	if sum == 0 {
		return append([]float32{1}, h.v[1:]...)
	}
	scale := float32(1 / math.Sqrt(sum))
	for i := range h.v {
		h.v[i] *= scale
	}
	return h.v[:]
}

func (h *slow) add(feature uint64, weight float32) {
	feature ^= feature >> 29
	feature *= 0xbf58476d1ce4e5b9
	feature ^= feature >> 32
	for i := range 2 {
		w := weight
		if feature>>(16+i)&1 == 1 {
			w = -w
		}
		h.v[feature>>(8*i)&0xff] += w
	}
}

func (h *slow) text(s string) {
	var before rune
	for i := 0; i < len(s); {
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

func (h *slow) word(s string, i int) int {
	start := i
	for i < len(s) {
		r, n := utf8.DecodeRuneInString(s[i:])
		if han(r) || !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\'' && (r < utf8.RuneSelf || !unicode.IsMark(r)) {
			break
		}
		i += n
	}
	h.feature(strings.TrimRight(s[start:min(i, start+48)], "'"))
	return i
}

func han(r rune) bool { return r >= 0x2E80 && r <= 0x9FFF || r >= 0xAC00 && r <= 0xD7AF }

func (h *slow) feature(word string) {
	word, filler := lexicon.Filler(word)
	if filler {
		h.add(fnv(word), .02)
		return
	}
	stem := lexicon.Stem(word)
	f := fnv(stem)
	h.add(f, 1)
	if h.last != 0 {
		h.add(h.last*31+f, .35)
	}
	h.last = f
	if stem == "" {
		return
	}
	stem = "^" + stem + "$"
	for i := range len(stem) - 2 {
		h.add((uint64(stem[i])<<16|uint64(stem[i+1])<<8|uint64(stem[i+2]))*0x9e3779b97f4a7c15, .12)
	}
}

func (h *slow) ideograph(s string, r rune, n int, before *rune) int {
	if class, size, ok := lexicon.Han(s); ok {
		if class == "" {
			h.add(fnv(s[:size]), .02)
			return size
		}
		h.add(fnv(class), .8)
		*before = 0
		return size
	}
	h.add(uint64(r)*0x9e3779b97f4a7c15, .5)
	if *before != 0 {
		h.add(uint64(*before)<<21*0x9e3779b97f4a7c15+uint64(r), .8)
	}
	*before = r
	return n
}

func fnv(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

// alike fails where the two do not agree.
func alike(t *testing.T, text string) {
	t.Helper()
	got, want := make([]float32, 256), slowly(text)
	for i := range got {
		got[i] = float32(math.NaN()) // what stands there counts for nothing
	}
	embed.Builtin{}.EmbedInto(got, text)
	vs, err := embed.Builtin{}.Embed(context.Background(), []string{text})
	if err != nil {
		t.Fatal(err)
	}
	for i, x := range want {
		if math.Float32bits(got[i]) != math.Float32bits(x) || math.Float32bits(vs[0][i]) != math.Float32bits(x) {
			t.Fatalf("%q: component %d is %v, want %v", text, i, got[i], x)
		}
	}
}

func TestAlike(t *testing.T) {
	lexicon.Contents(func(w string) {
		alike(t, w)
		alike(t, "and "+w+" or "+strings.ToUpper(w)+", but no other word")
	})
	for _, texts := range [][]string{many(english, " "), many(chinese, ""), many(words, " ")} {
		for _, text := range texts {
			alike(t, text)
			alike(t, strings.ToUpper(text))
		}
	}
	r := rand.New(rand.NewPCG(15, 16))
	letters := []byte("aeiou nstrsygdnIES'1 .")
	for range 5_000 { // endings, at every distance from the end of the text
		text := make([]byte, 1+r.IntN(24))
		for i := range text {
			text[i] = letters[r.IntN(len(letters))]
		}
		alike(t, string(text))
	}
}
