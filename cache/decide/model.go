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
// made for it. For an unknown embedder it is a careful one; [Measure] makes a better one.
func For(embedder string) (m *Model, calibrated bool) {
	for _, s := range shipped() {
		if strings.HasPrefix(embedder, s.embedder) {
			return s.model, true
		}
	}
	return careful(), false
}

// Decide returns one verdict for each neighbour, in their order. It takes them as the index
// gives them: all near questions of the partition, the nearest first.
func (m *Model) Decide(asked string, near []Neighbour) []Verdict {
	if len(near) == 0 {
		return nil
	}
	verdicts := make([]Verdict, len(near))
	question := match.ReadWording(asked)
	for i := range near {
		c := near[i].Compared
		if c == nil {
			c = compare(question, match.ReadWording(near[i].Text))
		}
		verdicts[i] = m.verdict(near, i, c)
	}
	return verdicts
}

func (m *Model) verdict(near []Neighbour, i int, c *Comparison) Verdict {
	if c.refusal != "" {
		return Verdict{Refusal: c.refusal}
	}
	v := Verdict{values: featuresOf(near, i, m.scale, &c.differences)}
	for f, x := range v.values {
		v.effects[f] = m.weights[f] * x
	}
	sum := m.bias
	for _, effect := range v.effects {
		sum += effect
	}
	v.Probability = probability(sum)
	return v
}

func probability(logOdds float64) float64 { return 1 / (1 + math.Exp(-logOdds)) }

// Scale returns what the similarities of the embedder mean.
func (m *Model) Scale() Scale { return m.scale }

// Floor is the similarity below which a neighbour is too far to serve or to say anything about
// others. An index need not search further.
func (m *Model) Floor() float64 {
	return m.scale.Unrelated + .4*(m.scale.Paraphrase-m.scale.Unrelated)
}
