package main

import (
	"math"
	"math/rand/v2"

	"github.com/sluicegate/sluice/cache/decide/replay"
)

// vCache decides for each stored question apart whether to serve it or to ask the model and
// learn (L. G. Schroeder et al., "vCache: Verified Semantic Prompt Caching", arXiv 2502.03771).
// The chance that its answer is right at a similarity s is 1/(1+exp(-γ(s-t))). With δ the
// allowed error, it explores with the probability
//
//	τ = min over ε of 1 - δ/(1-α),  α = (1-ε)/(1+exp(-γ(s-t')))
//
// where t' is the upper bound of t at confidence 1-ε. Here the bound is the quantile of the
// posterior of t over a grid, with a flat prior.
type vCache struct {
	delta   float64
	entries map[int]*posterior
	random  *rand.Rand
}

// The grid of the posterior.
const (
	gridT = 50
	gridG = 16
)

func steepness(i int) float64 { return 2 * math.Pow(1.45, float64(i)) } // 2 to 530

// posterior is that of one stored question.
type posterior struct {
	logs  [gridT][gridG]float64
	count int
}

// newPosterior begins with the two observations that every entry begins with: a similarity of 0
// is wrong, 1 is right.
func newPosterior() *posterior {
	p := &posterior{}
	p.observe(0, false)
	p.observe(1, true)
	return p
}

func (p *posterior) observe(s float64, same bool) {
	p.count++
	for i := range gridT {
		for j := range gridG {
			x := steepness(j) * (s - (float64(i)+.5)/gridT)
			if same {
				x = -x
			}
			p.logs[i][j] -= math.Log1p(math.Exp(min(x, 500)))
		}
	}
}

// leastObservations is how many an entry needs before it serves, the first two included.
const leastObservations = 6

// explore returns the probability with which to ask the model at a similarity.
func (p *posterior) explore(s, delta float64) float64 {
	if p.count < leastObservations {
		return 1
	}
	most, gamma := math.Inf(-1), 0.0
	for i := range gridT {
		for j := range gridG {
			if p.logs[i][j] > most {
				most, gamma = p.logs[i][j], steepness(j)
			}
		}
	}
	var mass [gridT]float64
	sum := 0.0
	for i := range gridT {
		for j := range gridG {
			mass[i] += math.Exp(p.logs[i][j] - most)
		}
		sum += mass[i]
	}
	least, below := 1.0, 0.0
	for i := range gridT { // each value of t as the bound; below is the confidence in it
		below += mass[i] / sum
		alpha := below / (1 + math.Exp(-gamma*(s-(float64(i)+1)/gridT)))
		least = min(least, 1-delta/(1-min(alpha, 1-1e-9)))
	}
	return max(least, 0)
}

func runVCache(s *replay.Stream, delta float64, seed uint64) (t tally) {
	v := &vCache{delta, map[int]*posterior{}, rand.New(rand.NewPCG(seed, 3))}
	c := s.NewCache()
	for i := range s.Questions {
		near, indices := c.Near(i, 1, -1)
		if len(near) == 0 {
			t.miss()
			c.Store(i)
			continue
		}
		j, similarity := indices[0], near[0].Similarity
		if v.entries[j] == nil {
			v.entries[j] = newPosterior()
		}
		same := c.Same(i, j)
		if v.random.Float64() > v.entries[j].explore(similarity, delta) {
			t.hit(!same)
			continue
		}
		t.miss()
		v.entries[j].observe(similarity, same)
		if !same {
			c.Store(i)
		}
	}
	return t
}
