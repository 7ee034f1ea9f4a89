package decide

import (
	"math"
	"strings"

	"github.com/sluicegate/sluice/cache/match"
)

// Model is a logistic regression over the features, for one embedder.
type Model struct {
	scale   Scale
	bias    float64
	weights values
}

// For returns the model of an embedder by its cache.Embedder.Model, and whether the model was
// made for it. For an unknown embedder it is a careful one.
func For(embedder string) (m *Model, calibrated bool) {
	for prefix, m := range shipped {
		if strings.HasPrefix(embedder, prefix) {
			return m, true
		}
	}
	return careful, false
}

// Decide returns one verdict for each neighbour, in their order. It takes them as the index
// gives them: all near questions of the partition, the nearest first.
func (m *Model) Decide(asked string, near []Neighbour) []Verdict {
	verdicts := make([]Verdict, len(near))
	for i := range near {
		v := &verdicts[i]
		if v.Refusal = match.Refusal(asked, near[i].Text); v.Refusal != "" {
			continue
		}
		v.values = featuresOf(near, i, m.scale)
		sum := m.bias
		for f, x := range v.values {
			v.effects[f] = m.weights[f] * x
			sum += v.effects[f]
		}
		v.Probability = 1 / (1 + math.Exp(-sum))
	}
	return verdicts
}

// Floor is the similarity below which a neighbour is too far to serve or to say anything about
// others. An index need not search further.
func (m *Model) Floor() float64 { return m.scale.Unrelated + .4*(m.scale.Paraphrase-m.scale.Unrelated) }

// shipped are the models by the beginning of the embedder's name.
var shipped = map[string]*Model{
	"all-MiniLM-L6-v2":     {scale: Scale{.10, .80}, bias: -9, weights: values{similarity: 9, nearIdentity: 6, margin: 4, agreement: 1, evidence: .8, pastDifferent: 3}},
	"builtin-hashed-words": {scale: Scale{.10, .85}, bias: -10, weights: values{similarity: 9, nearIdentity: 8, margin: 4, agreement: 1, evidence: .8, pastDifferent: 3}},
}

// careful takes every embedder for one whose unrelated questions are near each other.
var careful = &Model{scale: Scale{.75, .95}, bias: -10, weights: values{similarity: 9, nearIdentity: 8, margin: 4, agreement: 1, evidence: .8, pastDifferent: 3}}
