package gateway

import "time"

// CachePolicy is the top-level "cache" setting of a config. The zero value is off.
type CachePolicy struct {
	Mode      CacheMode
	MaxAge    time.Duration // that an answer may have; 0 = the default
	Threshold float64       // in the mode fixed: least cosine of two questions that share an answer
	MaxError  float64       // in the modes guarded and observe: wrong answers as a share of all requests
	Sharing   CacheSharing
	// MaxTemperature is the highest temperature of calls that near questions are looked for; nil is
	// DefaultMaxTemperature.
	MaxTemperature *float64
	StreamPace     StreamPace
}

// DefaultMaxTemperature is the vendors' own default. Who asks for more wants another answer each time.
const DefaultMaxTemperature = 1

// Tempered reports whether near questions are looked for in a call with a temperature; nil: the
// call names none.
func (p *CachePolicy) Tempered(temperature *float64) bool {
	return temperature == nil || *temperature <= p.maxTemperature()
}

func (p *CachePolicy) maxTemperature() float64 {
	if p.MaxTemperature == nil {
		return DefaultMaxTemperature
	}
	return *p.MaxTemperature
}

// StreamPace is how fast a stored answer is streamed, in tokens per second.
type StreamPace float64

// The paces that are no number of tokens.
const (
	PaceFast     StreamPace = 0  // at once
	PaceOriginal StreamPace = -1 // in the pieces and with the pauses in which the answer came
)

// CacheMode tells which stored answers are served.
type CacheMode string

// The modes. Portkey's "simple" is parsed as exact, and its "semantic" as guarded, or with a
// threshold as fixed.
const (
	CacheOff     CacheMode = ""
	CacheExact   CacheMode = "exact"   // those of the same question
	CacheObserve CacheMode = "observe" // the same; what guarded would serve is recorded
	CacheGuarded CacheMode = "guarded" // and those of near questions, as long as MaxError holds
	CacheFixed   CacheMode = "fixed"   // and those of near questions from Threshold on
)

// DefaultMaxError is the limit of wrong answers where a config names none.
const DefaultMaxError = .01

// Near reports whether near questions are looked for.
func (m CacheMode) Near() bool { return m == CacheObserve || m == CacheGuarded || m == CacheFixed }

// rank orders the modes by how much they serve.
func (m CacheMode) rank() int {
	for i, known := range []CacheMode{CacheOff, CacheExact, CacheObserve, CacheGuarded, CacheFixed} {
		if m == known {
			return i
		}
	}
	return 0
}

// CacheSharing tells whose calls share answers.
type CacheSharing string

// From the widest to the narrowest.
const (
	SharedByWorkspace CacheSharing = "" // all calls of the workspace
	SharedByTeam      CacheSharing = "team"
	SharedByMember    CacheSharing = "member"
	SharedByAPIKey    CacheSharing = "api_key"
)

// Narrows reports whether s shares answers among fewer calls than other.
func (s CacheSharing) Narrows(other CacheSharing) bool { return s.rank() > other.rank() }

func (s CacheSharing) rank() int {
	for i, known := range []CacheSharing{SharedByWorkspace, SharedByTeam, SharedByMember} {
		if s == known {
			return i
		}
	}
	return 3
}

// Within returns the policy with what a bound allows: a caller may ask for less than the bound
// serves, for fewer errors, or for narrower sharing, never for more.
func (p CachePolicy) Within(bound CachePolicy) CachePolicy {
	out := p
	switch {
	case p.Mode.rank() > bound.Mode.rank() || bound.Mode == CacheFixed && p.Mode == CacheGuarded:
		out.Mode, out.MaxError, out.Threshold = bound.Mode, bound.MaxError, bound.Threshold
	case p.Mode == CacheFixed:
		out.Threshold = max(p.Threshold, bound.Threshold)
	case bound.MaxError > 0 && p.MaxError > 0:
		out.MaxError = min(p.MaxError, bound.MaxError)
	}
	if bound.maxTemperature() < out.maxTemperature() {
		out.MaxTemperature = bound.MaxTemperature
	}
	if bound.Sharing.Narrows(out.Sharing) {
		out.Sharing = bound.Sharing
	}
	return out
}
