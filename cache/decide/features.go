package decide

import (
	"math"

	"github.com/sluicegate/sluice/cache/match"
)

// feature is what the models weigh.
type feature int

const (
	similarity        feature = iota // on the embedder's scale: 0 unrelated, 1 a typical paraphrase
	nearIdentity                     // how far the similarity is above that of a typical paraphrase
	hanText                          // the questions are written in ideographs
	hanSimilarity                    // similarity of such questions
	margin                           // over the nearest neighbour with another answer
	agreement                        // share of the near questions that have this answer
	labelsSame                       // questions found to have the answer: logarithm of one more
	labelsDifferent                  // questions found to have another one
	pastDifferent                    // nearer than the nearest question known to have another answer
	knownSpread                      // nearer than the furthest question known to have the same answer
	sharedWords                      // content words of both, as a share of all
	frame                            // words in one order, as a share of the longer question
	replaced                         // places where each question has content words of its own
	replacedInFrame                  // the same, between equal words
	replacedFar                      // the same, though the similarity is not that of a paraphrase
	added                            // places where only one has content words
	addedInFrame                     // the same, between equal words
	capitals                         // names of one question only
	inflected                        // words in another grammatical form
	negation                         // of one question only, in the same sentence
	negationElsewhere                // in another sentence
	opposite                         // markers of one question only: open, most, red
	contrary                         // words that exclude each other: Monday and Friday
	whWord                           // who, when, why
	timeWord                         // today, last, Monday, before
	pronoun                          // his, your
	place                            // above, in front of
	tense                            // was, did, in the same sentence
	tenseElsewhere                   // in another sentence
	modal                            // can, must
	preposition                      // from, without
	reordered                        // common words in another order
	roles                            // the same, among words such as from and to
	exchanged                        // two things in each other's place
	fewWords                         // hardly any content words to compare
	featureCount
)

// values holds a number for each feature.
type values [featureCount]float64

var featureNames = [featureCount]string{
	similarity: "similarity", nearIdentity: "near identity", hanText: "ideographs", hanSimilarity: "similarity of ideographs",
	margin: "margin to another answer", agreement: "agreement of neighbours", labelsSame: "labels for the answer", labelsDifferent: "labels against the answer",
	pastDifferent: "nearer than a known difference", knownSpread: "nearer than a known paraphrase",
	sharedWords: "shared words", frame: "same sentence", replaced: "replaced words", replacedInFrame: "replaced words in the same sentence",
	replacedFar: "replaced words though dissimilar", added: "added words", addedInFrame: "added words in the same sentence", capitals: "other names", inflected: "other grammatical form",
	negation: "negation in the same sentence", negationElsewhere: "negation", opposite: "opposite words", contrary: "words that exclude each other", whWord: "question word", timeWord: "time", pronoun: "pronoun", place: "place",
	tense: "tense in the same sentence", tenseElsewhere: "tense", modal: "modal verb", preposition: "preposition", reordered: "other order", roles: "other roles", exchanged: "exchanged words", fewWords: "few words",
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
func featuresOf(near []Neighbour, i int, scale Scale, d *match.Differences) (v values) {
	n := &near[i]
	v[similarity] = scale.of(n.Similarity)
	v[nearIdentity] = max(v[similarity]-1, 0)
	v.addNeighbours(near, i, scale)
	v.addGroup(&n.Group, scale)
	v.addDifferences(d)
	if d.Han {
		v[hanText], v[hanSimilarity] = 1, v[similarity]
	}
	if v.flipped() {
		v.ignoreOthers()
	}
	return v
}

// addNeighbours compares neighbour i with the others.
func (v *values) addNeighbours(near []Neighbour, i int, scale Scale) {
	other, own, all := 0.0, 0.0, 0.0
	for j := range near {
		weight := math.Exp(8 * (scale.of(near[j].Similarity) - v[similarity]))
		all += weight
		if j == i || !near[i].Group.ID.IsZero() && near[j].Group.ID == near[i].Group.ID {
			own += weight
		} else {
			other = max(other, scale.of(near[j].Similarity))
		}
	}
	v[margin] = clip(v[similarity]-other, -.5, .5)
	v[agreement] = own / all
}

func (v *values) addGroup(g *Group, scale Scale) {
	v[labelsSame], v[labelsDifferent] = min(math.Log1p(g.Same), 3), min(math.Log1p(g.Different), 3)
	if g.MostDifferent > 0 {
		v[pastDifferent] = clip(v[similarity]-scale.of(g.MostDifferent), -.5, .5)
	}
	if g.LeastSame > 0 {
		v[knownSpread] = clip(v[similarity]-scale.of(g.LeastSame), -.5, .5)
	}
}

// addDifferences compares the words. A count is worth less the higher it is.
func (v *values) addDifferences(d *match.Differences) {
	v[sharedWords], v[frame] = d.Shared, d.Frame
	v[replaced], v[added] = upTo(d.Replaced, 3), upTo(d.Added, 4)
	v[replacedInFrame] = d.Frame * d.Frame * upTo(d.Replaced, 2)
	v[replacedFar] = clip(1-v[similarity], 0, 1) * upTo(d.Replaced, 2)
	v[addedInFrame] = d.Frame * d.Frame * upTo(d.Added, 2)
	v[capitals], v[inflected] = upTo(d.Capitals, 2), upTo(d.Inflected, 2)
	if d.Frame >= sameSentence {
		v[negation], v[tense] = upTo(d.Negation, 1), upTo(d.Tense, 1)
	} else {
		v[negationElsewhere], v[tenseElsewhere] = upTo(d.Negation, 1), upTo(d.Tense, 1)
	}
	v[opposite], v[whWord], v[timeWord] = upTo(d.Opposite, 2), upTo(d.WhWord, 2), upTo(d.Time, 2)
	v[contrary] = upTo(d.Contrary, 1)
	v[pronoun], v[place] = upTo(d.Pronoun, 2), upTo(d.Place, 2)
	v[modal], v[preposition] = upTo(d.Modal, 2), upTo(d.Preposition, 2)
	if d.Reordered {
		v[reordered] = d.Shared
	}
	if d.Roles {
		v[roles] = d.Shared
	}
	if d.Exchanged {
		v[exchanged] = 1
	}
	v[fewWords] = 1 / (1 + float64(d.Words))
}

// sameSentence is the frame from which on two questions are one sentence with a few words changed.
const sameSentence = .6

// flipped reports whether one question is the other one with a negation, or asks about what excludes it,
// or has things in each other's place.
func (v *values) flipped() bool {
	return v[negation]+v[tense] > 0 || v[contrary] > 0 || v[exchanged] > 0
}

// ignoreOthers leaves of what is known about the answer from other questions only what speaks against it.
func (v *values) ignoreOthers() {
	v[agreement], v[labelsSame] = 0, 0
	v[pastDifferent], v[knownSpread] = min(v[pastDifferent], 0), min(v[knownSpread], 0)
}

func clip(x, least, most float64) float64 { return max(least, min(x, most)) }

func upTo(count, most int) float64 { return float64(min(count, most)) }
