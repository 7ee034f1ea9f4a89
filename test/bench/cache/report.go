package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"sort"
	"text/tabwriter"

	"github.com/sluicegate/sluice/cache/decide"
	"github.com/sluicegate/sluice/cache/decide/replay"
	"github.com/sluicegate/sluice/cache/decide/suite"
)

// limits are the shares of wrong answers that are compared.
var limits = []float64{.01, .02, .05}

// streamRow is a row of a stream's table: the policy, its hits as a share, wrong answers in per
// cent with their 95 % intervals, the worst window of 2,000 requests, how many windows kept the
// promise, and how many hits were withheld to check them.
const streamRow = "%-52s %6s %18s %20s %8s %7s %7s\n"

// runStream compares the policies on a stream.
func runStream(ctx context.Context, name string, e *replay.Vectors, questions []replay.Question, o options) error {
	if err := e.Questions(ctx, questions); err != nil {
		return err
	}
	set := replay.NewSet(questions)
	s := set.Stream(inOrder(len(questions)))
	m, _ := decide.For(e.Model())
	fmt.Printf("\n%s, %d questions, %s\n\n", name, len(questions), e.Model())
	fmt.Printf(streamRow, "policy", "hits", "wrong/all %", "wrong/hits %", "worst %", "kept", "checks")
	row := func(policy string, t tally, kept string) {
		hits := fmt.Sprintf("%.3f", float64(t.hits)/float64(t.asked))
		fmt.Printf(streamRow, policy, hits, rate(t.wrong, t.asked), rate(t.wrong, t.hits), fmt.Sprintf("%.2f", 100*t.worst()), kept, fmt.Sprint(t.checks))
	}
	for _, threshold := range []float64{.8, .85, .9, .95} {
		row(fmt.Sprintf("static %.2f", threshold), runStatic(s, threshold), "")
	}
	for _, share := range limits {
		t, at := staticAt(s, share)
		row(fmt.Sprintf("static %.3f, best for %g %% with hindsight", at, 100*share), t, "")
	}
	for _, share := range limits {
		t := runVCache(s, share, o.seed)
		row(fmt.Sprintf("vCache %g %%", 100*share), t, keptOf(t, share))
	}
	for _, share := range limits {
		t := runPromise(s, m, share, 0, o.seed)
		row(fmt.Sprintf("guarded %g %%", 100*share), t, keptOf(t, share))
	}
	for i, best := range oursAt(s, m, o.seed) {
		row(fmt.Sprintf("ours, probability %.2f, best for %g %% with hindsight", best.threshold, 100*limits[i]), best.tally, "")
	}
	runOrders(set, m, o, row)
	return nil
}

// hindsight is the best run of a threshold that nobody knew before.
type hindsight struct {
	threshold float64
	tally     tally
}

// oursAt returns, for each share of wrong answers, the run of the probability that serves most.
func oursAt(s *replay.Stream, m *decide.Model, seed uint64) []hindsight {
	best := make([]hindsight, len(limits))
	for _, p := range []float64{.98, .97, .96, .95, .94, .92, .9, .87, .84, .8, .75, .7, .6} {
		t := runOurs(s, m, always(p), 0, seed)
		for i, share := range limits {
			if float64(t.wrong) <= share*float64(t.asked) && t.hits > best[i].tally.hits {
				best[i] = hindsight{p, t}
			}
		}
	}
	return best
}

// mostAdversarial is the largest share of pairs with another answer that guarded may serve at 1 %
// before it has learnt anything.
const mostAdversarial = .02

// The columns of guarded at 1 %, after four static thresholds and four probabilities: one that has
// learnt nothing yet, and one that has learnt from the first half of the own stream.
const (
	coldColumn = 8
	warmColumn = 9
	columns    = 10
)

// runPairs shows which pairs of the suite are served by static thresholds, by probabilities, and by
// guarded at 1 %.
func runPairs(ctx context.Context, e *replay.Vectors, o options) error {
	pairs := suite.Pairs(append(heldOut(), suite.Adversarial()...), 20, rand.New(rand.NewPCG(o.seed, 6)))
	static, least := []float64{.8, .85, .9, .95}, []float64{.9, .95, .98, .99}
	m, _ := decide.For(e.Model())
	type counts struct {
		same   bool
		all    int
		served [columns]int
	}
	classes := map[string]*counts{}
	total := map[bool]*counts{true: {same: true}, false: {}}
	cold, err := serveCold(ctx, e, pairs)
	if err != nil {
		return err
	}
	warm, err := serveWarm(ctx, e, ownStream(o)[:o.count/4], pairs)
	if err != nil {
		return err
	}
	for n, p := range pairs {
		similarity, err := e.Similarity(ctx, p.Asked, p.Stored)
		if err != nil {
			return err
		}
		v := m.Decide(p.Asked, []decide.Neighbour{{Similarity: similarity, Text: p.Stored}})[0]
		if classes[p.Class] == nil {
			classes[p.Class] = &counts{same: p.Same}
		}
		for _, c := range []*counts{classes[p.Class], total[p.Same]} {
			c.all++
			for i := range static {
				if similarity >= static[i] {
					c.served[i]++
				}
				if v.Probability >= least[i] {
					c.served[4+i]++
				}
			}
			if cold[n] {
				c.served[coldColumn]++
			}
			if warm[n] {
				c.served[warmColumn]++
			}
		}
	}
	fmt.Printf("\nown pairs, held-out half, %s: served %%\n\n", e.Model())
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "class\tpairs\tstatic .80\t.85\t.90\t.95\tours .90\t.95\t.98\t.99\tguarded 1 %\tlearnt")
	names := make([]string, 0, len(classes))
	for name := range classes {
		names = append(names, name)
	}
	sort.Slice(names, func(i, j int) bool {
		a, b := classes[names[i]], classes[names[j]]
		return a.same != b.same && a.same || a.same == b.same && names[i] < names[j]
	})
	line := func(name string, c *counts) {
		fmt.Fprintf(w, "%s\t%d", name, c.all)
		for _, n := range c.served {
			fmt.Fprintf(w, "\t%.1f", 100*float64(n)/float64(c.all))
		}
		fmt.Fprintln(w)
	}
	for _, name := range names {
		line(name, classes[name])
	}
	line("all with the same answer", total[true])
	line("all with another answer", total[false])
	if err := w.Flush(); err != nil {
		return err
	}
	for i, when := range []string{"has learnt nothing yet", "has learnt"} {
		column := coldColumn + i
		share, verdict := float64(total[false].served[column])/float64(total[false].all), "met"
		if share > mostAdversarial {
			verdict = "missed"
		}
		fmt.Printf("\ngate: with another answer, served by guarded 1 %% that %s: %.2f %%, at most %g %%: %s\n", when, 100*share, 100*mostAdversarial, verdict)
	}
	return nil
}
