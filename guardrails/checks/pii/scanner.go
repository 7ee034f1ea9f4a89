package pii

import (
	"sync"
	"unsafe"
)

// Span is one finding: text[Start:End] is an Entity. Score tells how sure that is, 0 to 1.
type Span struct {
	Entity     string
	Start, End int
	Score      float32
}

// Scanner looks for a fixed set of entities. It is safe for concurrent use.
type Scanner struct {
	on      mask
	marks   *marks
	buffers sync.Pool // *folded
}

// New returns a scanner for the named entities. A Chinese mobile number is reported as
// "phone" when "cn_mobile" is not asked for.
func New(entities ...string) (*Scanner, error) {
	on, err := parse(entities)
	if err != nil {
		return nil, err
	}
	s := &Scanner{on: on, marks: marksOf(on)}
	s.buffers.New = func() any { return new(folded) }
	return s, nil
}

// Scan appends what it finds in text to dst.
func (sc *Scanner) Scan(dst []Span, text string) []Span { return sc.ScanUnder(dst, "", text) }

// ScanUnder is Scan for a text that stands under a label, such as the value of a JSON
// key: {"phone": "4155552671"}. The label counts as a word before the text.
func (sc *Scanner) ScanUnder(dst []Span, label, text string) []Span {
	dst, _ = sc.scan(dst, label, text)
	return dst
}

// Suspects reports whether a JSON text, in any of its strings and numbers, could hold
// something that Scan would find there once they are decoded. It errs on the side of yes: a
// number that needs a word nearby counts without it. It allocates only to normalise.
func (sc *Scanner) Suspects(raw []byte) bool {
	t := unsafe.String(unsafe.SliceData(raw), len(raw))
	s := scan{text: t, on: sc.on, marks: sc.marks, first: true}
	if s.run() {
		return s.last > 0
	}
	f := sc.buffers.Get().(*folded)
	f.fold(t)
	s = scan{text: f.text(), on: sc.on, marks: sc.marks, folded: true, first: true}
	s.run()
	sc.buffers.Put(f)
	return s.last > 0
}

// scan also tells how many bytes it looked at, for the test that this is linear.
func (sc *Scanner) scan(dst []Span, label, text string) ([]Span, int) {
	s := scan{text: text, label: label, on: sc.on, marks: sc.marks, spans: dst, base: len(dst)}
	if s.run() {
		return s.spans, s.work
	}
	f := sc.buffers.Get().(*folded)
	f.fold(text)
	s = scan{text: f.text(), label: label, on: sc.on, marks: sc.marks, spans: dst[:s.base], base: s.base, work: s.work, folded: true}
	s.run()
	f.restore(s.spans[s.base:])
	sc.buffers.Put(f)
	return s.spans, s.work
}

// scan is the state of one pass.
type scan struct {
	text, label string
	on          mask
	marks       *marks
	spans       []Span
	base        int // spans before it are the caller's
	last        int // where the latest finding ends
	work        int
	dull        [2]int // text[dull[0]:dull[1]] are words and hyphens: no rest of a credential
	folded      bool   // text is normalised already
	first       bool   // stop at the first finding, and take every word for said
}

// run reports false when the text must be normalised first.
func (s *scan) run() bool {
	t := s.text
	s.work += len(t)
	for i := s.marks.next(t, 0); i < len(t); i = s.marks.next(t, i) {
		if s.first && s.last > 0 {
			return true
		}
		switch b := t[i]; {
		case isDigit(b):
			if end := s.ya29At(i); end > i {
				i = end
			} else {
				i = s.number(i)
			}
		case b == '@':
			i = s.emailAt(i, 1)
		case b == '%':
			if i+2 < len(t) && t[i+1] == '4' && t[i+2] == '0' {
				i = s.emailAt(i, 3)
			} else {
				i++
			}
		case b == ':':
			i = s.ipv6At(i)
		case b == '\\' || b >= 0x80:
			if !s.folded && needsFolding(t, i) {
				return false
			}
			i++
		default:
			i = s.secretAt(i)
		}
	}
	return true
}

// add notes a finding. Spans come by their ends, so only the last ones can overlap; the
// stronger claim stays.
func (s *scan) add(e mask, start, end int, score float32) {
	if s.last = end; s.first {
		return
	}
	for len(s.spans) > s.base {
		before := &s.spans[len(s.spans)-1]
		if before.End <= start {
			break
		}
		if rank(before.Entity) > e {
			return
		}
		if before.Entity == e.String() { // a@b.com@c.com: neither may stay in part
			start = min(start, before.Start)
		}
		s.spans = s.spans[:len(s.spans)-1]
	}
	s.spans = append(s.spans, Span{Entity: e.String(), Start: start, End: end, Score: score})
}

func rank(name string) mask {
	for _, n := range names {
		if n.name == name {
			return n.bit
		}
	}
	return 0
}
