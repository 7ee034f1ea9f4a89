package billing

import (
	"context"
	"time"

	"github.com/sluicegate/sluice/gateway/billing/budget"
	"github.com/sluicegate/sluice/gateway/billing/ledger"
)

// Use is what was spent and reserved of a budget without groups in its present period.
type Use struct {
	ledger.Balance
	Resets time.Time // when the next period begins; zero: never
}

// Uses tells of several budgets, none of which has groups, in their order.
func (s *Service) Uses(ctx context.Context, budgets ...budget.Budget) ([]Use, error) {
	s.writer.Settled(ctx)
	now := s.cfg.Now()
	out, accounts := make([]Use, len(budgets)), make([]string, len(budgets))
	for i, b := range budgets {
		of := b.Source(nil, now)
		out[i].Resets, accounts[i] = of.Resets, of.Account
	}
	for start := 0; start < len(accounts); start += balancesAtOnce {
		balances, err := s.ledger.Balances(ctx, accounts[start:min(start+balancesAtOnce, len(accounts))]...)
		if err != nil {
			return nil, err
		}
		for i := start; i < min(start+balancesAtOnce, len(accounts)); i++ {
			out[i].Balance = balances[accounts[i]]
		}
	}
	return out, nil
}
