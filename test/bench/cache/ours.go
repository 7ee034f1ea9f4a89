package main

import (
	"math/rand/v2"

	"github.com/sluicegate/sluice/cache/decide"
	"github.com/sluicegate/sluice/cache/decide/replay"
	"github.com/sluicegate/sluice/cache/promise"
)

// server decides whether an answer of a probability is served, and learns.
type server interface {
	Asked(probability float64) promise.Decision
	Label(probability float64, same bool, noise float64)
	Checked(probability float64, same bool, noise float64)
}

// always serves from a probability on, and learns nothing.
type always float64

// Asked implements server.
func (a always) Asked(p float64) promise.Decision {
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
	decision := o.server.Asked(p)
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
	o.learn(i, indices[best], near[best].Similarity, same)
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

// learn notes how the fresh answer to question i compares with that of the stored question j, and
// stores it, as the cache does.
func (o *ours) learn(i, j int, similarity float64, same bool) {
	o.cache.Label(j, similarity, same)
	if same {
		o.cache.Join(i, j)
	} else {
		o.cache.Store(i)
	}
}
