package gateway

// Cost is what attempts cost, in nano-USD (1e-9 USD): Nano is what the vendors bill, Charged what
// the caller pays. Known and ChargedKnown are false if a price is missing: an unknown amount is not 0.
type Cost struct {
	Nano      int64
	Known     bool
	Assumed   bool      // no price is known, and Nano is by a ceiling
	Partial   bool      // a unit that was used has no price, or the tier: Nano is by the prices that are known
	Basis     CostBasis // "" if nothing was charged
	OverBound bool      // a vendor billed more than the limits in its request allow
	Saved     int64     // cost avoided by a cache hit
	Price     string    // version of the price, e.g. "openai/gpt-5@2026-08-01", "virtual_key" or "ceiling"

	Charged      int64
	ChargedKnown bool
	Rule         string // name of the price rule that Charged follows; "" = Charged is the cost
}

// CostState tells what Cost.Nano rests on.
type CostState string

// The states.
const (
	CostKnown   CostState = "known"
	CostUnknown CostState = "unknown" // a price is missing
	CostCeiling CostState = "ceiling" // a price is missing, and a ceiling takes its place
	CostPartial CostState = "partial" // a unit that was used has no price, or the service tier has none
)

// State tells what Nano rests on.
func (c *Cost) State() CostState {
	switch {
	case !c.Known:
		return CostUnknown
	case c.Assumed:
		return CostCeiling
	case c.Partial:
		return CostPartial
	}
	return CostKnown
}

// CostBasis tells how the tokens of a Cost were counted.
type CostBasis string

// The bases.
const (
	CostReported CostBasis = "reported" // the vendor reported them
	CostCounted  CostBasis = "counted"  // some are estimates: an answer was cut, or had no usage
)

// Charge is the cost of one attempt.
type Charge struct {
	Target string // config path
	Cost   Cost
	Usage  Usage
	Lines  []PriceLine // what Cost.Nano adds up; none if no price is known
}
