package foreignspan

import (
	"bytes"
	"slices"
)

// Bounds of the foreign spans that a look-up returns.
const (
	MaxSpans = 5000     // spans
	MaxBytes = 16 << 20 // bytes of spans, by Span.Size
)

// Trace is the foreign spans of one trace that a scope permits, in the order of their
// starts. A span that was reported several times is in it once.
type Trace struct {
	Spans []*Span
	// Cut tells that the trace has more spans than a look-up returns: of the last workspace, those
	// that were received last are left out.
	Cut bool

	at   map[key]int
	size int
}

// Add adds the next span, of each workspace in the order of receipt. It reports whether the look-up may go on.
func (t *Trace) Add(s *Span) bool {
	if at, ok := t.at[s.key()]; ok {
		t.size += s.Size() - t.Spans[at].Size()
		t.Spans[at] = s
		return true
	}
	if len(t.Spans) >= MaxSpans || t.size+s.Size() > MaxBytes {
		t.Cut = true
		return false
	}
	if t.at == nil {
		t.at = map[key]int{}
	}
	t.at[s.key()] = len(t.Spans)
	t.Spans = append(t.Spans, s)
	t.size += s.Size()
	return true
}

// Sort puts the spans into their order, once all are added.
func (t *Trace) Sort() {
	t.at = nil
	slices.SortStableFunc(t.Spans, func(a, b *Span) int {
		if c := a.Start.Compare(b.Start); c != 0 {
			return c
		}
		return bytes.Compare(a.ID[:], b.ID[:])
	})
}
