package embed

import (
	"encoding/binary"
	"unicode/utf8"

	"github.com/sluicegate/sluice/cache/lexicon"
)

// short reads a word of at most eight letters, which nearly all are, and the byte behind it.
// It gives their length, 0 if t does not begin with such a word: then word must read it. The
// letters are looked at all at once, because no processor can foresee how many there are.
func (h *hashed) short(t string) int {
	letters, n, lower := lexicon.Short(t[:8])
	if n == 0 || !wordEnds[t[n]] {
		return 0
	}
	filler, listed := known.get(letters)
	if filler != 0 {
		h.add(filler, &weightStop)
		return n + 1
	}
	word := t[:n]
	if !lower {
		var room [8]byte
		binary.LittleEndian.PutUint64(room[:], letters)
		word = string(room[:n])
	}
	if listed {
		h.feature(word)
	} else {
		h.content(lexicon.Stem(word))
	}
	return n + 1
}

// wordEnds tells the bytes that are neither of a word nor of a character beyond ASCII.
var wordEnds = func() (t [256]bool) {
	for c := range byte(utf8.RuneSelf) {
		t[c] = !wordByte(c) && c != '\''
	}
	return t
}()

// known are the short words that lexicon.Filler does not give unchanged. A filler's hash
// stands with it, so that it is not made again and again.
var known = func() (t shorts) {
	lexicon.Contents(func(word string) {
		var room [8]byte
		if copy(room[:], word) < len(word) {
			return
		}
		at := t.find(binary.LittleEndian.Uint64(room[:]))
		t.words[at] = binary.LittleEndian.Uint64(room[:])
		if _, filler := lexicon.Filler(word); filler {
			t.hashes[at] = hash(word)
		}
	})
	return t
}()

// shorts is a hash table of words that are written as one number. It is mostly empty.
type shorts struct{ words, hashes [1024]uint64 }

// find gives the place of a word, or the one where it would stand.
func (t *shorts) find(word uint64) uint64 {
	at := word * 0x9e3779b97f4a7c15 >> 54
	for t.words[at] != word && t.words[at] != 0 {
		at = (at + 1) % uint64(len(t.words))
	}
	return at
}

// get gives the hash of a filler, 0 for another word, and whether the word is there at all.
func (t *shorts) get(word uint64) (hash uint64, ok bool) {
	at := t.find(word)
	return t.hashes[at], t.words[at] != 0
}
