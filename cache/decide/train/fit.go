package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/sluicegate/sluice/cache/decide"
	"github.com/sluicegate/sluice/cache/match"
)

func refused(asked, stored string) bool {
	return match.Refusal(match.ReadWording(asked), match.ReadWording(stored)) != ""
}

// ridge keeps weights of rare features small, in standard deviations.
const ridge = 3

// supporting are the features that may only speak for the same answer. All others but those
// that only shift others may only speak against it: a model must not learn from the chances of
// a small suite that a negation speaks for it.
var (
	supporting = []string{"similarity", "near identity", "similarity of ideographs", "margin to another answer", "agreement of neighbours",
		"labels for the answer", "nearer than a known difference", "nearer than a known paraphrase", "shared words"}
	shifting = []string{"ideographs", "same sentence", "few words"}
)

// allowed returns the sign that a weight may have, 0 for either.
func allowed(feature int) float64 {
	name := decide.FeatureNames()[feature]
	switch {
	case slices.Contains(supporting, name):
		return 1
	case slices.Contains(shifting, name):
		return 0
	}
	return -1
}

// fit fits a logistic regression by Newton's method. A weight with the wrong sign is set to zero
// and the rest fitted again.
func fit(examples []example) (weights []float64, bias float64) {
	n := len(examples[0].values)
	active := make([]bool, n)
	for i := range active {
		active[i] = true
	}
	for {
		weights, bias = newton(examples, active)
		again := false
		for i, w := range weights {
			if sign := allowed(i); active[i] && sign*w < 0 {
				active[i], again = false, true
			}
		}
		if !again {
			return weights, bias
		}
	}
}

func newton(examples []example, active []bool) ([]float64, float64) {
	var features []int
	for i, a := range active {
		if a {
			features = append(features, i)
		}
	}
	m := len(features) + 1 // the last one is the bias
	scale := deviations(examples, features)
	beta := make([]float64, m)
	x := make([]float64, m)
	for range 25 {
		gradient, hessian := make([]float64, m), make([][]float64, m)
		for i := range hessian {
			hessian[i] = make([]float64, m)
			if i < m-1 {
				gradient[i], hessian[i][i] = -ridge*beta[i], ridge
			} else {
				hessian[i][i] = 1e-9
			}
		}
		for _, e := range examples {
			sum := beta[m-1]
			x[m-1] = 1
			for i, f := range features {
				x[i] = e.values[f] / scale[i]
				sum += beta[i] * x[i]
			}
			p := 1 / (1 + math.Exp(-sum))
			y := 0.0
			if e.same {
				y = 1
			}
			for i := range x {
				gradient[i] += e.weight * (y - p) * x[i]
				for j := range i + 1 {
					hessian[i][j] += e.weight * p * (1 - p) * x[i] * x[j]
				}
			}
		}
		step := solve(hessian, gradient)
		largest := 0.0
		for i := range beta {
			beta[i] += step[i]
			largest = max(largest, math.Abs(step[i]))
		}
		if largest < 1e-6 {
			break
		}
	}
	weights := make([]float64, len(active))
	for i, f := range features {
		weights[f] = beta[i] / scale[i]
	}
	return weights, beta[m-1]
}

// deviations returns the standard deviation of each feature; 1 for one that never varies.
func deviations(examples []example, features []int) []float64 {
	all := make([]float64, len(features))
	for i, f := range features {
		var sum, square, weight float64
		for _, e := range examples {
			sum += e.weight * e.values[f]
			square += e.weight * e.values[f] * e.values[f]
			weight += e.weight
		}
		all[i] = math.Sqrt(max(square/weight-sum*sum/weight/weight, 0))
		if all[i] < 1e-9 {
			all[i] = 1
		}
	}
	return all
}

// solve solves a system whose matrix is symmetric and positive, given its lower half, by
// Cholesky's method.
func solve(a [][]float64, b []float64) []float64 {
	n := len(b)
	for i := range n {
		for j := range i + 1 {
			sum := a[i][j]
			for k := range j {
				sum -= a[i][k] * a[j][k]
			}
			if i == j {
				a[i][i] = math.Sqrt(max(sum, 1e-12))
			} else {
				a[i][j] = sum / a[j][j]
			}
		}
	}
	x := slices.Clone(b)
	for i := range n {
		for k := range i {
			x[i] -= a[i][k] * x[k]
		}
		x[i] /= a[i][i]
	}
	for i := n - 1; i >= 0; i-- {
		for k := i + 1; k < n; k++ {
			x[i] -= a[k][i] * x[k]
		}
		x[i] /= a[i][i]
	}
	return x
}

// measure describes how well weights tell examples apart: the area under the ROC curve, the mean
// logarithmic loss, and the calibration error in ten bins.
func measure(examples []example, weights []float64, bias float64) string {
	type scored struct {
		p    float64
		same bool
	}
	all := make([]scored, len(examples))
	loss := 0.0
	for i, e := range examples {
		sum := bias
		for f, w := range weights {
			sum += w * e.values[f]
		}
		p := min(max(1/(1+math.Exp(-sum)), 1e-9), 1-1e-9)
		all[i] = scored{p, e.same}
		if e.same {
			loss -= math.Log(p)
		} else {
			loss -= math.Log(1 - p)
		}
	}
	slices.SortFunc(all, func(a, b scored) int { return cmp.Compare(a.p, b.p) })
	var same float64
	var bins [10][3]float64
	for _, s := range all {
		bin := &bins[min(int(s.p*10), 9)]
		bin[0]++
		bin[1] += s.p
		if s.same {
			same++
			bin[2]++
		}
	}
	different, area := 0.0, 0.0
	for _, s := range all {
		if s.same {
			area += different
		} else {
			different++
		}
	}
	off := 0.0
	for _, b := range bins {
		off += math.Abs(b[1] - b[2])
	}
	return fmt.Sprintf("%d examples, area %.4f, loss %.4f, calibration error %.4f", len(all), area/(same*different), loss/float64(len(all)), off/float64(len(all)))
}
