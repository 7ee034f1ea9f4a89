package promise

import (
	"math"
	"slices"
	"sync"
)

// Settings of a Controller.
type Settings struct {
	MaxError float64 // wrong answers as a share of all requests, above 0 and below 1
	Window   int     // requests, and labels, that are looked back on; 0 = 3000
	Account  int     // requests over which the limit is to hold; 0 = 2000
	Check    int     // one of so many answers that may be served is checked instead; 0 = 16
}

func (s *Settings) complete() {
	for _, d := range []struct {
		value    *int
		fallback int
	}{{&s.Window, 3000}, {&s.Account, 2000}, {&s.Check, 16}} {
		if *d.value <= 0 {
			*d.value = d.fallback
		}
	}
}

// Decision is what to do with a request's best stored answer.
type Decision int

// The decisions.
const (
	Miss  Decision = iota // not probable enough
	Serve                 // serve it
	Check                 // it could be served, but is compared with a fresh answer, for [Controller.Checked]
)

// Controller finds the least probability that may be served in one group of traffic. It is safe
// for concurrent use.
type Controller struct {
	settings Settings

	mu        sync.Mutex
	asked     ring[float32] // log odds of each request's best answer; of none: -infinity
	labels    ring[Label]
	checks    ring[Verified]
	totals    Totals
	fit       fit
	threshold float64 // log odds
	stale     int     // requests and labels since the threshold was found
	found     float32 // fullness when the threshold was found
	stored    int     // questions, if the caller tells
	tells     bool    // Stored was called
	drift     drift
	published published
	silent    int // requests until answers are served again after an alarm
}

// Label is the outcome of one comparison.
type Label struct {
	X     float32 // log odds
	Same  bool
	Noise float32 // probability that the label is wrong

	Fullness float32 // of the cache when the label came
}

// Verified is the outcome of a request whose answer was probable enough.
type Verified struct {
	X     float32 // log odds
	Wrong float32 // 1 if it was wrong; other values correct for the label's noise
	Noise float32 // variance of Wrong that the label's noise adds

	Fullness float32
}

// New returns a controller.
func New(s Settings) *Controller {
	s.complete()
	c := &Controller{settings: s, asked: newRing[float32](s.Window), labels: newRing[Label](s.Window), checks: newRing[Verified](s.Window / 8)}
	c.fit = c.fit.improved(nil, 0)
	c.threshold = c.find()
	return c
}

// Decide notes a request with the probability of its best answer, 0 if there is none.
func (c *Controller) Decide(probability float64) Decision { return c.DecideFrom(probability, 1) }

// DecideFrom is Decide with a probability that is enough as long as there is no alarm, because more
// is known about the answer than its probability tells; 1 if nothing is.
func (c *Controller) DecideFrom(probability, least float64) Decision {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refresh()
	x := math.Inf(-1)
	if probability > 0 {
		x = logOdds(probability)
	}
	c.asked.add(float32(x))
	c.totals.Requests++
	c.stale++
	c.silent = max(c.silent-1, 0)
	switch {
	case x < min(c.threshold, logOdds(least)) || c.silent > 0:
		return Miss
	case (c.totals.Served+c.totals.Withheld)%c.settings.Check == c.settings.Check-1:
		c.totals.Withheld++
		return Check
	}
	c.totals.Served++
	return Serve
}

// Lost notes that the answer of the last request could not be had after [Serve]: it was a miss.
func (c *Controller) Lost() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.totals.Served--
}

// Stored tells how many questions of the group are stored, before a request. A caller that never
// tells is taken to store the question of each miss, and to remove none.
func (c *Controller) Stored(questions int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stored, c.tells = questions, true
}

// Label notes whether the answer of a miss proved to be the same as a fresh one. noise is the
// probability that the label itself is wrong.
func (c *Controller) Label(probability float64, same bool, noise float64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if same {
		c.totals.Same++
	} else {
		c.totals.Other++
	}
	c.add(Label{float32(logOdds(probability)), same, float32(noise), c.fullness()})
}

// Checked notes the label of an answer that was probable enough, after [Check].
func (c *Controller) Checked(probability float64, same bool, noise float64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	wrong := 0.0
	c.totals.Checked++
	if !same {
		wrong = 1
		c.totals.Wrong++
	}
	x := logOdds(probability)
	c.checks.add(Verified{float32(x), float32((wrong - noise) / (1 - 2*noise)), float32(noise * (1 - noise) / (1 - 2*noise) / (1 - 2*noise)), c.fullness()})
	c.add(Label{float32(x), same, float32(noise), c.fullness()})
}

// Reported notes that an answer which was served proved wrong.
func (c *Controller) Reported(probability float64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.totals.Reported++
	c.add(Label{float32(logOdds(probability)), false, 0, c.fullness()})
}

func (c *Controller) add(l Label) {
	c.labels.add(l)
	c.stale++
	q, _ := c.fit.wrong(at(l.X, l.Fullness))
	if float64(l.X) < c.near()-driftBelow || !c.drift.alarmed(q, float64(l.Noise), !l.Same) {
		return
	}
	// What was learnt before the change holds no longer.
	c.labels.keep(c.drift.since)
	c.checks.keep(0)
	c.drift = drift{}
	c.totals.Alarms++
	c.silent = c.settings.Account / 8
	c.stale = math.MaxInt32
	c.refresh()
}

// fullness is the logarithm of how many questions are stored: the fuller the cache is, the more is known
// about its answers, and the less probable is it that a better one is missing.
func (c *Controller) fullness() float32 {
	return float32(math.Log1p(float64(c.questions()) / 1000))
}

// questions is how many are stored.
func (c *Controller) questions() int {
	if c.tells {
		return c.stored
	}
	return c.totals.Requests - c.totals.Served
}

// A threshold holds for 50 requests and labels, and longer the more is known, unless the cache has
// lost so much.
const (
	refreshEvery = 50
	emptied      = .05 // of its fullness
)

// near is the threshold as far as labels are concerned: where nothing or hardly anything is served,
// those of the most probable answers count.
func (c *Controller) near() float64 { return min(c.threshold, 4) }

func (c *Controller) refresh() {
	if full := c.fullness(); c.stale >= refreshEvery+len(c.labels.values)/10 || full < c.found-emptied {
		c.stale, c.found = 0, full
		c.fit = c.fit.improved(c.labels.values, c.near())
		c.threshold = c.find()
	}
}

// confidence is the quantile of the normal distribution that the margins are made of: 91 %. Luck and
// doubt seldom agree, so that the limit is kept in more than 95 % of the windows.
const confidence = 1.35

// leastTrusted is how many times the limit an answer may be improbable by package decide, however good
// the labels are: those of one kind of question say little about another kind. Nor is an answer
// served that is more probably wrong than right.
const leastTrusted = 30

// find returns the threshold: the most probable requests of the window are served as long as
// what they get wrong, with the margins of doubt and of luck, stays below the limit.
func (c *Controller) find() float64 {
	first := logOdds(1 - c.settings.MaxError) // each answer alone keeps the limit
	asked := slices.Clone(c.asked.values)
	if len(asked) < refreshEvery {
		return first
	}
	slices.Sort(asked)
	n, account, found, full := float64(len(asked)), float64(c.settings.Account), c.verified(), c.fullness()
	var wrong, uncertain float64
	threshold, served := math.Inf(1), 1-1/float64(c.settings.Check) // the others are checked
	least := logOdds(max(1-leastTrusted*c.settings.MaxError, .5))
	for i := len(asked) - 1; i >= 0 && float64(asked[i]) >= least; i-- {
		x := float64(asked[i])
		q, deviation := c.fit.wrong(at(asked[i], full))
		wrong += q
		uncertain += deviation // of one regression, so they add up
		ratio, doubt := found.ratio(uncertain / wrong)
		share := ratio * wrong / n * served
		if share+confidence*math.Sqrt(doubt*doubt*share*share+share/account) > c.settings.MaxError {
			return threshold
		}
		threshold = x
	}
	return min(threshold, first)
}

// verified sums up the checked answers.
type verified struct {
	wrong, noise, expected float64
	prior                  float64 // how many times more than expected are wrong, before the checks
}

func (c *Controller) verified() verified {
	v := verified{prior: 1 + misjudged/math.Exp(float64(c.fullness())/2)}
	for _, k := range c.checks.values {
		q, _ := c.fit.wrong(at(k.X, k.Fullness))
		v.wrong += float64(k.Wrong)
		v.noise += float64(k.Noise)
		v.expected += q
	}
	return v
}

// What is known before any answer was checked: how far the shape of the regression may be wrong, as a
// share of what is expected, and how many times more is wrong than expected while the cache is empty.
// It then knows little about its answers, and the regression finds that out late.
const (
	misfit    = .5
	misjudged = .8
)

// ratio returns how many times more often than expected answers that are served are wrong, and the
// standard deviation of that, as a share of it. The prior is a gamma distribution: v.prior, give or
// take the doubt about the regression and its misfit. Checked answers that were wrong are Poisson
// distributed; the more noise there is in what was said about them, the less they count.
func (v *verified) ratio(doubt float64) (mean, deviation float64) {
	known := 1 / (v.prior * v.prior * (doubt*doubt + misfit*misfit)) // precision
	informed := 0.0
	if v.expected > 0 {
		informed = v.expected / (v.prior*v.expected + v.noise)
	}
	all := known + informed*v.expected
	mean = max((known*v.prior+informed*v.wrong)/all, v.prior/3)
	return mean, math.Sqrt(mean/v.prior/all) / mean
}

func logOdds(p float64) float64 {
	p = min(max(p, 1e-6), 1-1e-6)
	return math.Log(p / (1 - p))
}

func probability(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
