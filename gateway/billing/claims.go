package billing

import (
	"context"
	"math"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing/budget"
	"github.com/sluicegate/sluice/gateway/billing/ledger"
)

// usefulOutput is the number of output tokens below which a call without a limit of its own
// rather waits for money that others have reserved.
const usefulOutput = 1_024

// grant is what the accounts of a call gave to it.
type grant struct {
	amount int64 // nano-USD
	output int64 // tokens of one answer
}

// accountsOf are the accounts of everything that limits what a call costs, at this moment.
func (s *Service) accountsOf(ex *gateway.Exchange) ([]*account, error) {
	var out []*account
	if ex.Principal != nil && ex.Principal.Budgeted {
		a := s.book.ofKey(ex.Principal.APIKey)
		if a == nil {
			return nil, keyDeleted()
		}
		if a.limited() {
			out = append(out, a)
		}
	}
	s.cfg.Limits.Concerning(ex, s.cfg.Now(), func(of budget.Source, limit int64) { out = append(out, s.book.of(of, limit)) })
	return out, nil
}

// claim sets aside, durably, the most that a call can cost, in all of its accounts or in none; r
// has the id. If only calls in flight block it, it waits up to patience for them to settle, and
// returns how long it has waited. Without accounts it does nothing.
//
// A call without a limit of its own gets as many output tokens as the money that nobody
// has reserved affords.
func (s *Service) claim(ctx context.Context, ex *gateway.Exchange, r ledger.Reservation, d *demand, patience time.Duration) (accounts []*account, g grant, waited time.Duration, err error) {
	timer := time.NewTimer(max(patience, 0))
	defer timer.Stop()
	wake := make(waiter, 1)
	for late, again := false, false; ; again = true {
		if accounts, err = s.accountsOf(ex); err != nil || len(accounts) == 0 { // a period may have ended, a budget may be gone
			return nil, grant{}, waited, err
		}
		if again { // before it asks, so that no change is missed
			for _, a := range accounts {
				a.await(wake)
			}
		}
		var short *account
		var ok bool
		g, short, ok, err = s.ask(ctx, accounts, r, d, late)
		switch {
		case ok || err != nil:
		case late:
			err = short.reservedUp()
		case again:
			began := time.Now()
			select {
			case <-wake:
			case <-ctx.Done():
				err = callerLeft(ctx.Err())
			case <-timer.C:
				late = true
			}
			waited += time.Since(began)
		}
		if again {
			for _, a := range accounts {
				a.leave(wake)
			}
		}
		if ok || err != nil {
			return accounts, g, waited, err
		}
	}
}

// ask asks the ledger for what the accounts seem to have. It is neither ok nor an error if the call
// should wait; short is then the account that has too little.
func (s *Service) ask(ctx context.Context, accounts []*account, r ledger.Reservation, d *demand, late bool) (g grant, short *account, ok bool, err error) {
	for {
		if g, short, ok, err = offer(accounts, d, late, s.cfg.Now()); !ok {
			return grant{}, short, false, err
		}
		if s.shared != nil && g.output < d.output && !late && s.outdated(accounts) { // less than it could be, perhaps
			return grant{}, short, false, nil
		}
		r.Amount, r.Claims = g.amount, r.Claims[:0:0]
		for _, a := range accounts {
			r.Claims = append(r.Claims, a.claim())
			a.expect(g.amount)
		}
		granted, err := s.writer.Reserve(ctx, r)
		if err != nil {
			if err == ctx.Err() {
				err = callerLeft(err)
			}
			for _, a := range accounts {
				a.expect(-g.amount)
			}
			return grant{}, short, false, err
		}
		if granted {
			return g, short, true, nil
		}
	}
}

// outdated reports whether other processes may have settled since the ledger told the balances.
func (s *Service) outdated(accounts []*account) bool {
	for _, a := range accounts {
		if time.Since(a.balanceTime()) > 2*pollEvery {
			return true
		}
	}
	return false
}

// claim is a reservation's part of the account.
func (a *account) claim() ledger.Claim {
	a.mu.Lock()
	defer a.mu.Unlock()
	c := ledger.Claim{Account: a.source.Account, Limit: a.limit, Group: a.source.Group, Ends: a.source.Resets}
	if a.noLimit {
		c.Limit = math.MaxInt64
	}
	if a.source.Kind == budget.OfBudget {
		c.Budget = a.source.ID
	}
	return c
}

// offer is what all accounts can give now. It is neither ok nor an error if the call should wait;
// late says that it has waited long enough. short is the account with the least to give.
func offer(accounts []*account, d *demand, late bool, now time.Time) (g grant, short *account, ok bool, err error) {
	all := grant{d.cost(d.output), d.output}
	least := all.amount
	if d.open {
		least = d.cost(1)
	}
	var tightest room
	for _, a := range accounts {
		r, err := a.room(least, now)
		if err != nil {
			return grant{}, a, false, err
		}
		if short == nil || r.free < tightest.free {
			short, tightest = a, r
		}
	}
	switch {
	case all.amount <= tightest.free:
		return all, short, true, nil
	case !d.open:
		return grant{}, short, false, nil
	}
	n := d.affords(tightest.free)
	if n >= usefulOutput || n >= 1 && (late || !tightest.reserved) {
		return grant{d.cost(n), n}, short, true, nil
	}
	return grant{}, short, false, nil
}
