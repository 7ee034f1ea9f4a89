package cache

import (
	"fmt"

	"github.com/sluicegate/sluice/cache/answer"
	"github.com/sluicegate/sluice/cache/match"
	"github.com/sluicegate/sluice/cache/promise"
	"github.com/sluicegate/sluice/gateway"
)

// asked is what the semantic tier was asked, and what it decided.
type asked struct {
	group       promise.Group
	controller  *promise.Controller
	best        *neighbour // nil: there was none near
	probability float64    // of best
	decision    promise.Decision
}

// guard returns the neighbour if serving it keeps the promise of the plan. What it does not return
// is compared with the fresh answer later, see learn.
func (s *Service) guard(l *lookup, best *neighbour, fact *gateway.CacheFact) *neighbour {
	a := &asked{group: l.group, controller: s.promises.Controller(l.group, l.policy.MaxError), best: best}
	if best != nil {
		a.probability = best.verdict.Probability
	}
	veto, least := s.whileCold(l, a.controller.State(), best)
	if veto == "" {
		a.decision = a.controller.AskedFrom(a.probability, least)
	} else {
		a.decision = a.controller.Asked(0)
	}
	l.asked = a
	switch {
	case best == nil:
		return nil
	case veto != "":
		s.vetoed.Add(1)
		fact.Reason = veto
		return nil
	case a.decision == promise.Check:
		s.checked.Add(1)
		fact.Reason = fmt.Sprintf("probability %.3f is enough; one such answer in some is asked for anew, to compare", a.probability)
		return nil
	case a.decision == promise.Miss:
		s.vetoed.Add(1)
		fact.Reason = fmt.Sprintf("probability %.3f is below %.3f", a.probability, min(a.controller.State().Threshold, least))
		return nil
	case l.policy.Mode == gateway.CacheObserve:
		s.observed.Add(1)
		s.tallies.observe(l.workspace, best.entry)
		fact.Reason = fmt.Sprintf("observed: the answer of request %s would have been served, with probability %.3f", best.entry.origin, a.probability)
		return nil
	}
	s.recent.add(l, a)
	return best
}

// warm is how many labels a group needs until its probabilities alone decide.
const warm = 200

// As long as a group has few labels, answers that the rules of match.Veto let pass are served from
// a lower probability on: one less these times the limit. For an embedder that knows spelling only,
// the rules want the same words in the same order, so little is wrong.
const (
	coldLexical = 15
	coldMeaning = 5
)

// whileCold returns, as long as the group has few labels, why the rules reject the neighbour, or the
// least probability that is enough if they do not; then "" and 1.
func (s *Service) whileCold(l *lookup, state promise.State, n *neighbour) (veto string, least float64) {
	if n == nil || state.Same+state.Other+state.Checked >= warm {
		return "", 1
	}
	margin := state.MaxError * coldMeaning
	if s.lexical {
		margin = state.MaxError * coldLexical
	}
	return match.Veto(l.Question().Text, n.entry.text, s.lexical), max(1-margin, .5)
}

// leastInformative is the probability below which a comparison tells nothing about those that may
// be served.
const leastInformative = .02

// learn compares the answer to a question with the stored one to a near question, which was not
// served. The comparison is a label for the promise.
func (s *Service) learn(l *lookup, fresh *gateway.Response) {
	a := l.asked
	if a == nil || a.best == nil || a.probability < leastInformative {
		return
	}
	stored := answer.TextOf(a.best.entry.response(l.dialect))
	agreement := answer.Compare(stored, answer.TextOf(fresh))
	if agreement != answer.Unknown {
		s.label(l, agreement == answer.Same)
		return
	}
	c := comparison{lookup: l, stored: stored, fresh: answer.TextOf(fresh)}
	if s.lexical {
		s.settle(c, 0)
		return
	}
	select {
	case s.comparisons <- c:
	default:
		s.dropped.Add(1)
	}
}

// comparison is a pair of answers whose texts do not tell whether they say the same.
type comparison struct {
	lookup        *lookup
	stored, fresh string
}

// settle decides a comparison by the similarity of the answers. What it cannot decide is no label.
func (s *Service) settle(c comparison, cosine float64) {
	switch answer.Similar(cosine, answer.Overlap(c.stored, c.fresh), !s.lexical) {
	case answer.Same:
		s.label(c.lookup, true)
	case answer.Different:
		s.label(c.lookup, false)
	default:
		s.undecided.Add(1)
	}
}

// label notes whether a stored answer that was not served said the same as the fresh one.
func (s *Service) label(l *lookup, same bool) {
	a := l.asked
	before := a.controller.State().Alarms
	if a.decision == promise.Miss {
		a.controller.Label(a.probability, same, 0)
	} else {
		a.controller.Checked(a.probability, same, 0)
	}
	s.groups.label(a.best.entry.id, l.Exact, a.best.similarity, same)
	s.changes.Add(1)
	s.warnOfAlarm(a, before)
}

// report notes that an answer which was served to a near question proved wrong.
func (s *Service) report(a *asked, similarity float64) {
	before := a.controller.State().Alarms
	a.controller.Reported(a.probability)
	s.groups.reject(a.best.entry.id, similarity)
	s.changes.Add(1)
	s.warnOfAlarm(a, before)
}

func (s *Service) warnOfAlarm(a *asked, before int) {
	if a.controller.State().Alarms > before {
		s.cfg.Log.Warn("stored answers to near questions have become wrong more often: the cache serves exact hits only until it has learnt again",
			"workspace", a.group.Workspace, "config", a.group.Config, "model", a.group.Model, "prompt", a.group.Prompt)
	}
}
