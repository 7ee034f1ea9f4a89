package upstreamcheck

// Verdict is the result of one check.
type Verdict string

// The verdicts.
const (
	Same    Verdict = "same"
	Differs Verdict = "differs"
	Unclear Verdict = "unclear"
)

// Finding is one check with its evidence.
type Finding struct {
	Check    string  `json:"check"`
	Verdict  Verdict `json:"verdict"`
	Evidence string  `json:"evidence"` // a sentence
	P        float64 `json:"p,omitempty"`
}

// Report is the result of a run.
type Report struct {
	Findings []Finding `json:"findings"`
	Pairs    int       `json:"pairs"`  // questions that both keys have answered
	Failed   int       `json:"failed"` // questions that one of them has not
}

// Differs reports whether a check found a difference.
func (r *Report) Differs() bool {
	for _, f := range r.Findings {
		if f.Verdict == Differs {
			return true
		}
	}
	return false
}
