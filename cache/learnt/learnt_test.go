package learnt_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sluicegate/sluice/cache/answer"
	"github.com/sluicegate/sluice/cache/cachetest"
	"github.com/sluicegate/sluice/cache/decide"
	"github.com/sluicegate/sluice/cache/learnt"
	"github.com/sluicegate/sluice/cache/promise"
)

var (
	group      = promise.Group{Workspace: "w1", Model: "m"}
	began      = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	agreements = []answer.Agreement{answer.Same, answer.Unknown, answer.Same}
)

func near(entries ...int) (list []learnt.Near) {
	for _, n := range entries {
		list = append(list, learnt.Near{Entry: cachetest.ID(n), Similarity: .9, Probability: .8})
	}
	return list
}

// known is what a store tells about what learn has taught it.
func known(s *learnt.Store) string {
	list := []decide.Neighbour{{Group: s.Answers.Of(cachetest.ID(1))}, {Group: s.Answers.Of(cachetest.ID(3))}}
	s.Answers.Join(list)
	state := s.Promises.State(group, .01)
	return fmt.Sprintf("%d labels, one answer: %v, shared: %v, %+v", state.Same+state.Other, list[0].Group.ID == list[1].Group.ID,
		s.Answers.Of(cachetest.ID(9)).ID == s.Answers.Of(cachetest.ID(1)).ID, s.Tallies.Of("w1"))
}

// learn teaches a store of two answers that are one, and a hit.
func learn(t *testing.T, s *learnt.Store) learnt.Lesson {
	t.Helper()
	links := s.Answers.Compared(cachetest.ID(9), near(1, 2, 3), agreements)
	if len(links) != 1 || len(links[0].Entries) != 2 {
		t.Fatalf("%+v", links)
	}
	s.Promises.Controller(group, .01).Label(.8, true, 0)
	s.Tallies.Hit("w1", "exact", 42, time.Second)
	return learnt.Lesson{Links: links, Labels: []learnt.Label{{Group: group, MaxError: .01, Probability: .8, Best: true, Same: true, Stored: cachetest.ID(1), Question: cachetest.ID(9), Similarity: .9}}}
}

// TestRestart: records, and changes after those of an earlier time, bring back what was learnt.
func TestRestart(t *testing.T) {
	s, empty := learnt.New(), known(learnt.New())
	before := slices.Collect(s.Records(learnt.Measured{Model: "e", Scale: &decide.Scale{Unrelated: .1, Paraphrase: .9}}))
	learn(t, s)
	changes := slices.Collect(s.Changes())
	if len(slices.Collect(s.Changes())) != 0 {
		t.Error("changes are told twice")
	}
	want := known(s)
	if want == empty {
		t.Fatal(want)
	}
	for what, records := range map[string][][]byte{"records": slices.Collect(s.Records(learnt.Measured{})), "changes": append(before, changes...)} {
		again, measured := learnt.New(), false
		for _, r := range records {
			m, err := again.Restore(r)
			if err != nil {
				t.Fatal(err)
			}
			measured = measured || m.Model == "e" && *m.Scale == decide.Scale{Unrelated: .1, Paraphrase: .9}
		}
		if got := known(again); got != want {
			t.Errorf("%s: %s", what, cmp.Diff(want, got))
		}
		if measured != (what == "changes") {
			t.Errorf("%s: measured: %v", what, measured)
		}
	}
	for _, damaged := range [][]byte{nil, []byte("x"), before[0][:len(before[0])/2]} {
		if _, err := learnt.New().Restore(damaged); err == nil {
			t.Errorf("%q is restored", damaged)
		}
	}
}

// TestMessages: what one process tells the others count once: not its own, none of the time before they began,
// none of another embedder, and none that is too old.
func TestMessages(t *testing.T) {
	one := learnt.New()
	now := began.Add(time.Minute)
	raw, err := one.Message([]learnt.Lesson{learn(t, one)}, "e", now)
	if err != nil {
		t.Fatal(err)
	}
	if counted, err := one.Apply(raw, "e", began, now); counted || err != nil {
		t.Errorf("its own: %v, %v", counted, err)
	}
	for _, c := range []struct {
		what, embedder string
		began, now     time.Time
		counts         bool
	}{
		{"a process of the same embedder", "e", began, now, true}, {"another embedder", "f", began, now, false}, {"began later", "e", now, now, false},
		{"too late", "e", began, now.Add(2 * time.Hour), false},
	} {
		other := learnt.New()
		if counted, err := other.Apply(raw, c.embedder, c.began, c.now); counted != c.counts || err != nil {
			t.Errorf("%s: %v, %v", c.what, counted, err)
		}
		if counted, err := other.Apply(raw, c.embedder, c.began, c.now); counted || err != nil {
			t.Errorf("%s, again: %v, %v", c.what, counted, err)
		}
		other.Tallies.Hit("w1", "exact", 42, time.Second)
		if got := known(other); (got == known(one)) != c.counts {
			t.Errorf("%s: %s", c.what, cmp.Diff(known(one), got))
		}
	}
	if _, err := one.Apply(raw[:len(raw)/2], "e", began, now); err == nil {
		t.Error("half a message is read")
	}
}

// TestBound: questions that got the same answer again and again do not fill the memory.
func TestBound(t *testing.T) {
	s, first := learnt.New(), 1_000_000
	const questions = 100_100
	for n := range questions {
		s.Answers.Compared(cachetest.ID(n), near(first)[:1], agreements[:1])
	}
	known := 0
	for n := range questions {
		if s.Answers.Of(cachetest.ID(n)).ID == cachetest.ID(first) {
			known++
		}
	}
	if known < 50_000 || known > 100_000 {
		t.Errorf("%d questions are known", known)
	}
}

// TestHostileMessages: numbers out of their bounds, from whoever has the key, teach nothing and do no harm.
func TestHostileMessages(t *testing.T) {
	s := learnt.New()
	many := learnt.Link{Same: make([]bool, 1000)}
	for n := range many.Same {
		many.Entries, many.Same[n] = append(many.Entries, cachetest.ID(n)), true
	}
	raw, err := learnt.New().Message([]learnt.Lesson{{Links: []learnt.Link{many, {Entries: many.Entries[:2], Same: many.Same[:1]}, {Entries: many.Entries[:2], Same: many.Same[:2], Noise: .5}, {}},
		Labels: []learnt.Label{{Group: group, MaxError: 2, Probability: .8, Best: true, Same: true}, {Group: group, MaxError: .01, Probability: .001, Best: true, Same: true}}}}, "e", began.Add(1))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Apply(raw, "e", began, began); err != nil {
		t.Fatal(err)
	}
	list := []decide.Neighbour{{Group: s.Answers.Of(cachetest.ID(0))}, {Group: s.Answers.Of(cachetest.ID(1))}}
	s.Answers.Join(list)
	if state := s.Promises.State(group, .01); state.Same+state.Other > 0 || list[0].Group.ID == list[1].Group.ID {
		t.Errorf("%+v, %+v", state, list)
	}
}
