package keys

import (
	"context"
	"sync"

	"github.com/sluicegate/sluice/gateway"
)

// Meter is the stage that counts tokens and money. It stands behind the cache, so a hit
// costs nothing. It writes Facts.Usage and Facts.Cost when the exchange ends, however it
// ends, and holds and settles the budget of a key that has one.
func (s *Service) Meter(prices PriceBook) gateway.Stage {
	return gateway.Stage{Name: "meter", Wrap: func(next gateway.Handler) gateway.Handler {
		return func(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
			m := &meter{service: s, prices: prices, next: next}
			if ex.Principal != nil && ex.Principal.Budgeted {
				if err := m.reserve(ctx, ex); err != nil {
					return nil, err
				}
			}
			return gateway.Account(m.Answer, m.Ended)(ctx, ex)
		}
	}}
}

// meter watches one exchange. The lock is there because Close may come while Next runs.
type meter struct {
	service *Service
	prices  PriceBook
	next    gateway.Handler
	gateway.Stream

	mu    sync.Mutex
	usage gateway.Usage
	told  bool  // usage was reported
	seen  int64 // bytes of text that came

	budget *hold // nil: the key has none
}

// hold is what is reserved for one call.
type hold struct {
	account *account
	amount  int64
	open    bool  // the call has no upper bound
	input   int64 // bound of the input tokens
}

// Answer asks the next stage.
func (m *meter) Answer(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
	s, err := m.next(ctx, ex)
	if err != nil {
		return nil, err
	}
	m.Stream = s
	return m, nil
}

func (m *meter) Next() (gateway.Chunk, error) {
	c, err := m.Stream.Next()
	if c.Usage == nil && m.budget == nil {
		return c, err
	}
	m.mu.Lock()
	if c.Usage != nil {
		m.usage, m.told = sane(*c.Usage), true
	}
	if m.budget != nil {
		m.seen += written(&c)
	}
	m.mu.Unlock()
	return c, err
}

// written counts the bytes that a model wrote into a chunk: no fewer than its tokens.
func written(c *gateway.Chunk) int64 {
	n := 0
	for i := range c.Deltas {
		d := &c.Deltas[i]
		n += len(d.Text) + len(d.Reasoning) + len(d.Refusal)
		for j := range d.Tools {
			n += len(d.Tools[j].Name) + len(d.Tools[j].Args)
		}
	}
	return int64(n)
}

// reserve holds what the call can cost at the dearest of its targets.
func (m *meter) reserve(ctx context.Context, ex *gateway.Exchange) error {
	e := m.service.book.Load().byID[ex.Principal.APIKey]
	if e == nil {
		return refuseKey("keys.Meter", codeInvalid, "This API key was deleted.")
	}
	if e.account == nil {
		return nil
	}
	h := &hold{account: e.account, input: inputBound(ex.Request.Raw)}
	want, least, err := m.bounds(ex, h)
	if err != nil {
		return err
	}
	if h.amount, err = h.account.reserve(ctx, want, least, h.open, m.service.cfg.Patience); err != nil {
		return err
	}
	r := Reservation{ID: ex.ID, APIKey: ex.Principal.APIKey, Amount: h.amount, At: m.service.cfg.Now()}
	if err := m.service.ledger.reserve(ctx, r); err != nil {
		h.account.settle(h.amount, 0, false)
		return err
	}
	m.budget = h
	return nil
}

// bounds computes the most that the call can cost, retries left out: a failed attempt
// that reports usage is charged beyond it. least is what a call without an upper bound
// needs anyhow. A budgeted key cannot call what has no price: nobody could tell when its
// budget is spent.
func (m *meter) bounds(ex *gateway.Exchange, h *hold) (want, least int64, err error) {
	if ex.Plan == nil {
		return 0, 0, nil
	}
	for t := range ex.Plan.Root.Targets() {
		model := t.Sends(ex.Request.Model())
		price, ok := quote(m.prices, t, t.Provider, model, ex.Start)
		if !ok {
			return 0, 0, &gateway.Error{Op: "keys.Meter", Kind: gateway.Exhausted, Code: "unpriced_model", Type: "model_not_allowed_error", Param: "model", Target: t.Path,
				Public: "This API key has a budget, and the price of the model '" + model + "' of provider '" + t.Provider +
					"' is not known. Give the price under 'prices' of the virtual key, or use a key without a budget."}
		}
		output, open := outputBound(t, ex.Request)
		// what is written to the cache costs more than input
		all := gateway.Usage{Input: h.input + int64(len(t.Default)+len(t.Override)), Output: output}
		if price.CacheWrite != nil && *price.CacheWrite > price.Input {
			all.CacheWrite = all.Input
		}
		want = max(want, cost(price, all))
		all.Output = min(output, 16)
		least = max(least, cost(price, all))
		h.open = h.open || open
	}
	return want, least, nil
}

// Ended settles, once.
func (m *meter) Ended(ex *gateway.Exchange, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	bill := m.bill(ex, err)
	if m.told {
		u := m.usage
		ex.Facts.Usage = &u
	}
	ex.Facts.Cost = bill.fact
	if h := m.budget; h != nil {
		h.account.settle(h.amount, bill.charge, h.open)
		m.service.ledger.settle(Settlement{Reservation: ex.ID, APIKey: ex.Principal.APIKey, Amount: bill.charge})
	}
}
