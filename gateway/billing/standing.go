package billing

import "github.com/sluicegate/sluice/gateway"

// standing is how much is used of each budget and wallet that the exchange counts against, as the
// ledger told last. One of which it has told nothing yet is left out.
func (s *Service) standing(ex *gateway.Exchange) []gateway.BudgetFact {
	accounts, err := s.accountsOf(ex)
	if err != nil {
		return nil // the call itself was refused for it
	}
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
