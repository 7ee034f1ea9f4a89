package telemetry

import (
	"bytes"
	"slices"
)

// Bounds of the foreign spans that a look-up returns.
const (
	MaxForeignSpans = 5000     // spans
	MaxForeignBytes = 16 << 20 // bytes of spans, by ForeignSpan.Size
)

// ForeignTrace is the foreign spans of one trace that a scope permits, in the order of their
// starts. A span that was reported several times is in it once.
type ForeignTrace struct {
	Spans []*ForeignSpan
	// Cut tells that the trace has more spans than a look-up returns: of the last workspace, those
	// that were received last are left out.
	Cut bool

	at   map[foreignSpanKey]int
	size int
}

// Add adds the next span, of each workspace in the order of receipt. It reports whether the look-up may go on.
func (t *ForeignTrace) Add(s *ForeignSpan) bool {
	if at, ok := t.at[s.key()]; ok {
		t.size += s.Size() - t.Spans[at].Size()
		t.Spans[at] = s
		return true
	}
	if len(t.Spans) >= MaxForeignSpans || t.size+s.Size() > MaxForeignBytes {
		t.Cut = true
		return false
	}
	if t.at == nil {
		t.at = map[foreignSpanKey]int{}
	}
	t.at[s.key()] = len(t.Spans)
	t.Spans = append(t.Spans, s)
	t.size += s.Size()
	return true
}

// Sort puts the spans into their order, once all are added.
func (t *ForeignTrace) Sort() {
	t.at = nil
	slices.SortStableFunc(t.Spans, func(a, b *ForeignSpan) int {
		if c := a.Start.Compare(b.Start); c != 0 {
			return c
		}
		return bytes.Compare(a.ID[:], b.ID[:])
	})
}
