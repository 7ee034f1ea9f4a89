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

// errors are the shares of wrong answers that are compared.
var errors3 = []float64{.01, .02, .05}

func newTable() *tabwriter.Writer { return tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0) }

// runStream compares the policies on a stream.
func runStream(ctx context.Context, name string, e *replay.Vectors, questions []replay.Question, o options) error {
	if err := e.Questions(ctx, questions); err != nil {
		return err
	}
	s := replay.NewStream(questions)
	m, _ := decide.For(e.Model())
	fmt.Printf("\n%s, %d questions, %s\n\n", name, len(questions), e.Model())
	w := newTable()
	fmt.Fprintln(w, "policy\thits\twrong/all %\twrong/hits %\tworst window %\twindows kept\tchecks")
	row := func(policy string, t tally, kept string) {
		fmt.Fprintf(w, "%s\t%s\t%.2f\t%s\t%d\n", policy, t.row(), 100*t.worst(), kept, t.checks)
	}
	for _, threshold := range []float64{.8, .85, .9, .95} {
		row(fmt.Sprintf("static %.2f", threshold), runStatic(s, threshold), "")
	}
	for _, share := range errors3 {
		t, at := staticAt(s, share)
		row(fmt.Sprintf("static %.3f, best for %g %% with hindsight", at, 100*share), t, "")
	}
	for _, share := range errors3 {
		t := runVCache(s, share, o.seed)
		row(fmt.Sprintf("vCache %g %%", 100*share), t, t.kept(share))
	}
	for _, share := range errors3 {
		t := runPromise(s, m, share, 0, o.seed)
		row(fmt.Sprintf("guarded %g %%", 100*share), t, t.kept(share))
	}
	t := runPromise(s, m, .01, .05, o.seed)
	row("guarded 1 %, one label of 20 wrong", t, t.kept(.01))
	sorted := shifted(s)
	t = runPromise(sorted, m, .01, 0, o.seed)
	row("guarded 1 %, subjects change half-way", t, t.kept(.01))
	for _, share := range errors3 {
		t, at := oursAt(s, m, share, o.seed)
		row(fmt.Sprintf("ours, probability %.3f, best for %g %% with hindsight", at, 100*share), t, "")
	}
	return w.Flush()
}

// oursAt is staticAt for probabilities.
func oursAt(s *replay.Stream, m *decide.Model, wrong float64, seed uint64) (best tally, threshold float64) {
	low, high := 0.0, 1.0
	for range 7 {
		middle := (low + high) / 2
		t := runOurs(s, m, always(middle), 0, seed)
		if float64(t.wrong) <= wrong*float64(t.asked) {
			best, threshold, high = t, middle, middle
		} else {
			low = middle
		}
	}
	return best, threshold
}

// shifted orders a stream so that the second half asks about other things than the first.
func shifted(s *replay.Stream) *replay.Stream {
	early := map[string]bool{}
	r := rand.New(rand.NewPCG(1, 5))
	var first, second []replay.Question
	for _, q := range s.Questions {
		if _, known := early[q.Answer]; !known {
			early[q.Answer] = r.IntN(2) == 0
		}
		if early[q.Answer] {
			first = append(first, q)
		} else {
			second = append(second, q)
		}
	}
	return replay.NewStream(append(first, second...))
}

// runPairs shows which pairs of the suite are served by static thresholds and by probabilities.
func runPairs(ctx context.Context, e *replay.Vectors, o options) error {
	pairs := suite.Pairs(heldOut(), 20, rand.New(rand.NewPCG(o.seed, 6)))
	static, least := []float64{.8, .85, .9, .95}, []float64{.9, .95, .98, .99}
	m, _ := decide.For(e.Model())
	type counts struct {
		same   bool
		all    int
		served [8]int
	}
	classes := map[string]*counts{}
	total := map[bool]*counts{true: {same: true}, false: {}}
	for _, p := range pairs {
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
		}
	}
	fmt.Printf("\nown pairs, held-out half, %s: served %%\n\n", e.Model())
	w := newTable()
	fmt.Fprintln(w, "class\tpairs\tstatic .80\t.85\t.90\t.95\tours .90\t.95\t.98\t.99")
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
	return w.Flush()
}
