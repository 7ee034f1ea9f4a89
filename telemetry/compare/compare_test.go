package compare_test

import (
	"math/rand/v2"
	"testing"

	"github.com/sluicegate/sluice/telemetry/compare"
)

// TestSameArms: of experiments between two equal arms that are looked at after each observation, at most
// 5 % ever say that they differ.
func TestSameArms(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for name, observe := range map[string]func() float64{
		"judgements": func() float64 { return float64(2*rnd.IntN(2) - 1) },
		"normal":     rnd.NormFloat64,
		"latencies":  rnd.ExpFloat64,
	} {
		const runs = 400
		wrong := 0
		for range runs {
			var arms [2]compare.Sample
			for range 1500 {
				arms[rnd.IntN(2)].Add(observe())
				if v := arms[1].To(arms[0]).Verdict; v == compare.Higher || v == compare.Lower {
					wrong++
					break
				}
			}
		}
		if wrong > runs/20 {
			t.Errorf("%s: %d of %d say that equal arms differ", name, wrong, runs)
		}
	}
}

// TestDifferentArms: a difference of half a standard deviation is found within 1,000 observations.
func TestDifferentArms(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	for range 50 {
		var arms [2]compare.Sample
		for i := range 1000 {
			arms[i%2].Add(rnd.NormFloat64() - float64(i%2)/2)
		}
		if d := arms[1].To(arms[0]); d.Verdict != compare.Lower || d.Interval.Low > -.5 || d.Interval.High < -.5 {
			t.Errorf("%+v", d)
		}
	}
}

func TestIntervals(t *testing.T) {
	var few, same compare.Sample
	for range compare.Least - 1 {
		few.Add(1)
	}
	if _, ok := few.Interval(); ok || few.To(few).Verdict != compare.Unknown {
		t.Error("too few observations have an interval")
	}
	same = few
	same.Add(1)
	if i, ok := same.Interval(); !ok || i.Low != 1 || i.High != 1 {
		t.Errorf("%+v %v", i, ok)
	}
	if i, ok := compare.Share(0, 1000).Interval(); !ok || i.High < .001 || i.High > .01 {
		t.Errorf("no error in 1,000 calls: %+v", i)
	}
	if (compare.Sample{}).Mean() != 0 {
		t.Error("the mean of nothing")
	}
}
