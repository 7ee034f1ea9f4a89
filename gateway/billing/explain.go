package billing

import (
	"context"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing/budget"
	"github.com/sluicegate/sluice/gateway/billing/ledger"
)

// Explanation is one thing that limits what the calls of an API key cost.
type Explanation struct {
	Kind   budget.Kind
	ID     string
	Name   string // "" of an API key's own budget
	Each   bool   // it concerns each call of the key; else some of them, by what they ask for
	Budget *budget.Budget
	Limit  int64 // nano-USD; of a wallet what was credited

	Accounts []ExplainedAccount
	Guessed  bool // Accounts are all groups that calls of the key may be in, and others' calls are
}

// ExplainedAccount is what was spent and reserved of one group.
type ExplainedAccount struct {
	ledger.GroupBalance
	Starts       time.Time // of the period; zero: a lifetime
	Closed       bool      // no call passes until the budget is raised
	Reservations []ledger.Standing
}

// maxGroups bounds the groups of a budget that are listed.
const maxGroups = 100

// Explain lists everything that limits what the calls of an API key cost, with what is spent,
// reserved and by whom. p is the principal of the key.
func (s *Service) Explain(ctx context.Context, p *gateway.Principal) ([]Explanation, error) {
	s.writer.Settled(ctx)
	now := s.cfg.Now()
	var out []Explanation
	if a := s.book.ofKey(p.APIKey); a != nil && a.limited() {
		a.mu.Lock()
		limit := a.limit
		a.mu.Unlock()
		out = append(out, Explanation{Kind: budget.OfAPIKey, ID: p.APIKey, Each: true, Limit: limit, Accounts: []ExplainedAccount{explained(a.source)}})
	}
	for _, b := range s.cfg.Limits.Of(p.Workspace) {
		scope := b.Scope()
		some, each := scope.OfKey(p)
		if !some || !b.Active(now) {
			continue
		}
		e := Explanation{Kind: budget.OfBudget, ID: b.ID, Name: b.Name, Each: each, Budget: &b, Limit: b.Limit}
		var err error
		told := scope.ValuesOfKey(p)
		e.Guessed = len(told) < len(b.GroupBy)
		if e.Accounts, err = s.groupsOf(ctx, &b, told, now); err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	if w := s.cfg.Limits.WalletOf(p); w != nil {
		out = append(out, Explanation{Kind: budget.OfWallet, ID: w.ID, Name: w.Name, Each: true, Limit: w.Credited, Accounts: []ExplainedAccount{explained(w.Source())}})
	}
	for i := range out {
		if err := s.fill(ctx, &out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func explained(of budget.Source) ExplainedAccount {
	return ExplainedAccount{GroupBalance: ledger.GroupBalance{Account: of.Account, Group: of.Group, Ends: of.Resets}, Starts: of.Start}
}

// groupsOf are the accounts of a budget that calls with some of the groups' values have in the
// period of now: the one, where these are all.
func (s *Service) groupsOf(ctx context.Context, b *budget.Budget, told map[int]string, now time.Time) ([]ExplainedAccount, error) {
	if len(told) == len(b.GroupBy) {
		values := make([]string, len(told))
		for i, v := range told {
			values[i] = v
		}
		return []ExplainedAccount{explained(b.Source(values, now))}, nil
	}
	all, err := s.ledger.Groups(ctx, b.ID, now, maxGroups)
	if err != nil {
		return nil, err
	}
	start, end := b.Bounds(now)
	var out []ExplainedAccount
	for _, g := range all {
		if g.Ends.Equal(end) && b.HasGroup(g.Group, told) {
			out = append(out, ExplainedAccount{GroupBalance: g, Starts: start})
		}
	}
	return out, nil
}

// fill reads the balances and the reservations of the accounts.
func (s *Service) fill(ctx context.Context, e *Explanation) error {
	names := make([]string, len(e.Accounts))
	for i := range e.Accounts {
		names[i] = e.Accounts[i].Account
	}
	balances, err := s.ledger.Balances(ctx, names...)
	if err != nil {
		return err
	}
	for i := range e.Accounts {
		a := &e.Accounts[i]
		a.Balance = balances[a.Account]
		a.Closed = a.ClosedAt > 0 && a.ClosedAt >= e.Limit
		if a.Reserved == 0 {
			continue
		}
		if a.Reservations, err = s.ledger.Standing(ctx, a.Account); err != nil {
			return err
		}
	}
	return nil
}

// Entities lists the groups of a budget in its period, those with the most spending first.
func (s *Service) Entities(ctx context.Context, b budget.Budget) ([]ExplainedAccount, error) {
	s.writer.Settled(ctx)
	accounts, err := s.groupsOf(ctx, &b, nil, s.cfg.Now())
	if err != nil {
		return nil, err
	}
	e := Explanation{Limit: b.Limit, Accounts: accounts}
	return e.Accounts, s.fill(ctx, &e)
}

// WalletSpending returns what was spent and reserved of a wallet.
func (s *Service) WalletSpending(ctx context.Context, w budget.Wallet) (ledger.Balance, error) {
	s.writer.Settled(ctx)
	account := w.Source().Account
	balances, err := s.ledger.Balances(ctx, account)
	return balances[account], err
}

// Verify adds up the ledger.
func (s *Service) Verify(ctx context.Context) (ledger.Verification, error) {
	s.writer.Settled(ctx)
	return s.ledger.Verify(ctx)
}
