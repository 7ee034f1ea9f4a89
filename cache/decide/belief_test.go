package decide_test

import (
	"math"
	"testing"

	"github.com/sluicegate/sluice/cache/decide"
)

// TestBelief holds that a comparison without noise decides, and that a judge who is wrong now and
// then does not overrule what is very improbable.
func TestBelief(t *testing.T) {
	for _, c := range []struct {
		prior float64
		same  bool
		noise float64
		want  float64
	}{
		{.5, true, 0, 1},
		{.02, true, 0, 1},
		{.98, false, 0, 0},
		{0, true, 0, 1}, // what was held impossible was seen
		{.5, true, .05, .95},
		{.05, true, .05, .5},
		{.9, false, .05, .32},
	} {
		got := decide.Belief(c.prior, c.same, c.noise)
		if math.Abs(got-c.want) > .005 {
			t.Errorf("%+v: %.3f", c, got)
		}
		if decide.Sure(got) != (got >= .9) {
			t.Errorf("%+v: sure at %.3f", c, got)
		}
	}
}
