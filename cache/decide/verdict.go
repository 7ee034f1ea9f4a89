package decide

import (
	"cmp"
	"math"
	"slices"
)

// Verdict says whether a neighbour's answer may serve the question asked.
type Verdict struct {
	// Refusal is why the answer never serves, "" if it may. It holds no words of the texts.
	Refusal string
	// Probability that both questions have the same answer; 0 after a refusal.
	Probability float64

	values  values
	effects values
}

// Weighed is what one feature added to a verdict.
type Weighed struct {
	Feature string
	Value   float64
	Effect  float64 // in log odds: positive speaks for the same answer
}

// Weighed returns the features that moved the probability, the strongest first.
func (v *Verdict) Weighed() []Weighed {
	var list []Weighed
	for i, effect := range v.effects {
		if math.Abs(effect) >= .05 {
			list = append(list, Weighed{Feature: feature(i).String(), Value: v.values[i], Effect: effect})
		}
	}
	slices.SortStableFunc(list, func(a, b Weighed) int { return cmp.Compare(math.Abs(b.Effect), math.Abs(a.Effect)) })
	return list
}
