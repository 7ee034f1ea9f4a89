// Package replay runs a stream of questions with known answers past a semantic cache that
// exists only on paper: it stores what missed, groups what has the same answer, and counts
// labels as the semantic tier does. Policies are compared, and models trained, on it.
package replay

import (
	"cmp"
	"runtime"
	"slices"
	"sync"
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

// Stream is a sequence of questions. It is immutable, so that several caches may run at once.
type Stream struct {
	Questions []Question
	earlier   [][]near // of each question, the nearest first
}

// kept is how many earlier questions of each are remembered: enough to find some that are
// stored, since those that were served are not.
const kept = 96

// NewStream compares all questions with all earlier ones.
func NewStream(questions []Question) *Stream {
	s := &Stream{questions, make([][]near, len(questions))}
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

func (s *Stream) nearest(i int) []near {
	all := make([]near, i)
	for j := range i {
		all[j] = near{j, cosine(s.Questions[i].Vector, s.Questions[j].Vector)}
	}
	slices.SortFunc(all, func(a, b near) int { return cmp.Compare(b.cosine, a.cosine) })
	return slices.Clone(all[:min(i, kept)])
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
