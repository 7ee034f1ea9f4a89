package cache

import (
	"sync"

	"github.com/sluicegate/sluice/cache/answer"
	"github.com/sluicegate/sluice/cache/decide"
	"github.com/sluicegate/sluice/cache/key"
)

// maxGrouped is how many entries are remembered with what is known about their answers.
const maxGrouped = 100_000

// answerGroups know which entries share an answer, and how later questions near them turned out.
// Nothing is known about most.
type answerGroups struct {
	mu      sync.Mutex
	byEntry map[key.Digest]*decide.Group
	links   *decide.Links
	changed map[key.Digest]bool // entries of which something was learnt since changes was called
}

func newAnswerGroups() *answerGroups {
	return &answerGroups{byEntry: map[key.Digest]*decide.Group{}, links: decide.NewLinks(), changed: map[key.Digest]bool{}}
}

// of returns what is known about an entry's answer.
func (g *answerGroups) of(entry key.Digest) decide.Group {
	g.mu.Lock()
	defer g.mu.Unlock()
	if known := g.byEntry[entry]; known != nil {
		return *known
	}
	return decide.Group{ID: entry, Questions: 1}
}

// label notes the belief that a question has the answer of a stored one. If it is sure, both share it
// from now on.
func (g *answerGroups) label(stored, question key.Digest, similarity, belief float64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	known := g.get(stored)
	g.changed[stored] = true
	known.Learn(similarity, belief)
	if decide.Sure(belief) && g.byEntry[question] == nil {
		known.Questions++
		g.byEntry[question] = known
		g.changed[question] = true
	}
}

// compared notes how the fresh answer to a question compares with those of near ones.
func (g *answerGroups) compared(question key.Digest, near []neighbour, agreements []answer.Agreement) {
	var groups []key.Digest
	var same []bool
	for i, agreement := range agreements {
		if agreement == answer.Unknown {
			continue
		}
		g.label(near[i].entry.id, question, near[i].similarity, decide.Belief(near[i].verdict.Probability, agreement == answer.Same, 0))
		groups, same = append(groups, g.of(near[i].entry.id).ID), append(same, agreement == answer.Same)
	}
	g.links.Compared(groups, same, 0)
}

// judged notes what a judge, which is wrong with the probability noise, said about the first of the
// near questions. agreements has what the texts told about the others.
func (g *answerGroups) judged(question key.Digest, near []neighbour, agreements []answer.Agreement, same bool, noise float64) {
	first := near[0].entry.id
	g.label(first, question, near[0].similarity, decide.Belief(near[0].verdict.Probability, same, noise))
	for i := 1; i < len(agreements); i++ {
		if agreements[i] != answer.Unknown {
			g.links.Compared([]key.Digest{g.of(first).ID, g.of(near[i].entry.id).ID}, []bool{same, agreements[i] == answer.Same}, noise)
		}
	}
}

// reject notes that an entry's answer was wrong for a question.
func (g *answerGroups) reject(stored key.Digest, similarity float64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	known := g.get(stored)
	g.changed[stored] = true
	known.Learn(similarity, 0)
}

func (g *answerGroups) get(entry key.Digest) *decide.Group {
	known := g.byEntry[entry]
	if known != nil {
		return known
	}
	for other := range g.byEntry { // any one: they are only hints
		if len(g.byEntry) < maxGrouped {
			break
		}
		delete(g.byEntry, other)
	}
	known = &decide.Group{ID: entry, Questions: 1}
	g.byEntry[entry] = known
	return known
}
