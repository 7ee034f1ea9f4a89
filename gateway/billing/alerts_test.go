package billing_test

import (
	"slices"
	"sync"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing"
	"github.com/sluicegate/sluice/gateway/billing/billingtest"
)

// alarms keeps what it was told.
type alarms struct {
	mu   sync.Mutex
	told []billing.Crossing
}

func (a *alarms) Reached(c billing.Crossing) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.told = append(a.told, c)
}

func (a *alarms) percents() []int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	var out []int64
	for _, c := range a.told {
		out = append(out, c.Percent)
	}
	return out
}

// Each share of a budget is told once, when the call that crosses it is settled. A call that
// crosses several tells the highest.
func TestAlertsTellEachShareOnce(t *testing.T) {
	const body = `{"model":"gpt-mock","max_tokens":50,"messages":[{"role":"user","content":"Hi"}]}`
	for _, tc := range []struct {
		name   string
		output []int64 // tokens of each call, of which a budget of 0.001 USD pays 500
		want   []int64
	}{
		{"step by step", []int64{50, 50, 50, 50, 50, 50, 50, 50, 50}, []int64{50, 80}},
		{"over two", []int64{420}, []int64{80}},
		{"over three", []int64{500}, []int64{100}},
		{"to the end", []int64{50, 50, 50, 50, 50, 250}, []int64{50, 100}},
		{"below", []int64{249}, nil},
	} {
		a := &alarms{}
		s := start(t, billingtest.NewMemory(), func(c *billing.Config) { c.Alerts = a })
		for _, output := range tc.output {
			p := key(t, s, "0.001")
			must(t, call(t, s, p, body, answering(gateway.Usage{Output: output}, 0)))
		}
		must(t, s.Close(t.Context()))
		if got := a.percents(); !slices.Equal(got, tc.want) {
			t.Errorf("%s: told %v, want %v", tc.name, got, tc.want)
		}
	}
}
