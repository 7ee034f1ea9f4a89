package gateway

import "time"

// BudgetFact is how much of one budget is used that the cost of an exchange counts against.
type BudgetFact struct {
	Account      string    // names its group and period in the ledger
	Limit, Spent int64     // nano-USD
	Period       string    // "day", "week", "month" or "life"
	Resets       time.Time // when the next period begins; zero: never
}

// Used is the part of the budget that is spent.
func (b *BudgetFact) Used() float64 {
	if b.Limit <= 0 {
		return 1
	}
	return float64(b.Spent) / float64(b.Limit)
}

// FullestBudget is the one of several of which the largest part is used; of spent ones the one that
// begins anew last. It is nil if there is none.
func FullestBudget(budgets []BudgetFact) *BudgetFact {
	var found *BudgetFact
	for i := range budgets {
		b := &budgets[i]
		spent, before := b.Used() >= 1, found != nil && found.Used() >= 1
		switch {
		case found == nil, spent && !before:
			found = b
		case spent && before:
			if b.Resets.IsZero() || !found.Resets.IsZero() && b.Resets.After(found.Resets) {
				found = b
			}
		case !before && b.Used() > found.Used():
			found = b
		}
	}
	return found
}
