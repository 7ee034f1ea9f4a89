package decide

import (
	"iter"
	"maps"
	"math"

	"github.com/sluicegate/sluice/cache/key"
)

// Link is what is known about two groups, for a restart.
type Link struct {
	Groups   [2]key.Digest
	Evidence float32 // log odds that they have one answer
}

// All returns all links.
func (l *Links) All() []Link {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.of(maps.Keys(l.evidence))
}

// Changes returns the links that have changed since it was called last.
func (l *Links) Changes() []Link {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := l.of(maps.Keys(l.changed))
	clear(l.changed)
	return out
}

func (l *Links) of(pairs iter.Seq[[2]key.Digest]) (out []Link) {
	for at := range pairs {
		out = append(out, Link{at, l.evidence[at]})
	}
	return out
}

// Restore sets links that All or Changes returned. Evidence beyond what comparisons can give is cut.
func (l *Links) Restore(links []Link) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, k := range links {
		if e := min(max(k.Evidence, -mostEvident), mostEvident); !math.IsNaN(float64(e)) { // a damaged file may have no number
			l.evidence[pair(k.Groups[0], k.Groups[1])] = e
		}
	}
	l.bound()
}
