package lexicon

// table is a hash table with a filter in front: nearly all words of a text are in no
// table, and the filter turns them away for the price of a few operations. One hash
// serves the filters of all tables.
type table[V any] struct {
	maybe [64]uint64
	mask  uint
	words []string // "" where nothing is
	out   []V
}

func newTable[V any](words map[string]V) *table[V] {
	size := uint(1)
	for size < 3*uint(len(words)) {
		size *= 2
	}
	t := &table[V]{mask: size - 1, words: make([]string, size), out: make([]V, size)}
	for w, v := range words {
		s := slot(w)
		t.maybe[s/64] |= 1 << (s % 64)
		at := spread(s) & t.mask
		for t.words[at] != "" {
			at = (at + 1) & t.mask
		}
		t.words[at], t.out[at] = w, v
	}
	return t
}

func (t *table[V]) get(word string) (v V) {
	if word == "" {
		return v
	}
	s := slot(word)
	if !t.has(s) {
		return v
	}
	for at := spread(s) & t.mask; t.words[at] != ""; at = (at + 1) & t.mask {
		if t.words[at] == word {
			return t.out[at]
		}
	}
	return v
}

func (t *table[V]) each(f func(word string, out V)) {
	for i, w := range t.words {
		if w != "" {
			f(w, t.out[i])
		}
	}
}

func (t *table[V]) has(s uint) bool { return t.maybe[s/64%64]&(1<<(s%64)) != 0 }

// slot depends on the length and three letters, whatever their case.
func slot(w string) uint {
	n := len(w)
	return (uint(w[0]|0x20)*31 + uint(w[n-1]|0x20)*7 + uint(w[n/2]|0x20)*211 + uint(n)*1021) % 4096
}

// spread makes neighbours of slots that share their low bits.
func spread(s uint) uint { return s * 0x9e3779b1 >> 7 }
