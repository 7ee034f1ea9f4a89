package promptcache

import (
	"hash/maphash"
	"math"
	"slices"

	"github.com/sluicegate/sluice/gateway"
)

// fingerprint stands for a body: a hash of each part of its prompt.
type fingerprint struct {
	parts []uint64
	texts []bool // whether a part is long enough to tell one conversation from another
	head  int    // number of parts before the first message
	first int    // number of parts up to the end of the first message
	// before counts the parts that stand for the call of a prompt template. What the template
	// makes of them can be anywhere in the prompt.
	before int
}

// minText is the size of a part that is more than a role or a number, in bytes.
const minText = 16

// fingerprintOf returns the fingerprint of a request whose prompt is p. withCall adds what the
// caller says of a prompt template.
func (s *Service) fingerprintOf(req *gateway.Request, p *gateway.Prompt, withCall bool) fingerprint {
	var f fingerprint
	if withCall {
		s.addCall(&f, req)
	}
	f.head, f.first = f.before+p.Head, f.before+p.First
	f.parts, f.texts = slices.Grow(f.parts, len(p.Parts)), slices.Grow(f.texts, len(p.Parts))
	for i := range p.Parts {
		part := &p.Parts[i]
		f.parts = append(f.parts, s.partHash(req.Raw, part))
		f.texts = append(f.texts, part.Size() >= minText)
	}
	return f
}

// addCall adds what the caller says of a prompt template.
func (s *Service) addCall(f *fingerprint, req *gateway.Request) {
	variables := req.Field("variables")
	if c := req.Prompt; c != nil {
		f.parts, f.texts = append(f.parts, maphash.String(s.seed, c.ID)), append(f.texts, false)
		variables = c.Variables
	}
	if variables != nil {
		f.parts, f.texts = append(f.parts, maphash.Bytes(s.seed, variables)), append(f.texts, false)
	}
	f.before = len(f.parts)
}

func (s *Service) partHash(raw []byte, p *gateway.PromptPart) uint64 {
	if len(p.Holes) == 0 {
		return maphash.Bytes(s.seed, raw[p.At.Start:p.At.End])
	}
	var h maphash.Hash
	h.SetSeed(s.seed)
	p.Segments(raw, func(_ int, segment []byte) bool {
		_, _ = h.Write(segment) // does not fail
		return true
	})
	return h.Sum64()
}

// opening hashes what all turns of a conversation begin with.
func (f *fingerprint) opening(seed maphash.Seed) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	for _, part := range f.parts[:f.first] {
		maphash.WriteComparable(&h, part)
	}
	return h.Sum64()
}

// common returns how many parts two fingerprints begin with.
func (f *fingerprint) common(other *fingerprint) int {
	n := min(len(f.parts), len(other.parts))
	for i := range n {
		if f.parts[i] != other.parts[i] {
			return i
		}
	}
	return n
}

// departed reports whether f does not go on from earlier, and how far from the end of f: the
// number of parts from the first difference on. What stands for the call of a template counts as
// the very beginning.
func (f *fingerprint) departed(earlier *fingerprint) (fromEnd int, ok bool) {
	k := f.common(earlier)
	switch {
	case k == len(f.parts) || k == len(earlier.parts):
		return 0, false
	case k < f.before:
		return math.MaxInt, true
	}
	return len(f.parts) - k, true
}

// continues reports whether a call with the fingerprint f belongs to the conversation whose last
// call had the fingerprint earlier. named tells whether the caller named the session of both.
func (f *fingerprint) continues(earlier *fingerprint, named bool) bool {
	k := f.common(earlier)
	switch grew := len(f.parts)-f.head > len(earlier.parts)-earlier.head; {
	case k >= f.first && (named || k == len(f.parts) || k == len(earlier.parts)):
		return true
	case !grew:
		return false
	case named && k >= f.head && f.head > 0:
		return true
	}
	return f.survive(earlier, k)
}

// survive reports whether at least half of the texts that earlier holds behind its part k are
// in f behind that part too. Where it holds none, the same first message must do.
func (f *fingerprint) survive(earlier *fingerprint, k int) bool {
	here := make(map[uint64]bool, len(f.parts)-k)
	for i := k; i < len(f.parts); i++ {
		here[f.parts[i]] = true
	}
	texts, survived := 0, 0
	for i := k + 1; i < len(earlier.parts); i++ {
		if !earlier.texts[i] {
			continue
		}
		if texts++; here[earlier.parts[i]] {
			survived++
		}
	}
	if texts == 0 {
		return k >= f.first
	}
	return 2*survived >= texts
}
