package main

import "github.com/sluicegate/sluice/cache/decide/replay"

// runStatic serves what is at least as near as a threshold, and stores the rest.
func runStatic(s *replay.Stream, threshold float64) (t tally) {
	c := s.NewCache()
	for i := range s.Questions {
		near, indices := c.Near(i, 1, threshold)
		if len(near) > 0 {
			t.hit(!c.Same(i, indices[0]))
			continue
		}
		t.miss()
		c.Store(i)
	}
	return t
}

// staticAt returns the run of the threshold, to three digits, that serves most with a share of
// wrong answers: nobody knows it before.
func staticAt(s *replay.Stream, wrong float64) (best tally, threshold float64) {
	low, high := .3, 1.0
	for high-low > .001 {
		middle := (low + high) / 2
		t := runStatic(s, middle)
		if float64(t.wrong) <= wrong*float64(t.asked) {
			best, threshold, high = t, middle, middle
		} else {
			low = middle
		}
	}
	return best, threshold
}
