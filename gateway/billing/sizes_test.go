package billing_test

import (
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing"
	"github.com/sluicegate/sluice/gateway/dialect/task"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

// TestSizes: an image has the price of its size and quality, those that the answer tells before those
// that were asked for, and before the vendor's default. A size without a price has an unknown cost, and
// is refused within a budget.
func TestSizes(t *testing.T) {
	for name, c := range map[string]struct {
		body     string
		answered gateway.Terms
		cost     int64 // -1: unknown
		reserved string
		refused  bool // within a budget of this many USD
	}{
		"asked":          {`{"model":"dall-e-3","prompt":"a cat","size":"1024x1792","quality":"hd"}`, gateway.Terms{}, 132_000_000, "0.14", false},
		"too dear":       {`{"model":"dall-e-3","prompt":"a cat","size":"1024x1792","quality":"hd"}`, gateway.Terms{}, 132_000_000, "0.1", true},
		"default":        {`{"model":"dall-e-3","prompt":"a cat"}`, gateway.Terms{}, 44_000_000, "0.05", false},
		"auto":           {`{"model":"dall-e-3","prompt":"a cat","size":"auto","quality":"auto"}`, gateway.Terms{}, 44_000_000, "0.05", false},
		"answered":       {`{"model":"dall-e-3","prompt":"a cat"}`, gateway.Terms{Size: "1024x1792", Quality: "hd"}, 132_000_000, "1", false},
		"another size":   {`{"model":"dall-e-3","prompt":"a cat","size":"512x512"}`, gateway.Terms{}, -1, "1", true},
		"no such price":  {`{"model":"dall-e-3","prompt":"a cat","size":"1024x1792"}`, gateway.Terms{}, -1, "1", true},
		"size is a list": {`{"model":"dall-e-3","prompt":"a cat","size":[1]}`, gateway.Terms{}, 44_000_000, "0.05", false},
		"absurd":         {`{"model":"dall-e-3","prompt":"a cat","size":"<script>"}`, gateway.Terms{}, -1, "1", true},
	} {
		t.Run(name, func(t *testing.T) {
			call := func(s *billing.Service, p *gateway.Principal) (*gateway.Exchange, error) {
				req, err := gateway.NewRequest(task.Dialect{Op: gateway.OpImage}, gateway.OpImage, []byte(c.body))
				must(t, err)
				return run(t, s, p, gatewaytest.Hello, answering(gateway.Usage{Images: 1, Terms: c.answered}, 0), gatewaytest.WithRequest(req))
			}
			ex, err := call(memory(t), &gateway.Principal{APIKey: "free"})
			must(t, err)
			got := ex.Facts.Cost
			if known := got.State() == gateway.CostKnown; known != (c.cost >= 0) || known && got.Nano != c.cost || !known && got.State() != gateway.CostUnknown {
				t.Errorf("%+v", got)
			}
			b := open(t, c.reserved)
			if _, err := call(b.Service, b.key); (err != nil) != c.refused {
				t.Errorf("within a budget: %v", err)
			}
		})
	}
}
