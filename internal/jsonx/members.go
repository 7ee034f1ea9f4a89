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
		dec := newDecoder(raw)
		if dec.PeekKind() != '{' {
			return
		}
		_, _ = dec.ReadToken() // the bracket that was just seen
		for dec.PeekKind() == '"' {
			name, err := dec.ReadValue()
			if err != nil {
				return
			}
			m := Member{KeyStart: int(dec.InputOffset()) - len(name)}
			m.Key = String(name)
			value, err := dec.ReadValue()
			if err != nil {
				return
			}
			m.End = int(dec.InputOffset())
			m.Start = m.End - len(value)
			m.Value = raw[m.Start:m.End:m.End]
			if !yield(m) {
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
		dec := newDecoder(raw)
		if dec.PeekKind() != '[' {
			return
		}
		_, _ = dec.ReadToken() // the bracket that was just seen
		for i := 0; ; i++ {
			if dec.PeekKind() == ']' {
				return
			}
			value, err := dec.ReadValue()
			if err != nil {
				return
			}
			end := int(dec.InputOffset())
			start := end - len(value)
			if !yield(Element{Index: i, Value: raw[start:end:end], Start: start, End: end}) {
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
	for m := range Members(raw) {
		if m.Key == step {
			start, end, ok = m.Start, m.End, true
		}
	}
	index, err := strconv.Atoi(step)
	if ok || err != nil {
		return start, end, ok
	}
	for e := range Elements(raw) {
		if e.Index == index {
			return e.Start, e.End, true
		}
	}
	return 0, 0, false
}
