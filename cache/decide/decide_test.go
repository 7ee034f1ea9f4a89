package decide_test

import (
	"slices"
	"testing"

	"github.com/sluicegate/sluice/cache/decide"
	"github.com/sluicegate/sluice/cache/key"
)

var embedders = []string{"multilingual-e5-small-int8-0123456789abcdef", "all-MiniLM-L6-v2-int8-0123456789abcdef", "builtin-distilled-words-320-v1", "somebody-elses-v3"}

// TestShipped holds for which embedders there are weights.
func TestShipped(t *testing.T) {
	for i, embedder := range embedders {
		if _, calibrated := decide.For(embedder); calibrated != (i < len(embedders)-1) {
			t.Errorf("%s: calibrated %v", embedder, calibrated)
		}
	}
}

// TestEvidence checks on every model which way each kind of evidence moves the probability.
func TestEvidence(t *testing.T) {
	const asked, stored, another = "How do I reset my password?", "How can I reset the password?", "Where do I change my email?"
	one, two := key.Digest{1}, key.Digest{2}
	near := func(similarity float64, g decide.Group) decide.Neighbour {
		return decide.Neighbour{Similarity: similarity, Text: stored, Group: g}
	}
	for _, embedder := range embedders {
		m, _ := decide.For(embedder)
		alone := func(n decide.Neighbour) float64 { return m.Decide(asked, []decide.Neighbour{n})[0].Probability }
		plain := alone(near(.9, decide.Group{ID: one}))
		rival := m.Decide(asked, []decide.Neighbour{near(.9, decide.Group{ID: one}), {Similarity: .89, Text: another, Group: decide.Group{ID: two}}})
		if further := alone(near(.8, decide.Group{ID: one})); !(plain > further && plain > 0 && plain < 1) {
			t.Errorf("%s: %v at .9, %v at .8", embedder, plain, further)
		}
		if p := rival[0].Probability; p >= plain {
			t.Errorf("%s: %v beside another answer, %v alone", embedder, p, plain)
		}
		if p := alone(near(.9, decide.Group{ID: one, Same: 5})); p <= plain {
			t.Errorf("%s: %v after five equal answers, %v before", embedder, p, plain)
		}
		if p := alone(near(.9, decide.Group{ID: one, Different: 5, MostDifferent: .93})); p >= plain {
			t.Errorf("%s: %v after five other answers, %v before", embedder, p, plain)
		}
		if w := rival[0].Weighed(); !slices.ContainsFunc(w, func(f decide.Weighed) bool { return f.Feature == "similarity" && f.Effect > 0 }) {
			t.Errorf("%s: %+v", embedder, w)
		}
	}
}

// TestFlipsAreNotOutvoted: equal answers to other questions speak for a paraphrase, but not for the same
// sentence with a negation or in another tense, for what excludes it, or for two things in each other's place.
func TestFlipsAreNotOutvoted(t *testing.T) {
	group := func(same float64) decide.Group {
		return decide.Group{ID: key.Digest{1}, Same: same, Questions: int(same), LeastSame: .7 * min(same, 1)}
	}
	for _, c := range []struct {
		asked, stored string
		rises         bool
	}{
		{"Can I get a refund for my shoes?", "Could I get a refund for my shoes?", true},
		{"Can I get a refund for my shoes?", "Can I not get a refund for my shoes?", false},
		{"When will my package arrive?", "When did my package arrive?", false},
		{"Cancel the meeting on Monday", "Could you cancel the meeting of Monday?", true},
		{"Cancel the meeting on Monday", "Could you cancel the meeting of Friday?", false},
		{"Sort it in ascending order", "Descending sorting of it", false},
		{"Does Anna pay Bert?", "Does Bert pay Anna?", false},
		{"Send money from savings to checking", "How do I transfer from checking to savings?", false},
	} {
		for _, embedder := range embedders {
			m, _ := decide.For(embedder)
			p := func(same float64) float64 {
				return m.Decide(c.asked, []decide.Neighbour{{Similarity: .9, Text: c.stored, Group: group(same)}})[0].Probability
			}
			if rises := p(1000) > p(0); rises != c.rises {
				t.Errorf("%s: %q and %q: what was learnt raises the probability: %v", embedder, c.asked, c.stored, rises)
			}
		}
	}
}

// TestRefusals checks that no similarity and no label outweighs what is refused.
func TestRefusals(t *testing.T) {
	sure := decide.Group{ID: key.Digest{1}, Same: 1000, Questions: 100}
	for _, pair := range [][2]string{
		{"Refund order 17", "Refund order 18"},
		{"A cable of 5 m", "A cable of 5 cm"},
		{"Write to [EMAIL_1]", "Write to [EMAIL_2]"},
		{`What does "abort" mean?`, `What does "retry" mean?`},
		{"Open https://a.example/x", "Open https://a.example/y"},
		{"What is fooBar for?", "What is fooBaz for?"},
		{"如何重置密码", "How do I reset my password"},
	} {
		for _, embedder := range embedders {
			m, _ := decide.For(embedder)
			v := m.Decide(pair[0], []decide.Neighbour{{Similarity: .999, Text: pair[1], Group: sure}})[0]
			if v.Refusal == "" || v.Probability != 0 || v.Weighed() != nil {
				t.Errorf("%s: %q and %q: %+v", embedder, pair[0], pair[1], v)
			}
		}
	}
}
