package decide

import "math"

// feature is what the models weigh.
type feature int

const (
	similarity    feature = iota // on the embedder's scale: 0 unrelated, 1 a typical paraphrase
	nearIdentity                 // how far the similarity is above that of a typical paraphrase
	margin                       // over the nearest neighbour with another answer
	agreement                    // share of the near questions that have this answer
	evidence                     // labels of the answer: log odds of the same answer
	pastDifferent                // nearer than the nearest question known to have another answer
	featureCount
)

// values holds a number for each feature.
type values [featureCount]float64

var featureNames = [featureCount]string{
	similarity: "similarity", nearIdentity: "near identity", margin: "margin to another answer", agreement: "agreement of neighbours",
	evidence: "labels of the answer", pastDifferent: "nearer than a known difference",
}

// String returns the name of a feature, as reports and files of weights have it.
func (f feature) String() string { return featureNames[f] }

// Scale tells what the similarities of an embedder mean.
type Scale struct {
	Unrelated  float64 `json:"unrelated"`  // typical cosine of two questions about different things
	Paraphrase float64 `json:"paraphrase"` // typical cosine of two wordings of one question
}

func (s Scale) of(cosine float64) float64 {
	return (cosine - s.Unrelated) / (s.Paraphrase - s.Unrelated)
}

// featuresOf describes neighbour i of those near a question.
func featuresOf(near []Neighbour, i int, scale Scale) (v values) {
	n := &near[i]
	v[similarity] = scale.of(n.Similarity)
	v[nearIdentity] = max(v[similarity]-1, 0)
	other, own, all := 0.0, 0.0, 0.0
	for j := range near {
		weight := math.Exp(8 * (scale.of(near[j].Similarity) - v[similarity]))
		all += weight
		if j == i || !n.Group.ID.IsZero() && near[j].Group.ID == n.Group.ID {
			own += weight
		} else {
			other = max(other, scale.of(near[j].Similarity))
		}
	}
	v[margin] = clip(v[similarity]-other, -.5, .5)
	v[agreement] = own / all
	g := &n.Group
	v[evidence] = clip(math.Log((g.Same+1)/(g.Different+1)), -3, 3)
	if g.MostDifferent > 0 {
		v[pastDifferent] = clip(v[similarity]-scale.of(g.MostDifferent), -.5, .5)
	}
	return v
}

func clip(x, least, most float64) float64 { return max(least, min(x, most)) }
