package main

import (
	"math/rand/v2"

	"github.com/sluicegate/sluice/cache/decide"
	"github.com/sluicegate/sluice/cache/decide/replay"
	"github.com/sluicegate/sluice/cache/key"
	"github.com/sluicegate/sluice/cache/promise"
)

// server decides whether an answer of a probability is served, and learns.
type server interface {
	Decide(probability float64) promise.Decision
	Label(probability float64, same bool, noise float64)
	Checked(probability float64, same bool, noise float64)
}

// always serves from a probability on, and learns nothing.
type always float64

// Decide implements server.
func (a always) Decide(p float64) promise.Decision {
	if p >= float64(a) {
		return promise.Serve
	}
	return promise.Miss
}

// Label implements server.
func (always) Label(float64, bool, float64) {}

// Checked implements server.
func (always) Checked(float64, bool, float64) {}

// ours is the policy of packages decide and promise.
type ours struct {
	model  *decide.Model
	server server
	noise  float64 // share of wrong labels
	random *rand.Rand
	cache  *replay.Cache
	tally  tally
}

func runOurs(s *replay.Stream, m *decide.Model, server server, noise float64, seed uint64) tally {
	o := &ours{model: m, server: server, noise: noise, random: rand.New(rand.NewPCG(seed, 4)), cache: s.NewCache()}
	for i := range s.Questions {
		o.ask(i, s.Questions[i].Text)
	}
	return o.tally
}

func runPromise(s *replay.Stream, m *decide.Model, maxError, noise float64, seed uint64) tally {
	return runOurs(s, m, promise.New(promise.Settings{MaxError: maxError}), noise, seed)
}

func (o *ours) ask(i int, text string) {
	near, indices := o.cache.Near(i, decide.Neighbours, o.model.Floor())
	verdicts := o.model.Decide(text, near)
	best := -1
	for n, v := range verdicts {
		if v.Refusal == "" && (best < 0 || v.Probability > verdicts[best].Probability) {
			best = n
		}
	}
	p := 0.0
	if best >= 0 {
		p = verdicts[best].Probability
	}
	decision := o.server.Decide(p)
	if best >= 0 && decision == promise.Serve {
		o.tally.hit(!o.cache.Same(i, indices[best]))
		return
	}
	o.tally.miss()
	if best < 0 {
		o.cache.Store(i)
		return
	}
	same := o.label(i, indices[best])
	if decision == promise.Check {
		o.tally.checks++
		o.server.Checked(p, same, o.noise)
	} else {
		o.server.Label(p, same, o.noise)
	}
	o.cache.Learn(i, near, indices, compared(near, verdicts, best), func(n int) float64 { return verdicts[n].Probability }, func(j int) bool {
		if j == indices[best] {
			return same
		}
		return o.label(i, j)
	}, o.noise)
}

// label says whether question i has the answer of the stored question j, as a judge that is
// wrong now and then sees it.
func (o *ours) label(i, j int) bool {
	same := o.cache.Same(i, j)
	if o.noise > 0 && o.random.Float64() < o.noise {
		return !same
	}
	return same
}

// maxCompared is with how many answers at most a fresh one is compared.
const maxCompared = 4

// compared returns the neighbours whose answers a fresh one is compared with, as the cache does: the
// most probable one, then the nearest with other answers.
func compared(near []decide.Neighbour, verdicts []decide.Verdict, best int) []int {
	list, answers := []int{best}, map[key.Digest]bool{near[best].Group.ID: true}
	for n := range near {
		if id := near[n].Group.ID; verdicts[n].Refusal == "" && !answers[id] && len(list) < maxCompared {
			answers[id], list = true, append(list, n)
		}
	}
	return list
}
