package cache

import (
	"slices"
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

// compared notes how the fresh answer to a question compares with those of near ones. It returns what that
// tells about these among themselves, nil if nothing.
func (g *answerGroups) compared(question key.Digest, near []neighbour, agreements []answer.Agreement) []sharedLink {
	var l sharedLink
	for i, agreement := range agreements {
		if agreement == answer.Unknown {
			continue
		}
		g.label(near[i].entry.id, question, near[i].similarity, decide.Belief(near[i].verdict.Probability, agreement == answer.Same, 0))
		l.Entries, l.Same = append(l.Entries, near[i].entry.id), append(l.Same, agreement == answer.Same)
	}
	return g.link(l)
}

// link notes which stored answers were the same as a fresh one. It returns nil if that tells nothing about
// them among themselves: there are no two, or none was the same.
func (g *answerGroups) link(l sharedLink) []sharedLink {
	if len(l.Entries) < 2 || len(l.Entries) > maxCompared || len(l.Same) != len(l.Entries) || !slices.Contains(l.Same, true) || !(l.Noise >= 0 && l.Noise < .5) {
		return nil
	}
	groups := make([]key.Digest, len(l.Entries))
	for i, entry := range l.Entries {
		groups[i] = g.of(entry).ID
	}
	g.links.Compared(groups, l.Same, l.Noise)
	return []sharedLink{l}
}

// judged notes what a judge, which is wrong with the probability noise, said about the first of the
// near questions. agreements has what the texts told about the others. It returns what that tells about
// all of them among themselves, nil if nothing.
func (g *answerGroups) judged(question key.Digest, near []neighbour, agreements []answer.Agreement, same bool, noise float64) (told []sharedLink) {
	first := near[0].entry.id
	g.label(first, question, near[0].similarity, decide.Belief(near[0].verdict.Probability, same, noise))
	for i := 1; i < len(agreements); i++ {
		if agreements[i] != answer.Unknown {
			told = append(told, g.link(sharedLink{[]key.Digest{first, near[i].entry.id}, []bool{same, agreements[i] == answer.Same}, noise})...)
		}
	}
	return told
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
