package lexicon

// table is a map with a filter in front: nearly all words of a text are in no table,
// and the filter turns them away for the price of a few operations.
type table[V any] struct {
	maybe [64]uint64
	words map[string]V
}

func newTable[V any](words map[string]V) *table[V] {
	t := &table[V]{words: words}
	for w := range words {
		s := slot(w)
		t.maybe[s/64] |= 1 << (s % 64)
	}
	return t
}

func (t *table[V]) get(word string) (v V) {
	if word == "" {
		return v
	}
	if !t.has(slot(word)) {
		return v
	}
	return t.words[word]
}

func (t *table[V]) has(s uint) bool { return t.maybe[s/64]&(1<<(s%64)) != 0 }

// slot depends on the length and three letters, whatever their case.
func slot(w string) uint {
	n := len(w)
	return (uint(w[0]|0x20)*31 + uint(w[n-1]|0x20)*7 + uint(w[n/2]|0x20)*211 + uint(n)*1021) % 4096
}
