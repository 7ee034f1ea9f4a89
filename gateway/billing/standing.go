package billing

import "github.com/sluicegate/sluice/gateway"

// standing is how much is used of each budget and wallet, as the ledger told last. One of which
// it has told nothing yet is left out.
func standing(accounts []*account) []gateway.BudgetFact {
	var out []gateway.BudgetFact
	for _, a := range accounts {
		a.mu.Lock()
		if !a.told.IsZero() {
			out = append(out, gateway.BudgetFact{Limit: a.limit, Spent: a.spent, Period: string(a.source.period), Resets: a.source.resets})
		}
		a.mu.Unlock()
	}
	return out
}
