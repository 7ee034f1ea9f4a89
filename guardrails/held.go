package guardrails

import (
	"bytes"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/guardrails/checks/pii"
)

// held finds the credentials that this installation holds, wherever a caller or a provider
// writes one out: they need not look like any vendor's keys. Immutable.
type held struct {
	from   []gateway.Secret // what it was made of
	starts [1 << 16 / 64]uint64
	words  map[uint16][]string // by their first two bytes
}

// minHeld is the shortest credential looked for: "none" and the like stand in any text.
const minHeld = 8

func newHeld(from []gateway.Secret) *held {
	h := &held{from: from, words: map[uint16][]string{}}
	for _, s := range from {
		if w := s.Reveal(); len(w) >= minHeld {
			p := pair(w, 0)
			h.starts[p/64] |= 1 << (p % 64)
			h.words[p] = append(h.words[p], w)
		}
	}
	return h
}

func pair[T string | []byte](s T, i int) uint16 { return uint16(s[i])<<8 | uint16(s[i+1]) }

// places appends where credentials stand in text to dst.
func places[T string | []byte](h *held, dst []pii.Span, text T) []pii.Span {
	if len(h.words) == 0 {
		return dst
	}
	for i := 0; i+minHeld <= len(text); i++ {
		p := pair(text, i)
		if h.starts[p/64]&(1<<(p%64)) == 0 {
			continue
		}
		long := ""
		for _, w := range h.words[p] {
			if len(w) > len(long) && i+len(w) <= len(text) && string(text[i:i+len(w)]) == w {
				long = w
			}
		}
		if long != "" {
			dst = append(dst, pii.Span{Entity: "secret", Start: i, End: i + len(long), Score: 1})
			i += len(long) - 1
		}
	}
	return dst
}

// suspects reports whether raw JSON may hold anything to redact. A credential that is
// written with escapes shows in the decoded texts only.
func (h *held) suspects(sc *pii.Scanner, raw []byte) bool {
	if sc.Suspects(raw) {
		return true
	}
	if len(h.words) == 0 {
		return false
	}
	var few [1]pii.Span
	return bytes.IndexByte(raw, '\\') >= 0 && bytes.Contains(raw, []byte(`\u`)) || len(places(h, few[:0], raw)) > 0
}

// held gives the finder for the credentials of this moment.
func (s *Service) held() *held {
	h := s.keys.Load()
	if s.known == nil {
		return h
	}
	now := s.known()
	if len(now) == len(h.from) && (len(now) == 0 || &now[0] == &h.from[0]) {
		return h
	}
	h = newHeld(now)
	s.keys.Store(h)
	return h
}

// find is what sc finds in text, and the credentials in it. A credential wins over what
// overlaps it.
func (h *held) find(dst []pii.Span, sc *pii.Scanner, label, text string) []pii.Span {
	spans := sc.ScanUnder(dst, label, text)
	var few [4]pii.Span
	secrets := places(h, few[:0], text)
	if len(secrets) == 0 {
		return spans
	}
	out := make([]pii.Span, 0, len(spans)+len(secrets))
	for _, sp := range spans {
		for len(secrets) > 0 && secrets[0].End <= sp.Start {
			out, secrets = append(out, secrets[0]), secrets[1:]
		}
		if len(secrets) == 0 || sp.End <= secrets[0].Start {
			out = append(out, sp)
		}
	}
	return append(out, secrets...)
}
