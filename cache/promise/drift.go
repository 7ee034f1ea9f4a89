package promise

import "math"

// drift watches labels for a change to the worse: a cumulative sum of log likelihood ratios,
// between the odds of a wrong answer that the regression expects and odds that are worse by a
// factor.
type drift struct {
	sum   float64
	since int // labels since the sum was last zero: those after the change, if there is one
}

const (
	driftFactor = math.E // of the odds
	driftLimit  = 6.5    // a false alarm comes once in some ten thousand labels
	driftBelow  = 2      // labels further below the threshold, in log odds, say nothing about what is served
)

// alarmed notes a label with the probability that was expected of a wrong answer, and that of a wrong
// label.
func (d *drift) alarmed(expected, noise float64, wrong bool) bool {
	expected = min(max(expected, .005), .995)
	worse := expected * driftFactor / (1 - expected + expected*driftFactor)
	expected, worse = noise+(1-2*noise)*expected, noise+(1-2*noise)*worse
	step := math.Log((1 - worse) / (1 - expected))
	if wrong {
		step = math.Log(worse / expected)
	}
	d.since++
	if d.sum += step; d.sum <= 0 {
		*d = drift{}
	}
	return d.sum > driftLimit
}
