package jsonx

import (
	"iter"
	"strconv"
)

// Member is a member of an object.
type Member struct {
	Key        string // decoded
	Value      []byte // as it is written
	KeyStart   int    // offset of the name's first quote
	Start, End int    // span of the value
}

// Members yields the members of the object raw, in order, names given twice included. Other
// values have none.
func Members(raw []byte) iter.Seq[Member] {
	return func(yield func(Member) bool) {
		l := enter(raw, 0, '{')
		for l.more() {
			nameStart, nameEnd, ok := l.name()
			if !ok {
				return
			}
			start, end, ok := l.value()
			if !ok || !yield(Member{String(raw[nameStart:nameEnd]), raw[start:end:end], nameStart, start, end}) {
				return
			}
		}
	}
}

// Element is an element of an array.
type Element struct {
	Index      int
	Value      []byte // as it is written
	Start, End int    // its span
}

// Elements yields the elements of the array raw, in order. Other values have none.
func Elements(raw []byte) iter.Seq[Element] {
	return func(yield func(Element) bool) {
		l := enter(raw, 0, '[')
		for i := 0; l.more(); i++ {
			start, end, ok := l.value()
			if !ok || !yield(Element{Index: i, Value: raw[start:end:end], Start: start, End: end}) {
				return
			}
		}
	}
}

// Get returns the raw value at a path, nil if there is none. A step is the name of a member
// or the decimal index of an element. Of a name given twice the last one counts, as in
// encoding/json.
func Get(raw []byte, path ...string) []byte {
	for _, step := range path {
		start, end, ok := child(raw, step)
		if !ok {
			return nil
		}
		raw = raw[start:end:end]
	}
	return raw
}

// child is the span of the value that a step leads to.
func child(raw []byte, step string) (start, end int, ok bool) {
	l := enter(raw, 0, '{')
	for l.more() {
		nameStart, nameEnd, named := l.name()
		if !named {
			break
		}
		from, to, whole := l.value()
		if !whole {
			break
		}
		if isName(raw[nameStart:nameEnd], step) {
			start, end, ok = from, to, true
		}
	}
	if l = enter(raw, 0, '['); !l.more() {
		return start, end, ok
	}
	index, err := strconv.Atoi(step)
	for i := 0; err == nil && l.more(); i++ {
		from, to, whole := l.value()
		if whole && i == index {
			return from, to, true
		}
	}
	return 0, 0, false
}

// isName reports whether a name, with its quotes, decodes to want.
func isName(quoted []byte, want string) bool {
	if name := quoted[1 : len(quoted)-1]; isVerbatim(name) {
		return string(name) == want
	}
	return String(quoted) == want
}
