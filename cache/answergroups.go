package cache

import (
	"sync"

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

// label notes whether a question had the answer of a stored one. If so, both share it from now on.
func (g *answerGroups) label(stored, question key.Digest, similarity float64, same bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	known := g.get(stored)
	g.changed[stored] = true
	if !same {
		known.Different++
		known.MostDifferent = max(known.MostDifferent, similarity)
		return
	}
	known.Same++
	if known.LeastSame == 0 || similarity < known.LeastSame {
		known.LeastSame = similarity
	}
	if g.byEntry[question] == nil {
		known.Questions++
		g.byEntry[question] = known
		g.changed[question] = true
	}
}

// reject notes that an entry's answer was wrong for a question.
func (g *answerGroups) reject(stored key.Digest, similarity float64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	known := g.get(stored)
	g.changed[stored] = true
	known.Different++
	known.MostDifferent = max(known.MostDifferent, similarity)
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
