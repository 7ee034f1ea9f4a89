package billing_test

import (
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/task"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

// TestPieces: what images and speech cost by the piece is reserved, and a vendor that makes more of them
// than the body says does not close the key.
func TestPieces(t *testing.T) {
	for name, c := range map[string]struct {
		op     gateway.Op
		body   string
		budget string
		used   gateway.Usage
		cost   int64 // -1: it is refused
	}{
		"images":        {gateway.OpImage, `{"model":"painter","prompt":"a cat","n":2}`, "0.1", gateway.Usage{Images: 2}, 80_000_000},
		"more than n":   {gateway.OpImage, `{"model":"painter","prompt":"a cat"}`, "1", gateway.Usage{Images: 3}, 120_000_000},
		"too dear":      {gateway.OpImage, `{"model":"painter","prompt":"a cat","n":3}`, "0.1", gateway.Usage{}, -1},
		"speech":        {gateway.OpSpeech, `{"model":"painter","input":"Hello"}`, "0.1", gateway.Usage{InputCharacters: 5}, 5_000},
		"transcription": {gateway.OpTranscription, `{"model":"gpt-mock","file":{"filename":"a"}}`, "0.1", gateway.Usage{Input: 10_000}, 10_000_000},
	} {
		t.Run(name, func(t *testing.T) {
			b := open(t, c.budget)
			req, err := gateway.NewRequest(task.Dialect{Op: c.op}, c.op, []byte(c.body))
			must(t, err)
			ex, err := run(t, b.Service, b.key, gatewaytest.Hello, answering(c.used, 0), gatewaytest.WithRequest(req))
			if c.cost < 0 {
				if err == nil {
					t.Error("it is not refused")
				}
				return
			}
			must(t, err)
			if f := ex.Facts; f.Cost.Nano != c.cost || f.Cost.OverBound || b.Closed("k") {
				t.Errorf("%+v, closed %v", f.Cost, b.Closed("k"))
			}
			b.agree(t, ex)
		})
	}
}
