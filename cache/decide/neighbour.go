package decide

import (
	"time"

	"github.com/sluicegate/sluice/cache/key"
	"github.com/sluicegate/sluice/cache/match"
)

// Neighbours is how many near questions the models were trained with. Fewer will do, but the
// margin to another answer is then seen less often.
const Neighbours = 8

// Neighbour is a stored question near the one asked.
type Neighbour struct {
	Similarity float64 // cosine of the embeddings
	Text       string
	Age        time.Duration // since its answer was stored or last confirmed
	Group      Group
	Compared   *Comparison // nil: Decide compares the texts
}

// Comparison is what two texts differ in. Who decides about the same texts again and again
// makes it once.
type Comparison struct {
	refusal     string
	differences match.Differences
}

// Compare compares the text asked with that of a neighbour.
func Compare(asked, stored string) *Comparison {
	return compare(match.ReadWording(asked), match.ReadWording(stored))
}

func compare(asked, stored *match.Wording) *Comparison {
	c := &Comparison{refusal: match.Refusal(asked, stored)}
	if c.refusal == "" {
		c.differences = match.Compare(asked, stored)
	}
	return c
}

// Group is what is known about an answer and the stored questions that share it. The zero
// value is an answer of one question about which nothing is known.
type Group struct {
	ID        key.Digest // of the answer; neighbours with one ID share it. Zero: nobody shares it
	Questions int        // stored questions that share the answer

	// Later questions near one of the group's, as they turned out: how many had the same
	// answer or another one. Old labels may count less.
	Same, Different float64

	LeastSame     float64 // least similarity of a question with the same answer; 0 if there is none
	MostDifferent float64 // greatest similarity of a question with another answer; 0 if there is none
}
