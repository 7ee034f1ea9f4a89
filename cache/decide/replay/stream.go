// Package replay runs a stream of questions with known answers past a semantic cache that
// exists only on paper: it stores what missed, groups what has the same answer, and counts
// labels as the semantic tier does. Policies are compared, and models trained, on it.
package replay

import (
	"cmp"
	"runtime"
	"slices"
	"sync"

	"github.com/sluicegate/sluice/cache/decide"
)

// Question is a question of a stream.
type Question struct {
	Text   string
	Answer string // questions with one name have the same answer
	Vector []float32
}

// near is another question.
type near struct {
	index  int
	cosine float64
}

// Set is a set of questions, of which streams are made. It is for one goroutine.
type Set struct {
	questions []Question
	nearest   [][]near // of each question, the nearest first
	compared  map[[2]int]*decide.Comparison
}

// kept is how many near questions of each are remembered: enough to find some that come earlier in
// a stream and are stored, since those that were served are not.
const kept = 256

// NewSet compares all questions with all others.
func NewSet(questions []Question) *Set {
	s := &Set{questions, make([][]near, len(questions)), map[[2]int]*decide.Comparison{}}
	var workers sync.WaitGroup
	count := runtime.GOMAXPROCS(0)
	for worker := range count {
		workers.Go(func() {
			for i := worker; i < len(questions); i += count {
				s.nearest[i] = s.nearestTo(i)
			}
		})
	}
	workers.Wait()
	return s
}

// Questions returns the questions of the set.
func (s *Set) Questions() []Question { return s.questions }

// nearestTo returns the questions nearest to question i.
func (s *Set) nearestTo(i int) []near {
	best := make([]near, 0, kept+1)
	for j := range s.questions {
		n := near{j, cosine(s.questions[i].Vector, s.questions[j].Vector)}
		if j == i || len(best) == kept && n.cosine <= best[kept-1].cosine {
			continue
		}
		at, _ := slices.BinarySearchFunc(best, n.cosine, func(b near, cosine float64) int { return cmp.Compare(cosine, b.cosine) })
		best = slices.Insert(best, at, n)
		best = best[:min(len(best), kept)]
	}
	return best
}

// comparison compares two questions once.
func (s *Set) comparison(i, j int) *decide.Comparison {
	c := s.compared[[2]int{i, j}]
	if c == nil {
		c = decide.Compare(s.questions[i].Text, s.questions[j].Text)
		s.compared[[2]int{i, j}] = c
	}
	return c
}

// Stream is a sequence of questions. It is for one goroutine.
type Stream struct {
	Questions []Question
	set       *Set
	order     []int    // of each question: its index in the set
	earlier   [][]near // of each question, those before it, the nearest first
}

// NewStream returns the stream of questions in their order.
func NewStream(questions []Question) *Stream {
	order := make([]int, len(questions))
	for i := range order {
		order[i] = i
	}
	return NewSet(questions).Stream(order)
}

// Stream returns the questions of the set in an order of their indices.
func (s *Set) Stream(order []int) *Stream {
	place := make([]int, len(s.questions))
	for i := range place {
		place[i] = len(order) // it never comes
	}
	for i, index := range order {
		place[index] = i
	}
	stream := &Stream{set: s, order: order}
	for i, index := range order {
		var earlier []near
		for _, n := range s.nearest[index] {
			if place[n.index] < i {
				earlier = append(earlier, near{place[n.index], n.cosine})
			}
		}
		stream.Questions, stream.earlier = append(stream.Questions, s.questions[index]), append(stream.earlier, earlier)
	}
	return stream
}

// cosine of two vectors of length 1. Four sums at a time keep the processor busy.
func cosine(a, b []float32) float64 {
	var s, t, u, v float32
	for ; len(a) >= 4 && len(b) >= 4; a, b = a[4:], b[4:] {
		s += a[0] * b[0]
		t += a[1] * b[1]
		u += a[2] * b[2]
		v += a[3] * b[3]
	}
	return float64(s + t + u + v)
}
