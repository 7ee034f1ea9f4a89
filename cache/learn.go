package cache

import (
	"context"
	"slices"
	"strings"

	"github.com/sluicegate/sluice/cache/answer"
	"github.com/sluicegate/sluice/cache/learnt"
	"github.com/sluicegate/sluice/cache/promise"
	"github.com/sluicegate/sluice/gateway"
)

// comparable returns the neighbours whose answers a fresh one is compared with: the most probable
// one, then the nearest with other answers.
func comparable(found []neighbour) (list []neighbour) {
	best := -1
	for i, n := range found {
		if n.verdict.Refusal == "" && (best < 0 || n.verdict.Probability > found[best].verdict.Probability) {
			best = i
		}
	}
	if best < 0 {
		return nil
	}
	list = append(list, found[best])
	for _, n := range found {
		known := func(other neighbour) bool { return other.answer == n.answer }
		if n.verdict.Refusal == "" && len(list) < learnt.MaxCompared && !slices.ContainsFunc(list, known) {
			list = append(list, n)
		}
	}
	return list
}

// comparison is a fresh answer that the goroutine compares with the stored ones to near questions.
type comparison struct {
	lookup *lookup
	fresh  string
	done   chan struct{} // closed instead, if it is set: all comparisons before it are done
}

// learn has the answer to a question compared with the stored ones to near questions, which were
// not served.
func (s *Service) learn(l *lookup, fresh *gateway.Response) {
	if l.guarded == nil || l.guarded.best() == nil {
		return
	}
	select {
	case s.comparisons <- comparison{lookup: l, fresh: answer.TextOf(fresh)}:
	default:
		s.dropped.Add(1)
	}
}

// Learnt waits until all answers that came before are compared.
func (s *Service) Learnt(ctx context.Context) error {
	c := comparison{done: make(chan struct{})}
	select {
	case s.comparisons <- c:
	case <-s.ended:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-c.done:
	case <-s.ended:
	case <-ctx.Done():
		return ctx.Err()
	}
	return nil
}

// compare compares a fresh answer with the stored ones: by their texts, and where these do not
// send, by embeddings of them. A comparison of the most probable neighbour is a label for the
// promise, too; where nothing tells, a judge is asked about it.
func (s *Service) compare(c comparison) {
	if c.done != nil {
		close(c.done)
		return
	}
	near := s.wholeNeighbours(context.Background(), c.lookup.guarded.near)
	if near == nil {
		return
	}
	stored, agreements := make([]string, len(near)), make([]answer.Agreement, len(near))
	for i, n := range near {
		stored[i] = answer.TextOf(n.entry.response(c.lookup.dialect))
		agreements[i] = answer.Compare(stored[i], c.fresh)
	}
	s.settle(c.fresh, stored, agreements)
	for i, agreement := range agreements {
		switch {
		case agreement == answer.Unknown:
			if i > 0 || !s.askJudge(c, stored[0], agreements) {
				s.undecided.Add(1)
			}
		case i == 0:
			s.label(c.lookup, agreement == answer.Same, 0)
		}
	}
	s.share(c.lookup, near, agreements, 0, s.known.Answers.Compared(c.lookup.Exact, learntNear(near), agreements))
	s.changes.Add(1)
}

// settle decides what the texts left open. What it cannot decide stays unknown.
func (s *Service) settle(fresh string, stored []string, agreements []answer.Agreement) {
	var open []int
	texts := []string{beginning(fresh)}
	for i, agreement := range agreements {
		if agreement == answer.Unknown {
			open, texts = append(open, i), append(texts, beginning(stored[i]))
		}
	}
	if len(open) == 0 {
		return
	}
	similar, err := s.similarities(texts)
	if err != nil {
		return
	}
	for n, i := range open {
		agreements[i] = answer.Similar(similar[n], answer.Overlap(stored[i], fresh), !s.lexical)
	}
}

// similarities returns the cosines of the first text with the others; zeros if the embedder knows
// spelling only, which tells nothing about answers.
func (s *Service) similarities(texts []string) ([]float64, error) {
	out := make([]float64, len(texts)-1)
	if s.lexical {
		return out, nil
	}
	ctx, cancel := within(context.Background(), s.writeLimit)
	defer cancel()
	vectors, err := s.embedTexts(ctx, texts)
	if err != nil {
		return nil, err
	}
	for i := range out {
		for j, x := range vectors[0] {
			out[i] += float64(x) * float64(vectors[i+1][j])
		}
	}
	return out, nil
}

// beginning returns as much of an answer as most models embed whole.
func beginning(text string) string {
	const length = 700
	if len(text) <= length {
		return text
	}
	return strings.ToValidUTF8(text[:length], "")
}

// label notes whether the most probable answer said the same as the fresh one. noise is the
// probability that the label is wrong.
func (s *Service) label(l *lookup, same bool, noise float64) {
	a := l.guarded
	before := a.controller.State().Alarms
	switch {
	case a.decision != promise.Miss:
		a.controller.Checked(a.probability, same, noise)
	case a.probability >= learnt.LeastInformative:
		a.controller.Label(a.probability, same, noise)
	}
	s.warnOfAlarm(a, before)
}

// learntNear returns neighbours as what is learnt names them.
func learntNear(near []neighbour) []learnt.Near {
	list := make([]learnt.Near, len(near))
	for i, n := range near {
		list[i] = learnt.Near{Entry: n.entry.id, Similarity: n.similarity, Probability: n.verdict.Probability}
	}
	return list
}

// share notes for other processes what a fresh answer showed about those to near questions, the most
// probable first, and about these among themselves.
func (s *Service) share(l *lookup, near []neighbour, agreements []answer.Agreement, noise float64, links []learnt.Link) {
	if s.broadcaster == nil {
		return
	}
	lesson := learnt.Lesson{Links: links}
	for i, agreement := range agreements {
		if agreement != answer.Unknown {
			n := &near[i]
			lesson.Labels = append(lesson.Labels, learnt.Label{Group: l.guarded.group, MaxError: l.policy.MaxError, Probability: n.verdict.Probability, Noise: noise,
				Best: i == 0, Same: agreement == answer.Same, Stored: n.entry.id, Question: l.Exact, Similarity: n.similarity})
		}
	}
	if len(lesson.Labels)+len(links) > 0 {
		s.broadcaster.lessons.Add(lesson)
	}
}
