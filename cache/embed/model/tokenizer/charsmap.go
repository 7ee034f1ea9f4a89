package tokenizer

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"
)

// charsmap is the normalisation that SentencePiece compiles into a model: a double-array trie
// from texts to places in a block of replacements, each ended by a zero byte.
type charsmap struct {
	units        []uint32
	replacements []byte
}

// maxCharsmap is the largest map that is read, in bytes. That of XLM-RoBERTa has 237,538.
const maxCharsmap = 4 << 20

var errCharsmap = errors.New("precompiled_charsmap is damaged")

// readCharsmap reads a compiled map: the length of the trie in bytes, the trie, the
// replacements.
func readCharsmap(b []byte) (*charsmap, error) {
	if len(b) < 4 || len(b) > maxCharsmap {
		return nil, errCharsmap
	}
	size := int64(binary.LittleEndian.Uint32(b))
	if b = b[4:]; size%4 != 0 || size == 0 || size > int64(len(b)) {
		return nil, errCharsmap
	}
	m := &charsmap{units: make([]uint32, size/4), replacements: b[size:]}
	for i := range m.units {
		m.units[i] = binary.LittleEndian.Uint32(b[4*i:])
	}
	return m, nil
}

// find returns what replaces the shortest prefix of text that the map has.
func (m *charsmap) find(text string) (replacement string, ok bool) {
	at := offset(m.units[0])
	for i := range len(text) {
		c := uint32(text[i])
		at ^= c
		if at >= uint32(len(m.units)) {
			return "", false
		}
		unit := m.units[at]
		if unit&(1<<31|0xFF) != c {
			return "", false
		}
		at ^= offset(unit)
		if unit>>8&1 == 1 { // a text ends here
			if at >= uint32(len(m.units)) {
				return "", false
			}
			return m.replacement(m.units[at] &^ (1 << 31))
		}
	}
	return "", false
}

// offset returns the distance of a unit's children.
func offset(unit uint32) uint32 { return unit >> 10 << (unit >> 6 & 8) }

func (m *charsmap) replacement(at uint32) (string, bool) {
	if int64(at) >= int64(len(m.replacements)) {
		return "", false
	}
	text, _, ok := bytes.Cut(m.replacements[at:], []byte{0})
	return string(text), ok
}

// maxWhole is the length in bytes below which a character is looked up together with its marks.
const maxWhole = 6

// normalize replaces each character that the map has.
func (m *charsmap) normalize(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	for len(text) > 0 {
		size := withMarks(text)
		whole := text[:size]
		text = text[size:]
		if replacement, ok := m.find(whole); size < maxWhole && ok {
			b.WriteString(replacement)
			continue
		}
		for _, r := range whole {
			c := string(r)
			if replacement, ok := m.find(c); ok {
				c = replacement
			}
			b.WriteString(c)
		}
	}
	return b.String()
}

// withMarks returns the length of the first character and of the marks that follow it.
func withMarks(text string) int {
	_, size := utf8.DecodeRuneInString(text)
	for size < len(text) {
		r, next := utf8.DecodeRuneInString(text[size:])
		if !unicode.IsMark(r) {
			break
		}
		size += next
	}
	return size
}
