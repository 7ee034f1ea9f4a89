package upstreamcheck

import "math/rand/v2"

// SignificanceLevel is the probability of a permutation test to call two keys different that serve the
// same.
const SignificanceLevel = 1e-5

// enoughAbove is the number of permutations at or above the observed statistic after which p is known well enough.
const enoughAbove = 20

// permutationTest returns the probability that the statistic is as large as observed, or larger, if all items of a
// group are drawn alike, as exactly as a comparison with level needs. Items of group g are those of the checked key, n[g] of them, and then those of the
// trusted one. statistic is given, for each group, which items count as those of the checked key.
//
// It draws permutations at random and stops early where p is large (Besag and Clifford 1991,
// "Sequential Monte Carlo p-values").
func permutationTest(rng *rand.Rand, level float64, groups []labels, statistic func([]labels) float64) float64 {
	observed := statistic(groups)
	drawn := make([]labels, len(groups))
	for g := range groups {
		drawn[g] = append(labels(nil), groups[g]...)
	}
	above, permutations := 0, int(3/level)
	for i := 1; i <= permutations; i++ {
		for _, l := range drawn {
			rng.Shuffle(len(l), func(a, b int) { l[a], l[b] = l[b], l[a] })
		}
		if statistic(drawn) >= observed-1e-12 {
			if above++; above == enoughAbove {
				return float64(above) / float64(i)
			}
		}
	}
	return float64(above+1) / float64(permutations+1)
}

// labels say of each item of a group whether it belongs to the checked key.
type labels []bool

// firstHalf labels n items of the checked key and then n of the trusted one.
func firstHalf(n int) labels {
	l := make(labels, 2*n)
	for i := range n {
		l[i] = true
	}
	return l
}
