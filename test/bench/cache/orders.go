package main

import (
	"fmt"
	"math/rand/v2"

	"github.com/sluicegate/sluice/cache/decide"
	"github.com/sluicegate/sluice/cache/decide/replay"
)

// leastKept is the share of windows in which the promise is to be kept.
const leastKept = .95

// condition is one under which the promise is to be kept.
type condition struct {
	name  string
	noise float64 // share of labels that are wrong
	order func(questions []replay.Question, seed uint64) []int
}

var conditions = []condition{
	{"", 0, shuffled},
	{", one label of 20 wrong", .05, shuffled},
	{", subjects change half-way", 0, shifted},
	{", both", .05, shifted},
}

// runOrders shows in how many windows the promise is kept when the questions of a set come in several
// other orders.
func runOrders(set *replay.Set, m *decide.Model, o options, row func(policy string, t tally, kept string)) {
	good, all := 0, 0
	for _, c := range conditions {
		for _, share := range limits {
			var sum tally
			for i := range uint64(o.orders) {
				seed := o.seed + 100 + i
				sum.add(runPromise(set.Stream(c.order(set.Questions(), seed)), m, share, c.noise, seed))
			}
			good, all = good+sum.kept(share), all+len(sum.windows)
			row(fmt.Sprintf("guarded %g %%, %d orders%s", 100*share, o.orders, c.name), sum, keptOf(sum, share))
		}
	}
	verdict := "met"
	if float64(good) < leastKept*float64(all) {
		verdict = "missed"
	}
	fmt.Printf("\ngate: the promise was kept in %d of %d windows: %.1f %%, at least %g %%: %s\n", good, all, 100*float64(good)/float64(max(all, 1)), 100*leastKept, verdict)
}

func inOrder(count int) []int {
	order := make([]int, count)
	for i := range order {
		order[i] = i
	}
	return order
}

func shuffled(questions []replay.Question, seed uint64) []int {
	return rand.New(rand.NewPCG(seed, 1)).Perm(len(questions))
}

// shifted is an order in which the second half asks about other things than the first.
func shifted(questions []replay.Question, seed uint64) []int {
	early := map[string]bool{}
	r := rand.New(rand.NewPCG(seed, 5))
	var first, second []int
	for _, i := range r.Perm(len(questions)) {
		answer := questions[i].Answer
		if _, known := early[answer]; !known {
			early[answer] = r.IntN(2) == 0
		}
		if early[answer] {
			first = append(first, i)
		} else {
			second = append(second, i)
		}
	}
	return append(first, second...)
}
