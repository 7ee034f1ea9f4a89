package main

import (
	"context"
	"math"
	"math/rand/v2"

	"github.com/sluicegate/sluice/cache/decide"
	"github.com/sluicegate/sluice/cache/decide/replay"
	"github.com/sluicegate/sluice/cache/decide/suite"
)

// example is one neighbour of one question.
type example struct {
	values []float64
	same   bool
	weight float64
}

// corpus makes examples for one embedder.
type corpus struct {
	ctx     context.Context
	vectors *replay.Vectors
}

// scale measures what the similarities of the embedder mean.
func (c *corpus) scale(pairs []suite.Pair) (decide.Scale, error) {
	var sum, count [2]float64
	for _, p := range pairs {
		kind := 0
		switch p.Class {
		case suite.Unrelated:
		case suite.Reworded:
			kind = 1
		default:
			continue
		}
		if p.Chinese {
			continue // some models know only English: their scale is that of what they know
		}
		similarity, err := c.vectors.Similarity(c.ctx, p.Asked, p.Stored)
		if err != nil {
			return decide.Scale{}, err
		}
		sum[kind] += similarity
		count[kind]++
	}
	return rounded(decide.Scale{Unrelated: sum[0] / count[0], Paraphrase: sum[1] / count[1]}), nil
}

const (
	streams         = 3
	streamLength    = 3000
	pairsPerClass   = 24
	weightOfPairs   = 1.0 // of all together, beside 1 for the streams
	learntNearest   = 3   // of the neighbours of a question
	comparedAnswers = 4   // with which a fresh one is compared
	servedForRatio  = .5  // of what is very near: a cache stores only what it did not serve
)

// examples draws streams and pairs from the needs.
func (c *corpus) examples(needs []suite.Need, scale decide.Scale, seed uint64) ([]example, error) {
	r := rand.New(rand.NewPCG(seed, seed))
	var all []example
	for range streams {
		drawn, err := c.stream(suite.Stream(needs, streamLength, r), scale, r)
		if err != nil {
			return nil, err
		}
		all = append(all, drawn...)
	}
	inStreams := float64(len(all))
	var pairs []example
	for _, p := range suite.Pairs(needs, pairsPerClass, r) {
		similarity, err := c.vectors.Similarity(c.ctx, p.Asked, p.Stored)
		if err != nil {
			return nil, err
		}
		near := []decide.Neighbour{{Similarity: similarity, Text: p.Stored}}
		if refused(p.Asked, near[0].Text) {
			continue
		}
		pairs = append(pairs, example{decide.Features(scale, p.Asked, near, 0), p.Same, 1})
	}
	for i := range pairs {
		pairs[i].weight = weightOfPairs * inStreams / float64(len(pairs))
	}
	return append(all, pairs...), nil
}

// stream runs a stream past a cache, and describes the neighbours of each question as they were
// when it came.
func (c *corpus) stream(drawn []suite.Question, scale decide.Scale, r *rand.Rand) ([]example, error) {
	questions := make([]replay.Question, len(drawn))
	for i, q := range drawn {
		questions[i] = replay.Question{Text: q.Text, Answer: q.Answer}
	}
	if err := c.vectors.Questions(c.ctx, questions); err != nil {
		return nil, err
	}
	floor := scale.Unrelated + .4*(scale.Paraphrase-scale.Unrelated)
	cache := replay.NewStream(questions).NewCache()
	var all []example
	for i, q := range questions {
		near, indices := cache.Near(i, decide.Neighbours, floor)
		if len(near) > 0 && near[0].Similarity > .999 { // the alias tier serves it
			continue
		}
		served := false
		for n, j := range indices {
			same := cache.Same(i, j)
			if n < learntNearest && !refused(q.Text, near[n].Text) {
				all = append(all, example{decide.Features(scale, q.Text, near, n), same, 1})
				served = served || n == 0 && near[0].Similarity > scale.Paraphrase && r.Float64() < servedForRatio
			}
		}
		if served {
			continue
		}
		var compared []int
		answers := map[[16]byte]bool{}
		for n := range indices {
			if id := near[n].Group.ID; !answers[id] && len(compared) < comparedAnswers && !refused(q.Text, near[n].Text) {
				answers[id], compared = true, append(compared, n)
			}
		}
		cache.Learn(i, near, indices, compared, func(int) float64 { return .5 }, func(j int) bool { return cache.Same(i, j) }, 0)
	}
	return all, nil
}

// rounded keeps what is written readable.
func rounded(s decide.Scale) decide.Scale {
	return decide.Scale{Unrelated: round(s.Unrelated), Paraphrase: round(s.Paraphrase)}
}

func round(x float64) float64 { return math.Round(x*1000) / 1000 }
