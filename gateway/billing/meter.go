package billing

import (
	"context"
	"sync"

	"github.com/sluicegate/sluice/gateway"
)

// Meter is the stage that counts tokens and money. It writes Facts.Usage and Facts.Cost
// when the exchange ends, however it ends. For an API key with a budget it reserves before
// the call and settles after it.
func (s *Service) Meter(prices PriceBook) gateway.Stage {
	return gateway.Stage{Name: "meter", Wrap: func(next gateway.Handler) gateway.Handler {
		return func(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
			m := &meter{service: s, prices: prices, next: next}
			if ex.Principal != nil && ex.Principal.Budgeted {
				if err := m.reserve(ctx, ex); err != nil {
					return nil, err
				}
			}
			return gateway.Account(m.answer, m.ended)(ctx, ex)
		}
	}}
}

// meter counts one exchange. It is the exchange's stream as well.
type meter struct {
	service *Service
	prices  PriceBook
	next    gateway.Handler
	gateway.Stream
	reserved *reservation // nil: the key has no budget

	mu            sync.Mutex // Close may come while Next runs
	usage         gateway.Usage
	usageReported bool
	bytesSeen     int64 // of text in the answer; counted for keys with a budget
}

// reservation is what one call has reserved of its key's budget.
type reservation struct {
	account     *account
	amount      int64
	unbounded   bool
	inputTokens int64 // upper bound
}

// answer asks the next stage.
func (m *meter) answer(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
	s, err := m.next(ctx, ex)
	if err != nil {
		return nil, err
	}
	m.Stream = s
	return m, nil
}

func (m *meter) Next() (gateway.Chunk, error) {
	c, err := m.Stream.Next()
	if c.Usage == nil && m.reserved == nil {
		return c, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if c.Usage != nil {
		m.usage, m.usageReported = clampUsage(*c.Usage), true
	}
	if m.reserved != nil {
		m.bytesSeen += textBytes(&c)
	}
	return c, err
}

// textBytes counts the bytes that the model wrote into a chunk. They are no fewer than its
// tokens.
func textBytes(c *gateway.Chunk) int64 {
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

// reserve sets aside, in the account and then durably in the ledger, the most that the call
// can cost.
func (m *meter) reserve(ctx context.Context, ex *gateway.Exchange) error {
	a := m.service.account(ex.Principal.APIKey)
	if a == nil {
		return keyDeleted()
	}
	if !a.limited() {
		return nil
	}
	r := &reservation{account: a, inputTokens: inputBound(ex.Request.Raw)}
	d, err := m.demand(ex, r.inputTokens)
	if err != nil {
		return err
	}
	r.unbounded = d.unbounded
	if r.amount, err = a.reserve(ctx, d, m.service.cfg.Patience); err != nil {
		return err
	}
	durable := Reservation{ID: ex.ID, APIKey: ex.Principal.APIKey, Amount: r.amount, At: m.service.cfg.Now()}
	if err := m.service.writer.reserve(ctx, durable); err != nil {
		a.settle(r.amount, 0, false)
		return err
	}
	m.reserved = r
	return nil
}

// demand computes the cost of the call at the most expensive target of its plan. Retries are
// left out: a failed attempt that reports usage is charged beyond the reservation. A key
// with a budget cannot call a model without a price.
func (m *meter) demand(ex *gateway.Exchange, inputTokens int64) (demand, error) {
	var d demand
	if ex.Plan == nil {
		return d, nil
	}
	for t := range ex.Plan.Root.Targets() {
		model := t.Sends(ex.Request.Model())
		price, ok := priceAt(m.prices, t, t.Provider, model, ex.Start)
		if !ok {
			return demand{}, unpriced(t, model)
		}
		output, unbounded := outputBound(t, ex.Request)
		most := gateway.Usage{Input: inputTokens + int64(len(t.Default)+len(t.Override)), Output: output}
		if price.CacheWrite != nil && *price.CacheWrite > price.Input {
			most.CacheWrite = most.Input // writing to the provider's cache costs more than input
		}
		d.amount = max(d.amount, cost(price, most))
		most.Output = min(output, 16)
		d.least = max(d.least, cost(price, most))
		d.unbounded = d.unbounded || unbounded
	}
	return d, nil
}

// ended records usage and cost, and settles. It runs once.
func (m *meter) ended(ex *gateway.Exchange, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	b := m.bill(ex, err)
	if m.usageReported {
		u := m.usage
		ex.Facts.Usage = &u
	}
	ex.Facts.Cost = b.fact
	if r := m.reserved; r != nil {
		r.account.settle(r.amount, b.charge, r.unbounded)
		m.service.writer.settle(Settlement{Reservation: ex.ID, APIKey: ex.Principal.APIKey, Amount: b.charge})
	}
}
