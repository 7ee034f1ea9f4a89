package ranking

import (
	"slices"

	"github.com/sluicegate/sluice/gateway"
)

// explore puts another target than the fastest first where that one is to be measured, and sees to it that
// one call at a time tries a target that has failed.
func (r *Ranker) explore(places []place) {
	if i := leastTried(places); i >= 0 {
		places[i].pace.trials.Add(1)
		toFront(places, i, gateway.RankTried)
	} else if i := r.drawn(places); i > 0 {
		toFront(places, i, gateway.RankExplored)
	}
	for range places {
		first := &places[0]
		if first.pace == nil || first.pace.claim(r.Now()) {
			return
		}
		first.Reason, first.behind = gateway.RankFailing, behind[gateway.RankFailing]
		slices.SortStableFunc(places, func(a, b place) int { return a.behind - b.behind })
	}
}

// leastTried is the index of the place without a measurement that the fewest calls went to, if it is still
// to get some; -1 if there is none.
func leastTried(places []place) int {
	best, fewest := -1, int32(firstCalls)
	for i := range places {
		p := &places[i]
		if p.Reason != gateway.RankUnmeasured || p.pace == nil {
			continue
		}
		if n := p.pace.trials.Load(); n < fewest {
			best, fewest = i, n
		}
	}
	return best
}

// drawn is the index of a place to be measured again; 0 for most calls.
func (r *Ranker) drawn(places []place) int {
	others := 0 // behind the first one, which are neither failing nor refused
	for i := 1; i < len(places) && places[i].behind < behind[gateway.RankFailing]; i++ {
		others++
	}
	if others == 0 {
		return 0
	}
	x := r.Rand()
	if x >= exploring {
		return 0
	}
	return 1 + min(int(x/exploring*float64(others)), others-1)
}

func toFront(places []place, i int, reason gateway.RankReason) {
	p := places[i]
	p.Reason, p.behind = reason, 0
	copy(places[1:i+1], places[:i])
	places[0] = p
}
