package billing

import (
	"sync"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing/ledger"
)

// An answer that the vendor writes in the background outlives its exchange, and nobody knows yet
// what it costs. The exchange is not charged, and its reservation stays. The first exchange that
// retrieves the answer with its usage is charged, and settles. A reservation of which nobody
// retrieves the usage costs what was reserved: after unfinishedFor, or at the next start, when the
// ledger counts it as spent.
const (
	unfinishedFor = 24 * time.Hour
	maxUnfinished = 10_000
)

// unfinished are the background answers of this process that are not charged yet. The zero value is
// ready for use.
type unfinished struct {
	mu   sync.Mutex
	open map[string]*openAnswer // by the id of the exchange that began them
}

// openAnswer is one of them.
type openAnswer struct {
	since    time.Time
	reserved *reservation // nil: nothing limits what it costs
}

// leaveOpen keeps what an exchange has reserved until its answer is retrieved.
func (s *Service) leaveOpen(ex *gateway.Exchange, r *reservation) {
	now := s.cfg.Now()
	u := &s.unfinished
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.open == nil {
		u.open = map[string]*openAnswer{}
	}
	for id, o := range u.open {
		if now.Sub(o.since) > unfinishedFor {
			delete(u.open, id)
			s.settleWhole(o)
		}
	}
	o := &openAnswer{since: now, reserved: r}
	if before := u.open[ex.ID]; before != nil { // of an attempt whose answer was not used
		s.settleWhole(before)
	}
	if len(u.open) >= maxUnfinished {
		s.settleWhole(o)
		return
	}
	u.open[ex.ID] = o
}

// settleWhole ends the reservation of an answer whose cost nobody has learned.
func (s *Service) settleWhole(o *openAnswer) {
	if r := o.reserved; r != nil {
		s.settle(r, ledger.Settlement{Amount: r.grant.amount, Cost: r.grant.amount, Counted: true}, false)
	}
}

// take returns an answer that is not charged yet, and forgets it; nil if there is none.
func (u *unfinished) take(exchange string) *openAnswer {
	u.mu.Lock()
	defer u.mu.Unlock()
	o := u.open[exchange]
	delete(u.open, exchange)
	return o
}

// retrieved charges a retrieval if it is the first with the usage. It runs once.
func (a *attempt) retrieved(ex *gateway.Exchange, _ error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.usage == nil {
		return
	}
	begun := ex.Request.Begun
	o := a.service.unfinished.take(begun.Exchange)
	switch {
	case o != nil:
		a.reserved = o.reserved
	case !begun.At.Before(a.service.started): // charged before
		return
	}
	a.text = gateway.TokenCount{} // the usage counts, whoever left before the end
	a.settle(ex, nil)
}
