package billing_test

import (
	"context"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/opaque"
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
		"a list price":  {gateway.OpImage, `{"model":"by-the-piece","prompt":"a cat","n":2}`, "0.1", gateway.Usage{Images: 2}, 80_000_000},
		"speech":        {gateway.OpSpeech, `{"model":"painter","input":"Hello"}`, "0.1", gateway.Usage{InputCharacters: 5}, 5_000},
		"by the token":  {gateway.OpImage, `{"model":"gpt-mock","prompt":"a cat","quality":"high","n":6}`, "0.1", gateway.Usage{}, -1},
		"a small one":   {gateway.OpImage, `{"model":"gpt-mock","prompt":"a cat","quality":"low"}`, "0.1", gateway.Usage{Input: 9, Output: 408}, 825_000},
		"long speech":   {gateway.OpSpeech, `{"model":"gpt-mock","input":"` + strings.Repeat("a", 15_000) + `"}`, "0.1", gateway.Usage{}, -1},
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

// TestPiecesWithoutTokens: a model that is priced by the piece only has a known cost where pieces are
// used, whatever tokens its answer tells, and an unknown one where none are.
func TestPiecesWithoutTokens(t *testing.T) {
	for name, c := range map[string]struct {
		op    gateway.Op
		body  string
		used  gateway.Usage
		cost  int64
		state gateway.CostState
	}{
		"images":            {gateway.OpImage, `{"model":"by-the-piece","prompt":"a cat","n":2}`, gateway.Usage{Images: 2}, 80_000_000, gateway.CostKnown},
		"images and tokens": {gateway.OpImage, `{"model":"by-the-piece","prompt":"a cat"}`, gateway.Usage{Images: 1, Input: 9, Output: 900, ImageOutput: 900}, 40_000_000, gateway.CostKnown},
		"speech":            {gateway.OpSpeech, `{"model":"by-the-piece","input":"Hello"}`, gateway.Usage{Input: 2, InputCharacters: 5}, 75_000, gateway.CostKnown},
		"a recording":       {gateway.OpTranscription, `{"model":"by-the-piece","file":{"filename":"a"}}`, gateway.Usage{InputSeconds: 60}, 6_000_000, gateway.CostKnown},
		"only tokens":       {gateway.OpImage, `{"model":"by-the-piece","prompt":"a cat"}`, gateway.Usage{Input: 9, Output: 900, ImageOutput: 900}, 0, gateway.CostUnknown},
		"a rerank":          {gateway.OpRerank, `{"model":"by-the-piece","query":"a","documents":["b"]}`, gateway.Usage{Queries: 1}, 0, gateway.CostUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			req, err := gateway.NewRequest(task.Dialect{Op: c.op}, c.op, []byte(c.body))
			must(t, err)
			ex, err := run(t, memory(t), &gateway.Principal{APIKey: "free"}, gatewaytest.Hello, answering(c.used, 0), gatewaytest.WithRequest(req))
			must(t, err)
			if got := ex.Facts.Cost; got.Nano != c.cost || got.State() != c.state {
				t.Errorf("%+v", got)
			}
		})
	}
	b := open(t, "1")
	chat := `{"model":"by-the-piece","max_tokens":10,"messages":[{"role":"user","content":"Hello"}]}`
	wantKind(t, "a chat within a budget", call(t, b.Service, b.key, chat, answering(gateway.Usage{Input: 9, Output: 3}, 0)), gateway.Exhausted)
}

// TestPassedPieces: a call that is passed on to a model that is priced by the piece is reserved by the pieces
// that its body bounds, and refused where it bounds none.
func TestPassedPieces(t *testing.T) {
	ask := func(budget string, pieces *gateway.Usage, used gateway.Usage) (*books, *gateway.Exchange, error) {
		b := open(t, budget)
		req, err := gateway.NewRequest(opaque.Dialect{}, gateway.OpPassThrough, []byte(`{"model":"by-the-piece"}`))
		must(t, err)
		req.Pass = &gateway.PassThrough{Method: "POST", Path: "/v1/x:predict", Pieces: pieces}
		ex, err := run(t, b.Service, b.key, gatewaytest.Hello, answering(used, 0), gatewaytest.WithRequest(req))
		return b, ex, err
	}
	b, ex, err := ask("0.1", &gateway.Usage{Images: 2}, gateway.Usage{Images: 1})
	must(t, err)
	if ex.Facts.Cost.Nano != 40_000_000 || ex.Facts.Cost.State() != gateway.CostKnown {
		t.Errorf("%+v", ex.Facts.Cost)
	}
	b.agree(t, ex)
	for name, pieces := range map[string]*gateway.Usage{"nothing tells": nil, "another piece": {Pages: 1}} {
		_, _, err := ask("10", pieces, gateway.Usage{})
		wantKind(t, name, err, gateway.Exhausted)
		if e := gateway.AsError(err); e.Code != "cost_unbounded" || !strings.Contains(e.Public, "priced by the piece") {
			t.Errorf("%s: %+v", name, e)
		}
	}
	_, _, err = ask("0.1", &gateway.Usage{Images: 3}, gateway.Usage{})
	wantKind(t, "more images than there is money for", err, gateway.Exhausted)
}

// TestUnknownCostWithinABudget: what nobody can price costs a budget what was reserved for it, never
// nothing.
func TestUnknownCostWithinABudget(t *testing.T) {
	b := open(t, "1")
	req, err := gateway.NewRequest(task.Dialect{Op: gateway.OpTranscription}, gateway.OpTranscription, []byte(`{"model":"by-the-piece","file":{"filename":"a","size":1000},"response_format":"text"}`))
	must(t, err)
	ex, err := run(t, b.Service, b.key, gatewaytest.Hello, answering(gateway.Usage{Input: 9, Output: 900}, 0), gatewaytest.WithRequest(req))
	must(t, err)
	if spent, reserved := b.Spending("k"); ex.Facts.Cost.State() != gateway.CostUnknown || spent <= 0 || reserved != 0 {
		t.Errorf("%+v, %d spent, %d reserved", ex.Facts.Cost, spent, reserved)
	}
}

// TestFilms: a film whose seconds have a price is reserved, any other is refused within a budget.
func TestFilms(t *testing.T) {
	b := open(t, "10")
	film := func(model string) *gateway.VendorWork {
		return &gateway.VendorWork{Known: []gateway.ModelUsage{{Model: model, Usage: gateway.Usage{OutputSeconds: 8}}}}
	}
	work := film("by-the-piece")
	_, err := submit(t, b, work, accepted(200))
	must(t, err)
	if work.Reservation == nil || work.Reservation.Amount != 800_000_001 { // one more, so that a spent budget pays for none
		t.Errorf("%+v", work.Reservation)
	}
	_, err = submit(t, b, film("gpt-mock"), accepted(200))
	wantKind(t, "a model whose seconds have no price", err, gateway.Exhausted)
}

// TestRecordings: a recording reserves what it costs if it is as long as its file can be, and is settled by
// what the vendor bills.
func TestRecordings(t *testing.T) {
	for name, c := range map[string]struct {
		provider, model, budget string
		op                      gateway.Op
		size                    int64
		used                    gateway.Usage
		reserved, cost          int64 // reserved 0: it is refused
	}{
		"by the second":            {"mock", "by-the-piece", "1", gateway.OpTranscription, 750 * 60, gateway.Usage{InputSeconds: 7}, 60 * 100_000, 7 * 100_000},
		"a part of a second":       {"mock", "by-the-piece", "1", gateway.OpAudioTranslation, 1, gateway.Usage{InputSeconds: 1}, 100_000, 100_000},
		"by the token":             {"mock", "gpt-mock", "1", gateway.OpTranscription, 750 * 60, gateway.Usage{Input: 600, Output: 90}, 60 * (32*1_000 + 10*2_000), 780_000},
		"too long for the budget":  {"mock", "by-the-piece", "1", gateway.OpTranscription, 750 * 10_001, gateway.Usage{}, 0, 0},
		"more than any vendor has": {"mock", "by-the-piece", "1", gateway.OpTranscription, 1 << 62, gateway.Usage{}, 0, 0},
		"more than OpenAI takes":   {"openai", "heard", "4", gateway.OpTranscription, 1 << 40, gateway.Usage{InputSeconds: 60}, 34_953 * 100_000, 60 * 100_000},
	} {
		t.Run(name, func(t *testing.T) {
			b := open(t, c.budget)
			req, err := gateway.NewRequest(task.Dialect{Op: c.op}, c.op, []byte(`{"model":"`+c.model+`","file":{"filename":"a"}}`))
			must(t, err)
			req.Files = []gateway.File{{Field: "file", Name: "a", Size: c.size}}
			target := &gateway.Target{Path: "config", Provider: c.provider, Prices: gateway.Prices{"heard": {NoTokens: true, Units: map[gateway.Unit]int64{gateway.UnitInputSecond: 100_000}}}}
			reserved := int64(0)
			ex, err := run(t, b.Service, b.key, gatewaytest.Hello, func(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
				_, reserved = b.Spending("k")
				return answering(c.used, 0)(ctx, ex)
			}, gatewaytest.WithTarget(target), gatewaytest.WithRequest(req))
			if c.reserved == 0 {
				wantKind(t, name, err, gateway.Exhausted)
				return
			}
			must(t, err)
			// the fields of the form are reserved beside
			if fields := reserved - c.reserved; fields < 0 || fields > 100*1_000 || ex.Facts.Cost.Nano != c.cost || ex.Facts.Cost.OverBound {
				t.Errorf("%d reserved, want %d; %+v", reserved, c.reserved, ex.Facts.Cost)
			}
			b.agree(t, ex)
		})
	}
}
