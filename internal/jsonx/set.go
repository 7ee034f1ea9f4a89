package jsonx

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
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
	return DeleteAll(raw, [][]string{path})
}

// DeleteAll is Delete for several paths, in one pass. All of them are read as paths of raw, so
// that removing one element of an array moves no other.
func DeleteAll(raw []byte, paths [][]string) []byte {
	paths = slices.DeleteFunc(slices.Clone(paths), func(p []string) bool { return len(p) == 0 })
	if len(paths) == 0 {
		return raw
	}
	return Splice(raw, deletions(raw, 0, paths))
}

// deletions returns the edits for raw, which begins at offset base of the whole text.
func deletions(raw []byte, base int, paths [][]string) []Edit {
	var edits []Edit
	var spans []span
	visit := func(matches func(step string) bool, begin, start, end int) {
		var inside [][]string
		drop := false
		for _, p := range paths {
			switch {
			case !matches(p[0]):
			case len(p) == 1:
				drop = true
			default:
				inside = append(inside, p[1:])
			}
		}
		if !drop && len(inside) > 0 {
			edits = append(edits, deletions(raw[start:end], base+start, inside)...)
		}
		spans = append(spans, span{base + begin, base + end, drop})
	}
	for m := range Members(raw) {
		visit(func(step string) bool { return step == m.Key }, m.KeyStart, m.Start, m.End)
	}
	for e := range Elements(raw) {
		index := strconv.Itoa(e.Index)
		visit(func(step string) bool { return step == "*" || step == index }, e.Start, e.Start, e.End)
	}
	cuts, _ := cut(spans)
	return append(edits, cuts...)
}
