package promise

import "math"

// fit is a recalibration: the log odds of the same answer are a sum over the parts of a point, each
// times a weight.
type fit struct {
	weights    point
	covariance [parts]point
}

// parts of a point: 1, the log odds that package decide gave, and how full the cache was.
const parts = 3

type point [parts]float64

func at(x, fullness float32) point { return point{1, float64(x), float64(fullness)} }

// The prior: the probabilities are right as they are, give or take this much.
var (
	priorWeights   = point{0, 1, 0}
	priorDeviation = point{1, .3, .3}
)

// Labels count fully down to nearby below the threshold, in log odds, and a third of that fading below:
// further down, another answer is less rare than the line would tell.
const (
	nearby = 1.0
	fading = 1.0
)

// maxSteps bounds the steps of a fit. The next fit goes on from this one.
const maxSteps = 8

// improved fits the recalibration to labels by Newton's method, beginning with f. Labels below the
// threshold count less the further they are: the line need only be right about what is served.
func (f fit) improved(labels []Label, threshold float64) fit {
	if f.weights == (point{}) {
		f.weights = priorWeights
	}
	for range maxSteps {
		var gradient point
		var hessian [parts]point
		for i := range parts {
			precision := 1 / (priorDeviation[i] * priorDeviation[i])
			gradient[i], hessian[i][i] = precision*(priorWeights[i]-f.weights[i]), precision
		}
		for i := range labels {
			f.learn(&labels[i], threshold, &gradient, &hessian)
		}
		f.covariance = inverse(hessian)
		var step point
		largest := 0.0
		for i := range parts {
			step[i] = dot(f.covariance[i], gradient)
			largest = max(largest, math.Abs(step[i]))
		}
		for i := range parts {
			f.weights[i] += step[i] * min(1, 1/largest)
		}
		f.weights[1] = max(f.weights[1], .1)
		if largest < 1e-2 {
			break
		}
	}
	return f
}

// learn adds what a label says to the gradient and the Hessian of the likelihood.
func (f *fit) learn(l *Label, threshold float64, gradient *point, hessian *[parts]point) {
	where, noise := at(l.X, l.Fullness), float64(l.Noise)
	p := probability(dot(f.weights, where))
	said := noise + (1-2*noise)*p // probability of the label "same"
	slope := (1 - 2*noise) * p * (1 - p)
	y := 0.0
	if l.Same {
		y = 1
	}
	spread := max(said*(1-said), 1e-9)
	weight := math.Exp(min(float64(l.X)-threshold+nearby, 0) / fading)
	for i := range parts {
		gradient[i] += weight * (y - said) * slope / spread * where[i]
		for j := range parts {
			hessian[i][j] += weight * slope * slope / spread * where[i] * where[j]
		}
	}
}

// wrong returns the probability that an answer is wrong, and its standard deviation.
func (f *fit) wrong(where point) (q, deviation float64) {
	q = 1 - probability(dot(f.weights, where))
	variance := 0.0
	for i := range parts {
		variance += where[i] * dot(f.covariance[i], where)
	}
	return q, q * (1 - q) * math.Sqrt(max(variance, 0))
}

func dot(a, b point) (sum float64) {
	for i := range parts {
		sum += a[i] * b[i]
	}
	return sum
}

// inverse returns the inverse of a symmetric positive matrix.
func inverse(m [parts]point) (out [parts]point) {
	for i := range parts {
		out[i][i] = 1
	}
	for i := range parts {
		pivot := m[i][i]
		for j := range parts {
			m[i][j] /= pivot
			out[i][j] /= pivot
		}
		for k := range parts {
			if k == i {
				continue
			}
			factor := m[k][i]
			for j := range parts {
				m[k][j] -= factor * m[i][j]
				out[k][j] -= factor * out[i][j]
			}
		}
	}
	return out
}
