package pii

// Span is one finding: text[Start:End] is an Entity.
type Span struct {
	Entity     string  // one of Entities
	Start, End int     // byte offsets
	Score      float32 // confidence, above 0 and up to 1
}

// Scanner finds a fixed set of entities. It is safe for concurrent use.
type Scanner struct {
	on       mask
	triggers *triggers
}

// New returns a scanner for the named entities. It reports a Chinese mobile number as
// "phone" unless "cn_mobile" is named. An unknown name is an error.
func New(entities ...string) (*Scanner, error) {
	on, err := parse(entities)
	if err != nil {
		return nil, err
	}
	return &Scanner{on: on, triggers: triggersOf(on)}, nil
}

// Scan appends the findings in text to dst.
func (sc *Scanner) Scan(dst []Span, text string) []Span { return sc.ScanUnder(dst, "", text) }

// ScanUnder is Scan for a text with a label, such as the key of a JSON value:
// {"phone": "4155552671"}. The label counts as a word before the text.
func (sc *Scanner) ScanUnder(dst []Span, label, text string) []Span {
	dst, _ = sc.scan(dst, label, text)
	return dst
}

// scan also returns how many bytes it looked at, for the test that the work is linear.
func (sc *Scanner) scan(dst []Span, label, text string) ([]Span, int) {
	s := scan{text: text, label: label, on: sc.on, triggers: sc.triggers, spans: dst, base: len(dst)}
	if s.run() {
		if isIdentifier(text) {
			s.spans = sc.scanIdentifier(s.spans, s.base, text)
		}
		return s.spans, s.work
	}
	f := fold(text)
	s = scan{text: f.text(), label: label, on: sc.on, triggers: sc.triggers, spans: dst[:s.base], base: s.base, work: s.work, folded: true}
	s.run()
	f.restore(s.spans[s.base:])
	return s.spans, s.work
}

// scan is the state of one pass over a text.
type scan struct {
	text, label string
	on          mask
	triggers    *triggers
	spans       []Span
	base        int    // spans[:base] belong to the caller
	last        int    // end of the latest finding
	work        int    // bytes looked at
	wordRun     [2]int // latest stretch known to hold words and hyphens only, no credential
	folded      bool   // the text is normalised
	identifier  bool   // the text is an identifier, with "-" for "_"
}

// run scans the text. It returns false, with incomplete findings, when the text must be
// normalised first.
func (s *scan) run() bool {
	t := s.text
	s.work += len(t)
	for i := 0; i < len(t); {
		if !s.triggers[t[i]] {
			i++
			continue
		}
		switch b := t[i]; {
		case isDigit(b):
			i = s.number(i)
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
		case b == '\\' || b == '&' || b >= 0x80:
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

// add records a finding. Findings arrive in the order of their ends, so only the latest
// ones can overlap; the entity with the higher rank stays.
func (s *scan) add(e mask, start, end int, score float32) {
	s.last = end
	for len(s.spans) > s.base {
		before := &s.spans[len(s.spans)-1]
		if before.End <= start {
			break
		}
		if rank(before.Entity) > e {
			return
		}
		if before.Entity == e.String() { // a@b.com@c.com is one finding
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
