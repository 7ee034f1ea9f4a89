package promise_test

import (
	"testing"

	"github.com/sluicegate/sluice/cache/promise"
)

// TestImprobableIsNotServed holds that labels of many answers, all of them right, do not have answers
// served that are improbable by themselves: the next may be of another kind.
func TestImprobableIsNotServed(t *testing.T) {
	for _, test := range []struct {
		limit, probability float64
		served             bool
	}{
		{.01, .65, false},
		{.01, .8, true},
		{.05, .45, false},
		{.05, .8, true},
	} {
		c := promise.New(promise.Settings{MaxError: test.limit})
		served := false
		for i := range 8000 {
			if i%8 > 0 { // nothing is near most questions
				c.Decide(0)
				continue
			}
			p := test.probability + float64(i%5)/200
			switch c.Decide(p) {
			case promise.Serve:
				served = true
			case promise.Check:
				c.Checked(p, true, 0)
			default:
				c.Label(p, true, 0)
			}
		}
		if served != test.served {
			t.Errorf("%+v: served %v", test, served)
		}
	}
}
