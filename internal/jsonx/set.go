package jsonx

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
)

// ErrNoPath is returned by Set for a path that leads through a value without members, or to
// an element that the array does not have.
var ErrNoPath = errors.New("the path leads to no place in the text")

// Set returns raw with the value at a path replaced. Steps are those of Get. Members that
// the path names and raw has not are added.
func Set(raw, value []byte, path ...string) ([]byte, error) {
	start, end := 0, len(raw)
	for i, step := range path {
		inner := raw[start:end]
		from, to, ok := child(inner, step)
		if ok {
			start, end = start+from, start+to
			continue
		}
		if !bytes.HasPrefix(bytes.TrimLeft(inner, " \t\r\n"), []byte("{")) {
			return nil, fmt.Errorf("%w: step %q", ErrNoPath, step)
		}
		for _, name := range slices.Backward(path[i+1:]) {
			value = Update([]byte("{}"), Change{Name: name, Value: value})
		}
		value = Update(inner, Change{Name: step, Value: value})
		break
	}
	return Splice(raw, []Edit{{start, end, value}}), nil
}

// Delete returns raw without the values at a path. Steps are those of Get; "*" stands for
// every element of an array. A name given twice is followed each time. A path that leads
// nowhere removes nothing.
func Delete(raw []byte, path ...string) []byte {
	if len(path) == 0 {
		return raw
	}
	return Splice(raw, deletions(raw, 0, path))
}

// deletions returns the edits for raw, which begins at offset base of the whole text.
func deletions(raw []byte, base int, path []string) []Edit {
	var edits []Edit
	var spans []span
	visit := func(match bool, begin, start, end int) {
		if match && len(path) > 1 {
			edits = append(edits, deletions(raw[start:end], base+start, path[1:])...)
		}
		spans = append(spans, span{base + begin, base + end, match && len(path) == 1})
	}
	for m := range Members(raw) {
		visit(m.Key == path[0], m.KeyStart, m.Start, m.End)
	}
	for e := range Elements(raw) {
		visit(path[0] == "*" || fmt.Sprint(e.Index) == path[0], e.Start, e.Start, e.End)
	}
	cuts, _ := cut(spans)
	return append(edits, cuts...)
}
