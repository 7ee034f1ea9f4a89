package decide

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/sluicegate/sluice/cache/decide/suite"
)

// Embedder turns texts into vectors of length 1.
type Embedder interface {
	Embed(ctx context.Context, texts []string) ([][]float32, error)
}

// measuredPairs is how many pairs of each kind [Measure] embeds: a few hundred short texts.
const measuredPairs = 60

// Measure makes the model of an embedder for which none is shipped. What its similarities mean is
// measured on questions of package suite: pairs of one question in two wordings, and pairs of
// unrelated ones. It fails if the embedder does not tell them apart.
func Measure(ctx context.Context, e Embedder) (*Model, error) {
	var scale Scale
	pairs := suite.Pairs(suite.Needs(), 4, rand.New(rand.NewPCG(14, 1)))
	for class, mean := range map[string]*float64{suite.Unrelated: &scale.Unrelated, suite.Reworded: &scale.Paraphrase} {
		var texts []string
		for _, p := range pairs {
			if p.Class == class && !p.Chinese && len(texts) < 2*measuredPairs {
				texts = append(texts, p.Asked, p.Stored)
			}
		}
		vectors, err := e.Embed(ctx, texts)
		if err != nil {
			return nil, err
		}
		if len(vectors) != len(texts) {
			return nil, fmt.Errorf("the embedder gave %d vectors for %d texts", len(vectors), len(texts))
		}
		for i := 0; i < len(vectors); i += 2 {
			*mean += cosine(vectors[i], vectors[i+1]) / float64(len(vectors)/2)
		}
	}
	if !(scale.Paraphrase-scale.Unrelated > .02) {
		return nil, fmt.Errorf("the embedder does not tell questions apart: paraphrases have a similarity of %.3f, unrelated ones of %.3f", scale.Paraphrase, scale.Unrelated)
	}
	return Scaled(scale), nil
}

// Scaled returns the model of an embedder that was measured before.
func Scaled(s Scale) *Model { return careful().with(s) }

func (m *Model) with(scale Scale) *Model {
	return &Model{scale: scale, bias: m.bias, weights: m.weights}
}

func cosine(a, b []float32) (sum float64) {
	for i := range min(len(a), len(b)) {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}
