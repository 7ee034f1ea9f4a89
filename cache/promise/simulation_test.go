package promise_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/sluicegate/sluice/cache/promise"
)

// world is a stream of requests whose stored answers are right more or less often than their
// probability says.
type world struct {
	near    float64 // share of requests that have a stored answer near
	spread  float64 // of the log odds
	centre  float64
	bias    float64 // added to the log odds that an answer is right
	slope   float64 // and times this
	floor   float64 // share of answers that are wrong however probable
	unknown float64 // share of comparisons that decide nothing
}

func (w *world) draw(r *rand.Rand) (probability float64, same bool) {
	if r.Float64() >= w.near {
		return 0, false
	}
	x := w.centre + w.spread*r.NormFloat64()
	truth := (1 - w.floor) / (1 + math.Exp(-(w.bias + w.slope*x)))
	return 1 / (1 + math.Exp(-x)), r.Float64() < truth
}

// run sends n requests and returns the wrong answers of each, and how many were served.
func run(c *promise.Controller, r *rand.Rand, w world, n int, noise float64) (wrong []bool, served int) {
	for range n {
		p, same := w.draw(r)
		said := same != (r.Float64() < noise)
		isWrong := false
		switch decision := c.Decide(p); {
		case decision == promise.Serve:
			served++
			isWrong = !same
		case p < .05 || r.Float64() < w.unknown:
		case decision == promise.Check:
			c.Checked(p, said, 0)
		default:
			c.Label(p, said, 0)
		}
		wrong = append(wrong, isWrong)
	}
	return wrong, served
}

// kept returns the share of windows of 2,000 requests that keep the limit.
func kept(wrong []bool, limit float64) float64 {
	const window, step = 2000, 50
	good, all := 0, 0
	for from := 0; from+window <= len(wrong); from += step {
		n := 0
		for _, w := range wrong[from : from+window] {
			if w {
				n++
			}
		}
		all++
		if float64(n) <= limit*window {
			good++
		}
	}
	return float64(good) / float64(all)
}

// leastInStream is the share of windows that keep the limit in every single stream. A sudden change costs
// a tenth, those around it, and bad luck some more.
const leastInStream = .8

// TestPromiseIsKept runs streams whose traffic changes in the middle, with labels of which one in
// twenty is wrong.
func TestPromiseIsKept(t *testing.T) {
	usual := world{near: .7, centre: .5, spread: 2.5, slope: 1}
	for _, c := range []struct {
		name   string
		limit  float64
		before world
		after  world
		least  float64 // hits
	}{
		{"calibrated", .01, usual, usual, .05},
		{"calibrated, 2 %", .02, usual, usual, .1},
		{"calibrated, 5 %", .05, usual, usual, .2},
		{"worse than it seems", .01, with(usual, func(w *world) { w.bias = -1 }), with(usual, func(w *world) { w.bias = -1 }), 0},
		{"better than it seems", .02, with(usual, func(w *world) { w.bias = 1.5 }), with(usual, func(w *world) { w.bias = 1.5 }), .1},
		{"similar questions get other answers from now on", .02, usual, with(usual, func(w *world) { w.bias = -1.5 }), .03},
		{"the probability tells less", .02, usual, with(usual, func(w *world) { w.slope = .5 }), .03},
		{"more near questions", .01, with(usual, func(w *world) { w.near = .3 }), with(usual, func(w *world) { w.near, w.centre = .9, 2 }), .03},
		{"some are wrong however near", .02, with(usual, func(w *world) { w.floor = .05 }), with(usual, func(w *world) { w.floor = .1 }), .03},
		{"few comparisons decide", .02, with(usual, func(w *world) { w.unknown = .6 }), with(usual, func(w *world) { w.unknown, w.bias = .6, -1 }), .03},
	} {
		t.Run(c.name, func(t *testing.T) {
			const seeds = 8
			share, worst, hits := 0.0, 1.0, 0.0
			for seed := range uint64(seeds) {
				r := rand.New(rand.NewPCG(seed, 14))
				controller := promise.New(promise.Settings{MaxError: c.limit})
				wrong, served := run(controller, r, c.before, 10000, .05)
				more, again := run(controller, r, c.after, 10000, .05)
				wrong = append(wrong, more...)
				inStream := kept(wrong, c.limit)
				share, worst = share+inStream/seeds, min(worst, inStream)
				hits += float64(served+again) / float64(len(wrong)) / seeds
				if testing.Verbose() {
					t.Logf("seed %d: %.3f of the windows, hits %.3f then %.3f, %+v", seed, inStream, float64(served)/10000, float64(again)/10000, controller.State().Totals)
				}
			}
			if share < .95 || worst < leastInStream || hits < c.least {
				t.Errorf("%.3f of the windows keep the limit, %.3f in the worst stream, with %.3f hits", share, worst, hits)
			}
		})
	}
}

func with(w world, change func(*world)) world {
	change(&w)
	return w
}
