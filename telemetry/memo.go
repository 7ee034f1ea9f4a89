package telemetry

import "strings"

const (
	memoMax  = 4096 // texts
	memoText = 96   // length of the longest
	memoRow  = 256  // texts of a row that are in its order
)

// memo remembers what short texts became. Rows are much alike: the texts of one, field by field
// and key by key, mostly are those of the row before, in its order. So the text that came next
// there is compared first, and only another one is looked up.
type memo struct {
	texts map[string]string
	order []string // of a row, those that stayed and are written in JSON as they are, and "" for others
	next  int      // in order
}

func newMemo() memo { return memo{texts: map[string]string{}} }

// get is f(s), remembered if s is short.
func (m *memo) get(s string, f func(string) string) string {
	if len(s) > memoText {
		return f(s)
	}
	at := m.next
	m.next++
	if at < len(m.order) && m.order[at] == s {
		return m.order[at]
	}
	t, ok := m.texts[s]
	if !ok {
		if len(m.texts) >= memoMax {
			clear(m.texts)
		}
		s = strings.Clone(s) // it may be a piece of a body
		t = f(s)
		m.texts[s] = t
	}
	same := ""
	if t == s && strings.IndexByte(t, '"') < 0 && strings.IndexByte(t, '\\') < 0 && dataURL(t) == nil {
		same = t
	}
	switch {
	case at < len(m.order):
		m.order[at] = same
	case at < memoRow:
		m.order = append(m.order, same)
	}
	return t
}

// repeated is the text that came next in the row before, if it comes now: as all of the JSON string
// of which rest is what stands behind its first quote. It is "" if another one comes.
func (m *memo) repeated(rest string) string {
	if m.next >= len(m.order) {
		return ""
	}
	s := m.order[m.next]
	if n := len(s); n == 0 || n >= len(rest) || rest[n] != '"' || rest[:n] != s {
		return ""
	}
	m.next++
	return s
}

func (m *memo) forget() {
	clear(m.texts)
	clear(m.order)
	m.order, m.next = m.order[:0], 0
}
