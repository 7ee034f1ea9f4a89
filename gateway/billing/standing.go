package billing

import (
	"context"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// standing is how much is used of each budget and wallet, as the ledger told last. One of which
// it has told nothing yet is left out.
func standing(accounts []*account) []gateway.BudgetFact {
	var out []gateway.BudgetFact
	for _, a := range accounts {
		a.mu.Lock()
		if !a.balanceAt.IsZero() {
			out = append(out, gateway.BudgetFact{Account: a.source.Account, Limit: a.limit, Spent: a.spent, Period: string(a.source.Period), Resets: a.source.Resets})
		}
		a.mu.Unlock()
	}
	return out
}

// How old balances may be that other processes move and a caller is told, and how long an answer
// waits for newer ones.
const (
	usedAge     = 5 * time.Second
	usedTimeout = 250 * time.Millisecond
)

// Used is how much is used now of the budgets and wallets that the last attempt of an exchange
// counts against. Where none does, because the cache answered or the call costs nothing, these are the
// budgets that the caller and the body alone tell, and the wallet.
func (s *Service) Used(ctx context.Context, ex *gateway.Exchange) []gateway.BudgetFact {
	var accounts []*account
	for _, b := range ex.Facts.Budgets {
		if a := s.book.named(b.Account); a != nil {
			accounts = append(accounts, a)
		}
	}
	if len(accounts) > 0 {
		return standing(accounts)
	}
	accounts, err := s.accountsOf(ex)
	if err != nil {
		return nil
	}
	var old []string
	for _, a := range accounts {
		if at := a.balanceTime(); at.IsZero() || s.shared != nil && time.Since(at) > usedAge {
			old = append(old, a.source.Account)
		}
	}
	if len(old) > 0 {
		ctx, cancel := context.WithTimeout(ctx, usedTimeout)
		defer cancel()
		if balances, err := s.ledger.Balances(ctx, old...); err == nil { // else what was told last is told
			s.book.setBalances(old, balances, time.Now())
		}
	}
	return standing(accounts)
}
