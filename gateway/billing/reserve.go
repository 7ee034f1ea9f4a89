package billing

import (
	"context"
	"strconv"
	"sync"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing/ledger"
	"github.com/sluicegate/sluice/gateway/billing/tariff"
)

// Reserve is the stage that bounds, meters and charges one attempt. It stands inside the
// Router, next to the upstream call, so that it sees the final body; it appends to
// Facts.Charges when the attempt ends, however it ends.
//
// Where budgets or a wallet concern the call, it first reserves in all of them the most that the
// attempt can cost, and settles with the real cost. If the body has no limit of output tokens that vendors obey,
// it writes one.
//
// What the caller pays is by pricing; nil = what the vendor bills.
func (s *Service) Reserve(book tariff.Catalog, pricing tariff.Pricing) gateway.Stage {
	r := tariff.Rates{Book: book, Pricing: pricing, ByCost: s.cfg.CountCost}
	return gateway.Stage{Name: "reserve", Wrap: func(next gateway.Handler) gateway.Handler {
		return func(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
			if ex.Target == nil || ex.Request.Op == gateway.OpCountTokens { // which costs nothing
				return next(ctx, ex)
			}
			a := &attempt{service: s, rates: r, next: next, target: ex.Target, billed: isBilled(ex.Request)}
			if ex.Request.Realtime != nil {
				a.session = &session{ctx: ctx, ex: ex}
			}
			if ex.Request.Background != nil {
				return gateway.Account(a.answer, a.retrieved)(ctx, ex)
			}
			a.background = ex.Request.Parameters().Background
			if err := a.refuseUnpriced(ex); err != nil {
				return nil, err
			}
			var err error
			if ex, err = a.reserve(ctx, ex); err != nil {
				return nil, err
			}
			if a.background && a.reserved == nil {
				a.mark(ctx, ex)
			}
			if a.reserved != nil {
				ctx, a.release = outliving(ctx, s.graceOf(ex.Request))
			}
			return gateway.Account(a.answer, a.ended)(ctx, ex)
		}
	}}
}

// attempt meters one upstream call. It is the answer's stream as well.
type attempt struct {
	service *Service
	rates   tariff.Rates
	next    gateway.Handler
	target  *gateway.Target
	gateway.Stream

	reserved *reservation // nil: nothing limits what it costs
	session  *session     // nil: no realtime session
	release  func()       // ends the context of the upstream call; nil without a reservation

	background bool // the vendor may go on after the call has ended
	billed     bool // a model answers in any case, so that a usage that counts nothing is none

	reading sync.Mutex // held while Next runs
	closing sync.Once

	mu    sync.Mutex // Close may come while Next runs
	usage *gateway.Usage
	early *gateway.Usage     // of the input, told before the answer
	text  gateway.TokenCount // of the answer, since the last report of usage
	over  bool               // the answer is complete

	beside []gateway.ModelUsage // of the answer, besides usage; the model "" is the answer's

	// What work that has ended used, as far as usage does not tell.
	model  string               // that usage is of; "" = the one that was asked, or that answered
	others []gateway.ModelUsage // of other models
}

// reservation is what one attempt has reserved of its budgets.
type reservation struct {
	id       string
	apiKey   string
	provider string
	accounts []*account
	demand   *demand
	grant    grant
}

// reserve sets aside, durably in the ledger, the most that the attempt can cost. It returns the
// exchange with the limit that goes upstream. An attempt that nothing limits does no I/O.
func (a *attempt) reserve(ctx context.Context, ex *gateway.Exchange) (*gateway.Exchange, error) {
	s := a.service
	a.settleUnused(ex)
	if pass := ex.Request.Pass; pass != nil && pass.Owed {
		return ex, nil
	}
	accounts, err := s.accountsOf(ex)
	if err != nil || len(accounts) == 0 {
		return ex, err
	}
	defer func() { ex.Facts.Budgets = standing(accounts) }()
	d, err := demandOf(a.rates, a.target, ex.Request, ex)
	if err != nil {
		return nil, err
	}
	r := &reservation{id: s.reservationID(ex), apiKey: ex.Principal.APIKey, provider: a.target.Provider, demand: d}
	lease := s.lease()
	switch {
	case d.work > 0:
		lease = workLease
	case a.background:
		lease = answerLease
	}
	var waited time.Duration
	r.accounts, r.grant, waited, err = s.claim(ctx, ex, ledger.Reservation{ID: r.id, APIKey: r.apiKey, At: s.cfg.Now(), Lease: lease}, d, s.cfg.Patience-ex.Facts.Queued)
	ex.Facts.Queued += waited
	if err != nil || len(r.accounts) == 0 {
		return ex, err
	}
	for _, account := range r.accounts {
		account.hold()
	}
	switch {
	case a.background:
		ex.Facts.Unsettled = &gateway.WorkReservation{ID: r.id, APIKey: r.apiKey, Amount: r.grant.amount, Until: s.cfg.Now().Add(answerLease)}
	case d.work == 0:
		s.leases.add(r.id)
	}
	if d.open {
		req, err := ex.Request.WithMaxOutput(r.grant.output)
		if err != nil {
			s.settle(r, ledger.Settlement{}, false)
			return nil, err
		}
		ex = ex.With(req)
	}
	a.reserved = r
	return ex, nil
}

// refuseUnpriced refuses models without a price where the workspace's policy does.
func (a *attempt) refuseUnpriced(ex *gateway.Exchange) error {
	if !a.rates.Unpriced(ex.Principal).Deny {
		return nil
	}
	names, _ := ex.Request.Dialect.Models(ex.Request.Raw)
	work := ex.Request.Pass != nil && ex.Request.Pass.Work != nil
	for _, model := range names {
		if work {
			model = a.target.Settings.ModelOf(model)
		}
		if !a.rates.Counts(a.rates.Of(ex, a.target, model)) {
			return unpricedDenied(a.target, model)
		}
	}
	return nil
}

// answer calls the provider.
func (a *attempt) answer(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
	s, err := a.next(ctx, ex)
	if err != nil {
		return nil, err
	}
	a.Stream = s
	return a, nil
}

func (a *attempt) Next() (gateway.Chunk, error) {
	a.reading.Lock()
	defer a.reading.Unlock()
	c, err := a.read()
	if err == nil && c.Cost != nil && c.Cost.Begins != nil {
		if err := a.raise(c.Cost.Begins); err != nil {
			return gateway.Chunk{}, err
		}
	}
	return c, err
}

// Close implements gateway.Stream.
func (a *attempt) Close() (err error) {
	a.closing.Do(func() {
		a.readOn()
		err = a.Stream.Close()
	})
	return err
}

// read reads one chunk and counts it. The caller holds reading.
func (a *attempt) read() (c gateway.Chunk, err error) {
	c, err = a.Stream.Next()
	a.mu.Lock()
	defer a.mu.Unlock()
	if c.Cost != nil {
		a.observe(c.Cost)
	}
	if c.Early != nil {
		a.early = clamped(c.Early)
	}
	if u := clamped(c.Usage); u != nil && (!a.billed || usedAny(*u)) {
		a.usage = u
		if !a.billed || u.Output > 0 {
			a.text = gateway.TokenCount{}
			return c, err
		}
	}
	for i := range c.Deltas {
		a.count(&c.Deltas[i])
		a.over = a.over || c.Deltas[i].Finish != ""
	}
	return c, err
}

func clamped(u *gateway.Usage) *gateway.Usage {
	if u == nil {
		return nil
	}
	c := tariff.ClampUsage(*u)
	return &c
}

// isBilled reports a call for which a model reads and writes: none that is passed on, none that asks for an
// answer that was begun before, and no session, which may end before anybody says a word.
func isBilled(r *gateway.Request) bool {
	switch r.Op {
	case gateway.OpChat, gateway.OpCompact, gateway.OpCompletions, gateway.OpEmbeddings:
		return r.Background == nil
	}
	return false
}

// count counts what the model wrote. The caller holds mu.
func (a *attempt) count(d *gateway.Delta) {
	a.text.Add(d.Text)
	a.text.Add(d.Reasoning)
	a.text.Add(d.Refusal)
	for i := range d.Tools {
		a.text.Add(d.Tools[i].Name)
		a.text.Add(d.Tools[i].Args)
	}
}

// ended charges the attempt, and settles. It runs once.
func (a *attempt) ended(ex *gateway.Exchange, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.reserved != nil {
		a.release()
	}
	if a.background && a.Stream != nil && a.usage == nil && !a.over {
		a.leaveOpen()
		return
	}
	a.unmark(ex)
	if a.keepsWorking(ex, err) {
		a.leaveWorking(ex)
	} else {
		a.takeWork(ex)
	}
	a.settle(ex, err)
}

// settle charges the attempt, and ends its reservation. The caller holds mu.
func (a *attempt) settle(ex *gateway.Exchange, err error) {
	charges, with, overBound := a.bill(ex, err, a.reserved)
	if a.reserved != nil {
		a.service.settle(a.reserved, with, overBound)
		if a.session != nil {
			for _, r := range a.session.raised {
				a.service.settle(r, ledger.Settlement{}, false)
			}
		}
	}
	ex.Facts.Charges = append(ex.Facts.Charges, charges...)
}

// bill is what the attempt is charged, and how that settles r, if it is not nil. The caller holds mu.
func (a *attempt) bill(ex *gateway.Exchange, err error, r *reservation) (charges []gateway.Charge, with ledger.Settlement, overBound bool) {
	c, charged := a.charge(ex, err)
	charges = a.otherCharges(ex)
	if r != nil {
		amount, cost := a.rates.Counted(c.Cost), c.Cost.Nano
		unknown := charged && !c.Cost.Known && usedAny(c.Usage)
		for i := range charges {
			unknown = unknown || a.beside != nil && !charges[i].Cost.Known
			amount, cost = addSaturating(amount, a.rates.Counted(charges[i].Cost)), addSaturating(cost, charges[i].Cost.Nano)
		}
		if unknown { // the reservation is the most that it can have cost
			amount = max(amount, r.grant.amount)
		}
		overBound = amount > r.grant.amount && !r.demand.unbound
		c.Cost.OverBound = overBound
		with = ledger.Settlement{Amount: amount, Cost: cost, Counted: c.Cost.Basis == gateway.CostCounted}
	}
	if charged {
		charges = append(charges, c)
	}
	return charges, with, overBound
}

// usedAny reports whether there is anything to pay for.
func usedAny(u gateway.Usage) bool {
	u.Terms = gateway.Terms{}
	return u != (gateway.Usage{})
}

// reservationID makes an id that no other attempt has, of this exchange or another one.
func (s *Service) reservationID(ex *gateway.Exchange) string {
	return ex.ID + "-" + s.process + "-" + strconv.FormatUint(s.reservations.Add(1), 36)
}
