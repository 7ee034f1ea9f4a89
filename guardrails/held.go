package guardrails

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/guardrails/pii"
)

// held finds the credentials that this installation holds, wherever a caller or a provider
// writes one out: they need not look like any vendor's keys. Immutable.
type held struct {
	from    []gateway.Secret // what it was made of
	anchors []anchor
}

// anchor is a byte that prose seldom has and some of the credentials do. A text is searched
// for a few such bytes, which processors do quickly, and not for each credential.
type anchor struct {
	mark  byte
	words []word
}

type word struct {
	text string
	at   int // of the mark in text
}

// minHeld is the shortest credential looked for: "none" and the like stand in any text.
const minHeld = 8

func newHeld(from []gateway.Secret) *held {
	h := &held{from: from}
	for _, s := range from {
		if w := s.Reveal(); len(w) >= minHeld {
			at := rarest(w)
			i := slices.IndexFunc(h.anchors, func(a anchor) bool { return a.mark == w[at] })
			if i < 0 {
				i, h.anchors = len(h.anchors), append(h.anchors, anchor{mark: w[at]})
			}
			h.anchors[i].words = append(h.anchors[i].words, word{w, at})
		}
	}
	return h
}

// frequent orders bytes by how often prose and JSON have them; what is not here is rarer.
const frequent = ` etaoinsrhldcumfpgwybvk",.:0123456789-_TSAIMCBWHPRDNELFGOUVYjxqzK`

// rarest is where w has the byte that a text is least likely to have.
func rarest(w string) int {
	best, at := -1, 0
	for i := 0; i < len(w); i++ {
		rank := strings.IndexByte(frequent, w[i])
		if rank < 0 {
			return i
		}
		if rank > best {
			best, at = rank, i
		}
	}
	return at
}

// places gives where credentials stand in text, in order and without overlap.
func (h *held) places(text string) []pii.Span {
	var out []pii.Span
	for _, a := range h.anchors {
		for i := 0; ; i++ {
			next := strings.IndexByte(text[i:], a.mark)
			if next < 0 {
				break
			}
			i += next
			for _, w := range a.words {
				if start := i - w.at; start >= 0 && strings.HasPrefix(text[start:], w.text) {
					out = append(out, pii.Span{Entity: "secret", Start: start, End: start + len(w.text), Score: 1})
				}
			}
		}
	}
	if len(out) < 2 {
		return out
	}
	slices.SortFunc(out, func(a, b pii.Span) int { return cmp.Or(a.Start-b.Start, b.End-a.End) })
	end := 0
	return slices.DeleteFunc(out, func(sp pii.Span) bool { // of two at one place the longer one came first
		if sp.Start < end {
			return true
		}
		end = sp.End
		return false
	})
}

// suspects reports whether raw JSON may hold anything to redact. A credential that is
// written with escapes shows in the decoded texts only.
func (h *held) suspects(sc *pii.Scanner, raw []byte) bool {
	if sc.Suspects(view(raw)) {
		return true
	}
	text := view(raw)
	return len(h.anchors) > 0 && (strings.Contains(text, `\u`) || len(h.places(text)) > 0)
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
	secrets := h.places(text)
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
