package gateway

import "time"

// Ranking is the order in which a cheapest or fastest node asks its children for one call, and why.
type Ranking struct {
	Node   string // path
	Mode   Mode
	Places []Place // the child that is asked first comes first
}

// Place is one child of a node that ranks. Without a Reason it has its place by its figure.
type Place struct {
	Node   string        // path
	Known  bool          // the figure of the mode is known
	Cost   int64         // of cheapest: what the call is estimated to cost, nano-USD
	Time   time.Duration // of fastest: what calls took lately until the first chunk
	Reason RankReason
}

// RankReason is why a child has another place than that of its figure.
type RankReason string

// The reasons. All but RankTried and RankExplored put a child behind those that have none.
const (
	RankByFigure   RankReason = ""
	RankUnpriced   RankReason = "unpriced"   // cheapest: no price is known for the call
	RankUnmeasured RankReason = "unmeasured" // fastest: it has not answered such a call yet
	RankTried      RankReason = "tried"      // fastest: it comes first, to be measured
	RankExplored   RankReason = "explored"   // fastest: it comes first, to be measured again
	RankFailing    RankReason = "failing"    // fastest: it has failed lately
	RankRefused    RankReason = "refused"    // the call may not use it, or does not fit it
)
