package learnt

import (
	"iter"
	"maps"
	"slices"
	"sync"

	"github.com/sluicegate/sluice/cache/answer"
	"github.com/sluicegate/sluice/cache/decide"
	"github.com/sluicegate/sluice/cache/key"
)

// maxGrouped is how many entries are remembered with what is known about their answers.
const maxGrouped = 100_000

// Answers know which entries share an answer, and how later questions near them turned out.
// Nothing is known about most.
type Answers struct {
	mu      sync.Mutex
	byEntry map[key.Digest]*decide.Group
	links   *decide.Links
	changed map[key.Digest]bool // entries of which something was learnt since changes was called
}

func newAnswers() *Answers {
	return &Answers{byEntry: map[key.Digest]*decide.Group{}, links: decide.NewLinks(), changed: map[key.Digest]bool{}}
}

// Of returns what is known about an entry's answer.
func (g *Answers) Of(entry key.Digest) decide.Group {
	g.mu.Lock()
	defer g.mu.Unlock()
	if known := g.byEntry[entry]; known != nil {
		return *known
	}
	return decide.Group{ID: entry, Questions: 1}
}

// Join gives neighbours whose answers were found to be the same one group.
func (g *Answers) Join(near []decide.Neighbour) { g.links.Join(near) }

// Links returns which groups were found to have one answer.
func (g *Answers) Links() *decide.Links { return g.links }

// Near is a stored question near one that was asked.
type Near struct {
	Entry       key.Digest
	Similarity  float64
	Probability float64 // that its answer is right
}

// label notes the belief that a question has the answer of a stored one. If it is sure, both share it
// from now on.
func (g *Answers) label(stored, question key.Digest, similarity, belief float64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	known := g.get(stored)
	g.changed[stored] = true
	known.Learn(similarity, belief)
	if decide.Sure(belief) && g.byEntry[question] == nil {
		g.makeRoom()
		known.Questions++
		g.byEntry[question] = known
		g.changed[question] = true
	}
}

// Compared notes how the fresh answer to a question compares with those of near ones. It returns what that
// tells about these among themselves, nil if nothing.
func (g *Answers) Compared(question key.Digest, near []Near, agreements []answer.Agreement) []Link {
	var l Link
	for i, agreement := range agreements {
		if agreement == answer.Unknown {
			continue
		}
		n := &near[i]
		g.label(n.Entry, question, n.Similarity, decide.Belief(n.Probability, agreement == answer.Same, 0))
		l.Entries, l.Same = append(l.Entries, n.Entry), append(l.Same, agreement == answer.Same)
	}
	return g.link(l)
}

// link notes which stored answers were the same as a fresh one. It returns nil if that tells nothing about
// them among themselves: there are no two, or none was the same.
func (g *Answers) link(l Link) []Link {
	if len(l.Entries) < 2 || len(l.Entries) > MaxCompared || len(l.Same) != len(l.Entries) || !slices.Contains(l.Same, true) || !(l.Noise >= 0 && l.Noise < .5) {
		return nil
	}
	groups := make([]key.Digest, len(l.Entries))
	for i, entry := range l.Entries {
		groups[i] = g.Of(entry).ID
	}
	g.links.Compared(groups, l.Same, l.Noise)
	return []Link{l}
}

// Judged notes what a judge, which is wrong with the probability noise, said about the first of the
// near questions. agreements has what the texts told about the others. It returns what that tells about
// all of them among themselves, nil if nothing.
func (g *Answers) Judged(question key.Digest, near []Near, agreements []answer.Agreement, same bool, noise float64) (told []Link) {
	first := &near[0]
	g.label(first.Entry, question, first.Similarity, decide.Belief(first.Probability, same, noise))
	for i := 1; i < len(agreements); i++ {
		if agreements[i] != answer.Unknown {
			told = append(told, g.link(Link{[]key.Digest{first.Entry, near[i].Entry}, []bool{same, agreements[i] == answer.Same}, noise})...)
		}
	}
	return told
}

// Reject notes that an entry's answer was wrong for a question.
func (g *Answers) Reject(stored key.Digest, similarity float64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	known := g.get(stored)
	g.changed[stored] = true
	known.Learn(similarity, 0)
}

func (g *Answers) get(entry key.Digest) *decide.Group {
	known := g.byEntry[entry]
	if known != nil {
		return known
	}
	g.makeRoom()
	known = &decide.Group{ID: entry, Questions: 1}
	g.byEntry[entry] = known
	return known
}

// makeRoom forgets entries, any ones because they are only hints, until one more fits. The caller holds mu.
func (g *Answers) makeRoom() {
	for entry := range g.byEntry {
		if len(g.byEntry) < maxGrouped {
			return
		}
		delete(g.byEntry, entry)
	}
}

// sharedAnswer is an answer and the entries that share it.
type sharedAnswer struct {
	Group   decide.Group
	Entries []key.Digest
}

// all returns the answers about which something is known.
func (g *Answers) all() []sharedAnswer {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.shared(maps.Keys(g.byEntry))
}

// changes returns those about which something was learnt since it was called last.
func (g *Answers) changes() []sharedAnswer {
	g.mu.Lock()
	defer g.mu.Unlock()
	out := g.shared(maps.Keys(g.changed))
	clear(g.changed)
	return out
}

// shared returns the answers of entries. The caller holds mu.
func (g *Answers) shared(entries iter.Seq[key.Digest]) (out []sharedAnswer) {
	at := map[*decide.Group]int{}
	for entry := range entries {
		group := g.byEntry[entry]
		if group == nil {
			continue
		}
		i, known := at[group]
		if !known {
			i = len(out)
			at[group] = i
			out = append(out, sharedAnswer{Group: *group})
		}
		out[i].Entries = append(out[i].Entries, entry)
	}
	return out
}

// restore sets what is known about answers. Entries that shared one already go on sharing it.
func (g *Answers) restore(list []sharedAnswer) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for i := range list {
		group := &list[i].Group
		for _, entry := range list[i].Entries {
			if known := g.byEntry[entry]; known != nil && known.ID == group.ID {
				*known = *group
				group = known
				break
			}
		}
		for _, entry := range list[i].Entries {
			if len(g.byEntry) < maxGrouped {
				g.byEntry[entry] = group
			}
		}
	}
}
