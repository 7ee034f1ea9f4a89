package billing

import (
	"context"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing/ledger"
)

// An answer that the vendor writes in the background outlives its exchange and perhaps its process, and
// nobody knows yet what it costs. Its reservation stands in the ledger from before the vendor is asked, and
// its id is kept with the answer. The first exchange that retrieves the usage, in whatever process, settles
// the reservation and is charged: the ledger ends a reservation once, so that of several retrievals one is
// the first. A reservation of which nobody retrieves the usage counts as spent when its lease ends.
//
// Where nothing limits what an answer costs, a reservation of nothing stands in its place, which only tells
// whether it was charged.
const (
	answerLease   = 24 * time.Hour
	unlimitedLeft = 30 * 24 * time.Hour // for as long as responses are kept
	// markTimeout is how long a call that nothing limits waits for the ledger.
	markTimeout = time.Second
	// firstTimeout is how long a retrieval waits for the ledger to tell whether it is the first.
	firstTimeout = 5 * time.Second
)

// mark notes in the ledger that a background answer which nothing limits is not charged yet. If that fails,
// whatever retrieves its usage is charged.
func (a *attempt) mark(ctx context.Context, ex *gateway.Exchange) {
	ctx, cancel := context.WithTimeout(ctx, markTimeout)
	defer cancel()
	s := a.service
	r := ledger.Reservation{ID: s.reservationID(ex), At: s.cfg.Now(), Lease: unlimitedLeft}
	if ex.Principal != nil {
		r.APIKey = ex.Principal.APIKey
	}
	if granted, err := s.writer.Reserve(ctx, r); err == nil && granted {
		ex.Facts.Unsettled = &gateway.WorkReservation{ID: r.ID, APIKey: r.APIKey, Until: r.At.Add(r.Lease)}
	}
}

// unmark forgets what would stand after the exchange: the answer is charged now. The caller holds mu.
func (a *attempt) unmark(ex *gateway.Exchange) {
	if of := ex.Facts.Unsettled; of != nil && a.background && a.reserved == nil {
		a.service.writer.Settle(ledger.Settlement{Reservation: of.ID, APIKey: of.APIKey})
	}
	ex.Facts.Unsettled = nil
}

// settleUnused ends the reservation of an earlier attempt of the exchange whose answer is not used, so that
// nobody retrieves it.
func (a *attempt) settleUnused(ex *gateway.Exchange) {
	if of := ex.Facts.Unsettled; of != nil {
		a.service.writer.Settle(ledger.Settlement{Reservation: of.ID, APIKey: of.APIKey, Amount: of.Amount, Cost: of.Amount, Counted: true})
		ex.Facts.Unsettled = nil
	}
}

// leaveOpen lets the reservation of an answer stand after its exchange. The caller holds mu.
func (a *attempt) leaveOpen() {
	if r := a.reserved; r != nil {
		for _, account := range r.accounts {
			account.release(r.apiKey, false)
		}
		a.reserved = nil
	}
}

// retrieved charges a retrieval if it is the first with the usage. It runs once.
func (a *attempt) retrieved(ex *gateway.Exchange, _ error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.usage == nil {
		return
	}
	a.text = gateway.TokenCount{} // the usage counts, whoever left before the end
	of := ex.Request.Background.Reservation
	if of == nil { // of an answer from before reservations outlived their process: it counts as spent
		charges, _, _ := a.bill(ex, nil, nil)
		ex.Facts.Charges = append(ex.Facts.Charges, charges...)
		return
	}
	r := &reservation{id: of.ID, apiKey: of.APIKey, provider: a.target.Provider, grant: grant{amount: of.Amount}, demand: &demand{unbound: of.Amount == 0}}
	charges, with, overBound := a.bill(ex, nil, r)
	if a.service.settleFirst(ex, r, with, overBound) || a.service.cfg.Now().After(of.Until) {
		ex.Facts.Charges = append(ex.Facts.Charges, charges...)
	}
}

// settleFirst ends the reservation of an answer, and reports whether that was not done before. A ledger that
// does not answer settles later; the answer then seems to be retrieved for the first time.
func (s *Service) settleFirst(ex *gateway.Exchange, r *reservation, with ledger.Settlement, overBound bool) bool {
	with.Reservation, with.APIKey, with.Provider = r.id, r.apiKey, r.provider
	accounts, err := s.accountsOf(ex)
	if err != nil { // the API key was deleted meanwhile
		accounts = nil
	}
	for _, account := range accounts {
		with.ClosedAt = max(with.ClosedAt, account.retrieved(r.apiKey, overBound))
	}
	ctx, cancel := context.WithTimeout(context.Background(), firstTimeout)
	defer cancel()
	first, err := s.writer.SettleFirst(ctx, with)
	return first || err != nil
}
