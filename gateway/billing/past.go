package billing

import (
	"context"
	"math"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing/budget"
	"github.com/sluicegate/sluice/gateway/billing/ledger"
)

// PastCall is a call that was made before, with what it cost.
type PastCall struct {
	ID       string // no other call of the ledger has it
	By       *gateway.Principal
	At       time.Time
	Provider string
	Price    int64 // nano-USD that the caller pays
	Cost     int64 // nano-USD that the provider bills
}

// Book charges past calls to the budgets that concern their callers, in the periods in which they were
// made, and to wallets, whatever the limits are. It announces nothing. Budgets that ask for a target
// are left out.
func (s *Service) Book(ctx context.Context, calls []PastCall) error {
	var reservations []ledger.Reservation
	var settlements []ledger.Settlement
	for i := range calls {
		c := &calls[i]
		r := ledger.Reservation{ID: c.ID, APIKey: c.By.APIKey, Amount: c.Price, At: c.At, Lease: s.lease()}
		ex := &gateway.Exchange{ID: c.ID, Principal: c.By, Envelope: &gateway.Envelope{}, Facts: &gateway.Facts{}}
		s.cfg.Limits.Concerning(ex, c.At, func(of budget.Source, _ int64) {
			claim := newAccount(of, 0).claim()
			claim.Limit = math.MaxInt64
			r.Claims = append(r.Claims, claim)
		})
		if len(r.Claims) > 0 {
			reservations = append(reservations, r)
			settlements = append(settlements, ledger.Settlement{Reservation: c.ID, APIKey: c.By.APIKey, Amount: c.Price, Cost: c.Cost, Provider: c.Provider})
		}
	}
	if len(reservations) == 0 {
		return nil
	}
	if _, err := s.ledger.Post(ctx, reservations, nil); err != nil {
		return err
	}
	_, err := s.ledger.Post(ctx, nil, settlements)
	return err
}
