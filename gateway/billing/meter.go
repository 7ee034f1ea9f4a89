package billing

import (
	"context"
	"sync"

	"github.com/sluicegate/sluice/gateway"
)

// Meter is the stage that sums up what the attempts of an exchange cost. It writes
// Facts.Usage and Facts.Cost when the exchange ends, however it ends.
func (s *Service) Meter() gateway.Stage {
	return gateway.Stage{Name: "meter", Wrap: func(next gateway.Handler) gateway.Handler {
		return func(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
			m := &meter{service: s, next: next}
			return gateway.Account(m.answer, m.ended)(ctx, ex)
		}
	}}
}

// meter sums up one exchange. It is the exchange's stream as well.
type meter struct {
	service *Service
	next    gateway.Handler
	gateway.Stream
	closed sync.Once
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

// Close implements gateway.Stream.
func (m *meter) Close() (err error) {
	m.closed.Do(func() { err = m.Stream.Close() })
	return err
}

// ended sums up. A stage that failed between here and the attempt may have left the attempt
// open; closing it charges it.
func (m *meter) ended(ex *gateway.Exchange, err error) {
	if err != nil && m.Stream != nil {
		_ = m.Close()
	}
	f := ex.Facts
	if len(f.Charges) == 0 {
		return
	}
	answered := m.Stream != nil
	if p := ex.Request.Pass; p != nil && p.Settled != nil { // of all models that did the work
		answered = false
	}
	f.Usage, f.Cost = usage(f.Charges, answered), total(f.Charges)
}

// usage is that of the answer, which the last attempt gave; without one, that of all
// attempts.
func usage(charges []gateway.Charge, answered bool) *gateway.Usage {
	sum := charges[len(charges)-1].Usage
	if answered {
		return &sum
	}
	for i := range charges[:len(charges)-1] {
		sum.Add(&charges[i].Usage)
	}
	return &sum
}

// total is the sum of charges.
func total(charges []gateway.Charge) gateway.Cost {
	sum := gateway.Cost{Known: true, ChargedKnown: true, Basis: gateway.CostReported}
	for i := range charges {
		c := &charges[i].Cost
		sum.Nano = addSaturating(sum.Nano, c.Nano)
		sum.Charged = addSaturating(sum.Charged, c.Charged)
		sum.Known, sum.ChargedKnown = sum.Known && c.Known, sum.ChargedKnown && c.ChargedKnown
		sum.Assumed = sum.Assumed || c.Assumed
		sum.Partial = sum.Partial || c.Partial
		sum.OverBound = sum.OverBound || c.OverBound
		if c.Basis == gateway.CostCounted {
			sum.Basis = gateway.CostCounted
		}
		if c.Price != "" {
			sum.Price = c.Price
		}
		if c.Rule != "" {
			sum.Rule = c.Rule
		}
	}
	return sum
}
