package suite

import (
	"math/rand/v2"
)

// Question is a question of a stream.
type Question struct {
	Text   string
	Answer string // questions with one name have the same answer
}

// Stream draws questions about the needs, some of which are asked much more often than others.
func Stream(needs []Need, count int, r *rand.Rand) []Question {
	weights, sum := make([]float64, len(needs)), 0.0
	for i, at := range r.Perm(len(needs)) {
		weights[at] = 1 / float64(i+5)
		sum += weights[at]
	}
	questions := make([]Question, 0, count)
	for range count {
		x, i := r.Float64()*sum, 0
		for ; i < len(needs)-1 && x >= weights[i]; i++ {
			x -= weights[i]
		}
		n := &needs[i]
		w := n.random(r)
		questions = append(questions, Question{dressed(n.text(w, r), n.Chinese, r), n.answer(w)})
	}
	return questions
}
