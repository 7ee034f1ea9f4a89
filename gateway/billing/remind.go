package billing

import (
	"context"
	"maps"
	"slices"
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
	return s.cfg.Limits.remind(ctx, s)
}

// remind tells of the budgets and wallets.
func (l *Limits) remind(ctx context.Context, s *Service) error {
	if l == nil {
		return nil
	}
	l.mu.Lock()
	budgets := append(slices.Clone(l.declared), slices.Collect(maps.Values(l.stored))...)
	wallets := slices.Collect(maps.Values(l.wallets))
	l.mu.Unlock()
	now := s.cfg.Now()
	var owned []Budget
	for _, b := range budgets {
		switch {
		case !b.Ends.IsZero() && !now.Before(b.Ends):
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
			of := source{account: g.Account, kind: OfBudget, id: b.ID, name: b.Name, workspace: b.Workspace, group: g.Group, resets: g.Ends}
			s.remind(of, g.Spent, b.Limit)
		}
	}
	uses, err := s.Uses(ctx, owned...)
	if err != nil {
		return err
	}
	for i, b := range owned {
		s.remind(activate(b).source(nil, now), uses[i].Spent, b.Limit)
	}
	for _, w := range wallets {
		of := w.source()
		balances, err := s.ledger.Balances(ctx, of.account)
		if err != nil {
			return err
		}
		s.remind(of, balances[of.account].Spent, w.Credited)
	}
	return nil
}

func (s *Service) remind(of source, spent, limit int64) {
	percent := crossed(0, spent, limit, s.cfg.AlertShares)
	if percent == 0 {
		return
	}
	s.cfg.Alerts.Reached(of.crossing(percent, limit, spent, s.cfg.Now()))
}
