package billing

import (
	"context"
	"slices"

	"github.com/sluicegate/sluice/gateway/billing/budget"
)

// remindGroups bounds the groups of one budget that Remind looks at, those with the most spending
// first.
const remindGroups = 1_000

// Remind tells Alerts, for each account in its current period, the highest share of its limit that
// was reached. So a crossing that nobody told is told after all: of a process that died, or of
// reservations that were swept.
func (s *Service) Remind(ctx context.Context) error {
	if s.cfg.Alerts == nil {
		return nil
	}
	for keys := range slices.Chunk(s.book.keys(), balancesAtOnce) {
		balances, err := s.ledger.Balances(ctx, keys...)
		if err != nil {
			return err
		}
		for key, b := range balances {
			if a := s.book.ofKey(key); a != nil && a.limited() {
				a.mu.Lock()
				limit := a.limit
				a.mu.Unlock()
				s.remind(a.source, b.Spent, limit)
			}
		}
	}
	return s.remindLimits(ctx)
}

// remindLimits tells of the budgets and wallets.
func (s *Service) remindLimits(ctx context.Context) error {
	if s.cfg.Limits == nil {
		return nil
	}
	budgets, wallets := s.cfg.Limits.Every()
	now := s.cfg.Now()
	var owned []budget.Budget
	for _, b := range budgets {
		switch {
		case !b.Active(now):
			continue
		case b.Owner.Attribute != "":
			owned = append(owned, b)
			continue
		}
		groups, err := s.ledger.Groups(ctx, b.ID, now, remindGroups)
		if err != nil {
			return err
		}
		for _, g := range groups {
			of := budget.Source{Account: g.Account, Kind: budget.OfBudget, ID: b.ID, Name: b.Name, Workspace: b.Workspace, Group: g.Group, Resets: g.Ends}
			s.remind(of, g.Spent, b.Limit)
		}
	}
	uses, err := s.Uses(ctx, owned...)
	if err != nil {
		return err
	}
	for i, b := range owned {
		s.remind(b.Source(nil, now), uses[i].Spent, b.Limit)
	}
	for _, w := range wallets {
		of := w.Source()
		balances, err := s.ledger.Balances(ctx, of.Account)
		if err != nil {
			return err
		}
		s.remind(of, balances[of.Account].Spent, w.Credited)
	}
	return nil
}

func (s *Service) remind(of budget.Source, spent, limit int64) {
	percent := crossed(0, spent, limit, s.cfg.AlertShares)
	if percent == 0 {
		return
	}
	s.cfg.Alerts.Reached(crossing(&of, percent, limit, spent, s.cfg.Now()))
}
