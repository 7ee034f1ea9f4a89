package promise_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/sluicegate/sluice/cache/promise"
)

// TestPurged: the less is stored, the less is known about an answer, and the more often it is wrong
// at the same probability. A cache that is purged goes back to what it knew when it was as empty.
func TestPurged(t *testing.T) {
	const limit, half = .02, 8000
	for seed := range uint64(4) {
		r := rand.New(rand.NewPCG(seed, 21))
		c := promise.New(promise.Settings{MaxError: limit})
		var wrong []bool
		var full, purged float64
		stored := 0
		for i := range 2 * half {
			if i == half {
				full, stored = c.State().Threshold, 0
			}
			c.Stored(stored)
			w := world{near: .7, centre: .5, spread: 2.5, slope: 1, bias: .7 * (math.Log1p(float64(stored)/1000) - 1)}
			p, same := w.draw(r)
			decision := c.Decide(p)
			wrong = append(wrong, decision == promise.Serve && !same)
			if i == half {
				purged = c.State().Threshold
			}
			if decision == promise.Serve {
				continue
			}
			stored++
			switch {
			case p < .05:
			case decision == promise.Check:
				c.Checked(p, same, 0)
			default:
				c.Label(p, same, 0)
			}
		}
		if purged <= full {
			t.Errorf("seed %d: from %.3f on when full, from %.3f on after the purge", seed, full, purged)
		}
		if share := kept(wrong[half:], limit); share < .95 {
			t.Errorf("seed %d: %.3f of the windows after the purge keep the limit", seed, share)
		}
	}
}
