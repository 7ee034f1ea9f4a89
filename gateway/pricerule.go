package gateway

// PriceFactor is a factor in millionths: 1.2 is 1_200_000.
type PriceFactor int64

// FactorOne leaves an amount as it is.
const FactorOne PriceFactor = 1_000_000

// PriceRule says what a caller pays for an attempt, in place of what the vendor bills.
type PriceRule struct {
	Name   string
	Factor PriceFactor // of the cost
	Price  *Price      // of the tokens, whatever they cost; Factor is not used then
}

// UnpricedModels says what becomes of calls to models whose price is not known. The zero value
// refuses those that count against a budget, and lets the others pass with an unknown cost.
type UnpricedModels struct {
	Deny    bool   `json:"deny,omitempty"`    // refuse all
	Ceiling *Price `json:"ceiling,omitempty"` // reserve and charge this price instead; nil = none
}
