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

// near is an earlier question.
type near struct {
	index  int
	cosine float64
}

// Stream is a sequence of questions. It is for one goroutine.
type Stream struct {
	Questions []Question
	earlier   [][]near // of each question, the nearest first
	compared  map[[2]int]*decide.Comparison
}

// kept is how many earlier questions of each are remembered: enough to find some that are
// stored, since those that were served are not.
const kept = 96

// NewStream compares all questions with all earlier ones.
func NewStream(questions []Question) *Stream {
	s := &Stream{questions, make([][]near, len(questions)), map[[2]int]*decide.Comparison{}}
	var workers sync.WaitGroup
	count := runtime.GOMAXPROCS(0)
	for worker := range count {
		workers.Go(func() {
			for i := worker; i < len(questions); i += count {
				s.earlier[i] = s.nearest(i)
			}
		})
	}
	workers.Wait()
	return s
}

// comparison compares two questions once.
func (s *Stream) comparison(i, j int) *decide.Comparison {
	c := s.compared[[2]int{i, j}]
	if c == nil {
		c = decide.Compare(s.Questions[i].Text, s.Questions[j].Text)
		s.compared[[2]int{i, j}] = c
	}
	return c
}

// nearest returns the earlier questions nearest to question i.
func (s *Stream) nearest(i int) []near {
	best := make([]near, 0, kept+1)
	for j := range i {
		n := near{j, cosine(s.Questions[i].Vector, s.Questions[j].Vector)}
		if len(best) == kept && n.cosine <= best[kept-1].cosine {
			continue
		}
		at, _ := slices.BinarySearchFunc(best, n.cosine, func(b near, cosine float64) int { return cmp.Compare(cosine, b.cosine) })
		best = slices.Insert(best, at, n)
		best = best[:min(len(best), kept)]
	}
	return best
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
