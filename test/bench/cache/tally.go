package main

import (
	"fmt"
	"math"
)

// window is the number of requests over which a promise must hold.
const window = 2000

// tally counts what became of a stream.
type tally struct {
	asked, hits, wrong int
	checks             int // of the misses, those that could have been served
	windows            []int
}

func (t *tally) miss() { t.count(false, false) }

func (t *tally) hit(wrong bool) { t.count(true, wrong) }

func (t *tally) count(hit, wrong bool) {
	if t.asked%window == 0 {
		t.windows = append(t.windows, 0)
	}
	t.asked++
	if hit {
		t.hits++
	}
	if wrong {
		t.wrong++
		t.windows[len(t.windows)-1]++
	}
}

// rate is a share with its 95 % interval by Wilson.
func rate(part, whole int) string {
	if whole == 0 {
		return "–"
	}
	const z = 1.96
	n, p := float64(whole), float64(part)/float64(whole)
	middle := (p + z*z/(2*n)) / (1 + z*z/n)
	half := z / (1 + z*z/n) * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return fmt.Sprintf("%.2f [%.2f–%.2f]", 100*p, 100*max(middle-half, 0), 100*(middle+half))
}

// worst is the greatest share of wrong answers in a window.
func (t *tally) worst() float64 {
	most := 0
	for _, w := range t.windows {
		most = max(most, w)
	}
	return float64(most) / window
}

// kept is in how many windows a promise was kept.
func (t *tally) kept(promised float64) (count int) {
	for _, w := range t.windows {
		if float64(w) <= promised*window {
			count++
		}
	}
	return count
}

// add adds another stream.
func (t *tally) add(o tally) {
	t.asked += o.asked
	t.hits += o.hits
	t.wrong += o.wrong
	t.checks += o.checks
	t.windows = append(t.windows, o.windows...)
}

// keptOf tells in how many of its windows a promise was kept.
func keptOf(t tally, promised float64) string {
	return fmt.Sprintf("%d of %d", t.kept(promised), len(t.windows))
}
