package promise

import "math"

// fit is a recalibration: the log odds of the same answer are a + b·x, where x are those that
// package decide gave. The rest are covariances of a and b.
type fit struct {
	a, b          float64
	caa, cab, cbb float64
}

// The prior: the probabilities are right as they are, give or take this much.
const (
	priorB     = 1
	deviationA = 1.0
	deviationB = .3
)

// Labels count fully down to nearby below the threshold, in log odds, and a third of that fading below.
const (
	nearby = 1.0
	fading = 2.0
)

// maxSteps bounds the steps of a fit. The next fit goes on from this one.
const maxSteps = 8

// improved fits the recalibration to labels by Newton's method, beginning with f. Labels below the
// threshold count less the further they are: the line need only be right about what is served.
func (f fit) improved(labels []Label, threshold float64) fit {
	if f.b == 0 {
		f.b = priorB
	}
	for range maxSteps {
		ga, gb := -f.a/(deviationA*deviationA), -(f.b-priorB)/(deviationB*deviationB)
		haa, hab, hbb := 1/float64(deviationA*deviationA), 0.0, 1/float64(deviationB*deviationB)
		for _, l := range labels {
			x, noise := float64(l.X), float64(l.Noise)
			p := probability(f.a + f.b*x)
			said := noise + (1-2*noise)*p // probability of the label "same"
			slope := (1 - 2*noise) * p * (1 - p)
			y := 0.0
			if l.Same {
				y = 1
			}
			spread := max(said*(1-said), 1e-9)
			weight := math.Exp(min(x-threshold+nearby, 0) / fading)
			g, h := weight*(y-said)*slope/spread, weight*slope*slope/spread
			ga, gb = ga+g, gb+g*x
			haa, hab, hbb = haa+h, hab+h*x, hbb+h*x*x
		}
		det := haa*hbb - hab*hab
		da, db := (hbb*ga-hab*gb)/det, (haa*gb-hab*ga)/det
		step := min(1, 1/max(math.Abs(da), math.Abs(db)))
		f.a, f.b = f.a+step*da, max(f.b+step*db, .1)
		f.caa, f.cab, f.cbb = hbb/det, -hab/det, haa/det
		if math.Abs(da)+math.Abs(db) < 1e-2 {
			break
		}
	}
	return f
}

// wrong returns the probability that an answer is wrong, and its standard deviation.
func (f *fit) wrong(x float64) (q, deviation float64) {
	q = 1 - probability(f.a+f.b*x)
	variance := f.caa + 2*x*f.cab + x*x*f.cbb
	return q, q * (1 - q) * math.Sqrt(max(variance, 0))
}
