package decide

import (
	"math"
	"slices"
	"sync"

	"github.com/sluicegate/sluice/cache/key"
)

// maxLinks bounds the pairs of groups about which something is known.
const maxLinks = 100_000

// Links know which groups of questions share one answer without having been found to at once: a
// fresh answer that was the same as those of two groups links them. It is safe for concurrent use.
type Links struct {
	mu       sync.Mutex
	evidence map[[2]key.Digest]float32 // log odds that two groups have one answer
	changed  map[[2]key.Digest]bool    // since Changes was called
}

// NewLinks returns no links.
func NewLinks() *Links {
	return &Links{evidence: map[[2]key.Digest]float32{}, changed: map[[2]key.Digest]bool{}}
}

// One comparison without noise links two groups. Of a judge that is wrong now and then, several must
// agree.
const (
	linked      = 4
	mostEvident = 12
)

// Compared notes that a fresh answer was compared with those of groups. noise is the probability
// that one comparison is wrong.
func (l *Links) Compared(groups []key.Digest, same []bool, noise float64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	step := float32(linked)
	if noise > 0 {
		step = min(step, float32(math.Log((1-noise)/noise)))
	}
	for i := range groups {
		for j := range i {
			at := pair(groups[i], groups[j])
			switch {
			case groups[i] == groups[j] || !same[i] && !same[j]:
				continue
			case same[i] && same[j]:
				l.evidence[at] = min(l.evidence[at]+step, mostEvident)
			default:
				l.evidence[at] = max(l.evidence[at]-step, -mostEvident)
			}
			l.changed[at] = true
		}
	}
	l.bound()
}

// bound forgets links over the limit: any, since they are only hints. The caller holds mu.
func (l *Links) bound() {
	for any := range l.evidence {
		if len(l.evidence) <= maxLinks {
			break
		}
		delete(l.evidence, any)
		delete(l.changed, any)
	}
}

func pair(a, b key.Digest) [2]key.Digest {
	if slices.Compare(a[:], b[:]) > 0 {
		a, b = b, a
	}
	return [2]key.Digest{a, b}
}

// Join gives neighbours whose groups are linked one group, with what is known about all of them.
func (l *Links) Join(near []Neighbour) {
	l.mu.Lock()
	defer l.mu.Unlock()
	cluster := make([]int, len(near)) // of each neighbour: the first one that is linked with it
	for i := range near {
		cluster[i] = i
		for j := range i {
			a, b := near[i].Group.ID, near[j].Group.ID
			if a == b || l.evidence[pair(a, b)] >= linked {
				from, to := max(cluster[i], cluster[j]), min(cluster[i], cluster[j])
				for k := range i + 1 {
					if cluster[k] == from {
						cluster[k] = to
					}
				}
			}
		}
	}
	joined := make([]Group, len(near))
	for i, n := range near {
		g := &joined[cluster[i]]
		if first := slices.IndexFunc(near, func(o Neighbour) bool { return o.Group.ID == n.Group.ID }); first == i {
			g.add(&n.Group)
		}
	}
	for i := range near {
		near[i].Group = joined[cluster[i]]
	}
}

// add adds what is known about a group with the same answer.
func (g *Group) add(o *Group) {
	if g.ID.IsZero() {
		*g = *o
		return
	}
	g.Questions += o.Questions
	g.Same += o.Same
	g.Different += o.Different
	g.MostDifferent = max(g.MostDifferent, o.MostDifferent)
	if g.LeastSame == 0 || o.LeastSame > 0 && o.LeastSame < g.LeastSame {
		g.LeastSame = o.LeastSame
	}
}
