// Package compare tells how sure a mean is, and whether the means of two groups differ by more than
// chance.
//
// Experiments are looked at again and again while they run. An interval made for one look is then wrong
// far more often than it says. The intervals here hold at all looks together: with a probability of 95 %
// the true value never leaves them. They are asymptotic confidence sequences (Waudby-Smith, Arbour,
// Sinha, Kennedy and Ramdas: Time-uniform central limit theory and asymptotic confidence sequences,
// Annals of Statistics 52(6), 2024), about half as wide again as the interval of a single look.
package compare

import "math"

const (
	alpha = 0.05 // the probability of an error, over all looks
	aim   = 500  // observations for which the interval is as narrow as such an interval can be

	// Least is how many observations a group needs before its interval is told.
	Least = 20
)

// Sample describes observations by their sums.
type Sample struct {
	Count   int64
	Sum     float64
	Squares float64 // sum of the squares
}

// Add adds one observation.
func (s *Sample) Add(v float64) {
	s.Count++
	s.Sum += v
	s.Squares += v * v
}

// Share is the sample of observations that are 1 for some and 0 for the others. It begins with one of
// each, so that a share of 0 or 1 has an interval, too.
func Share(some, all int64) Sample {
	return Sample{Count: all + 2, Sum: float64(some + 1), Squares: float64(some + 1)}
}

// Mean returns the arithmetic mean; 0 of none.
func (s Sample) Mean() float64 {
	if s.Count == 0 {
		return 0
	}
	return s.Sum / float64(s.Count)
}

// variance is that of the observations.
func (s Sample) variance() float64 {
	if s.Count < 2 {
		return 0
	}
	n := float64(s.Count)
	return max(0, (s.Squares-s.Sum*s.Sum/n)/(n-1))
}

// Interval is where the true value lies with a probability of 95 %, at all looks together.
type Interval struct{ Low, High float64 }

// Interval returns the interval of the mean; ok is false of fewer than Least observations.
func (s Sample) Interval() (i Interval, ok bool) {
	if s.Count < Least {
		return Interval{}, false
	}
	w := width(s.variance()/float64(s.Count), float64(s.Count))
	return Interval{s.Mean() - w, s.Mean() + w}, true
}

// width is half of the interval around a mean of n observations that has this variance.
func width(variance, n float64) float64 {
	a := -2 * math.Log(alpha)
	t := n * (a + math.Log(a+1)) / aim
	return math.Sqrt(variance * 2 * (t + 1) / t * math.Log(math.Sqrt(t+1)/alpha))
}

// Verdict says whether two groups differ.
type Verdict string

// The verdicts.
const (
	Higher  Verdict = "higher"  // than the control, by more than chance
	Lower   Verdict = "lower"   // likewise
	Chance  Verdict = "chance"  // the difference may be chance
	Unknown Verdict = "unknown" // there are too few observations
)

// Difference is that of the mean of a group to the mean of its control.
type Difference struct {
	Estimate float64
	Interval Interval // zero where the verdict is Unknown
	Verdict  Verdict
}

// To compares a group with its control.
func (s Sample) To(control Sample) Difference {
	d := Difference{Estimate: s.Mean() - control.Mean(), Verdict: Unknown}
	if s.Count < Least || control.Count < Least {
		return d
	}
	w := width(s.variance()/float64(s.Count)+control.variance()/float64(control.Count), float64(s.Count+control.Count))
	d.Interval, d.Verdict = Interval{d.Estimate - w, d.Estimate + w}, Chance
	switch {
	case d.Interval.Low > 0:
		d.Verdict = Higher
	case d.Interval.High < 0:
		d.Verdict = Lower
	}
	return d
}
