package cache

import (
	"fmt"

	"github.com/sluicegate/sluice/cache/match"
	"github.com/sluicegate/sluice/cache/promise"
	"github.com/sluicegate/sluice/gateway"
)

// guardedLookup is what the semantic tier found, and what the promise of the plan decided of it.
type guardedLookup struct {
	group       promise.Group
	controller  *promise.Controller
	near        []neighbour // the most probable answer first; empty: there was none near
	probability float64     // of the first
	decision    promise.Decision
}

// best returns the neighbour whose answer is the most probable one, nil if there is none.
func (a *guardedLookup) best() *neighbour {
	if len(a.near) == 0 {
		return nil
	}
	return &a.near[0]
}

// guard returns the most probable neighbour if serving it keeps the promise of the plan. Else the
// fresh answer is compared with those of the neighbours later, see learn.
func (s *Service) guard(l *lookup, found []neighbour, fact *gateway.CacheFact) *neighbour {
	a := &guardedLookup{group: l.group, controller: s.known.Promises.Controller(l.group, l.policy.MaxError), near: comparable(found)}
	best := a.best()
	if best != nil {
		a.probability = best.verdict.Probability
	}
	if s.memory != nil {
		a.controller.Stored(s.memory.Stored(l.groupID))
	}
	veto, least := s.whileCold(l, a.controller.State(), best)
	if veto == "" {
		a.decision = a.controller.DecideFrom(a.probability, least)
	} else {
		a.decision = a.controller.Decide(0)
	}
	l.guarded = a
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
		s.known.Tallies.Observe(l.workspace, best.entry.cost, best.entry.took)
		fact.Reason = fmt.Sprintf("observed: the answer of request %s would have been served, with probability %.3f", best.entry.origin, a.probability)
		return nil
	}
	a.near = a.near[:1:1] // no fresh answer will come
	s.recent.add(l, a)
	return best
}

// lost notes that the answer which guard let be served was not to be had: the request is a miss.
func (s *Service) lost(l *lookup) {
	l.guarded.controller.Lost()
	l.guarded.decision = promise.Miss
	s.recent.forget(l.trace)
}

// warm is how many labels a group needs until its probabilities alone decide.
const warm = 200

// As long as a group has few labels, answers that the rules of match.Veto let pass are served from
// a lower probability on: one less these times the limit. For an embedder that knows words only,
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

// report notes that an answer which was served to a near question proved wrong.
func (s *Service) report(a *guardedLookup, similarity float64) {
	before := a.controller.State().Alarms
	a.controller.Reported(a.probability)
	s.known.Answers.Reject(a.near[0].entry.id, similarity)
	s.changes.Add(1)
	s.warnOfAlarm(a, before)
}

func (s *Service) warnOfAlarm(a *guardedLookup, before int) {
	if a.controller.State().Alarms > before {
		s.cfg.Log.Warn("stored answers to near questions have become wrong more often: the cache serves exact hits only until it has learnt again",
			"workspace", a.group.Workspace, "config", a.group.Config, "model", a.group.Model, "prompt", a.group.Prompt)
	}
}
