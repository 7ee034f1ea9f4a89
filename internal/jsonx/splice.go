package jsonx

import (
	"cmp"
	"slices"
)

// Edit replaces raw[Start:End] by New.
type Edit struct {
	Start, End int
	New        []byte
}

// Splice returns raw with the edits made. They may come in any order; edits at the same
// place are made in the order given. It panics if two edits overlap or one lies outside raw.
// Without edits it returns raw itself.
func Splice(raw []byte, edits []Edit) []byte {
	if len(edits) == 0 {
		return raw
	}
	if byStart := func(a, b Edit) int { return cmp.Compare(a.Start, b.Start) }; !slices.IsSortedFunc(edits, byStart) {
		edits = slices.Clone(edits)
		slices.SortStableFunc(edits, byStart)
	}
	size := len(raw)
	for _, e := range edits {
		size += len(e.New) - (e.End - e.Start)
	}
	out := make([]byte, 0, max(size, 0))
	at := 0
	for _, e := range edits {
		out = append(append(out, raw[at:e.Start]...), e.New...)
		at = e.End
	}
	return append(out, raw[at:]...)
}
