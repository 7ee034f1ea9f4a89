package billing_test

import (
	"context"
	"testing"

	"github.com/sluicegate/sluice/gateway"
)

// advising answers with a usage, and with what was used besides.
func advising(u gateway.Usage, others ...gateway.ModelUsage) gateway.Handler {
	return func(context.Context, *gateway.Exchange) (gateway.Stream, error) {
		return gateway.Chunks(gateway.Chunk{Form: gateway.FormBody, Raw: []byte(`{}`), Usage: &u, Cost: &gateway.ExtraCost{Others: others}}), nil
	}
}

// TestOtherCallsOfAnAnswerArePaid: calls of other models within an answer, and of its own beside its usage, cost
// their price, and the budget pays them.
func TestOtherCallsOfAnAnswerArePaid(t *testing.T) {
	own := gateway.Usage{Input: 9, Output: 3}
	advisor := gateway.ModelUsage{Model: "dear", Usage: gateway.Usage{Input: 10, Output: 2}}
	compaction := gateway.ModelUsage{Usage: gateway.Usage{Input: 100, Output: 5}}
	const advisorCost, compactionCost = 10*100_000 + 2*200_000, 100*1_000 + 5*2_000

	b := open(t, "1")
	ex, err := run(t, b.Service, b.key, bounded, advising(own, compaction, advisor))
	must(t, err)
	if c := ex.Facts.Cost; c.Nano != answerCost+advisorCost+compactionCost || !c.Known || len(ex.Facts.Charges) != 3 {
		t.Errorf("%+v of %d charges", c, len(ex.Facts.Charges))
	}
	if u := ex.Facts.Usage; *u != own {
		t.Errorf("the answer's usage is %+v", u)
	}
	b.agree(t, ex)
}

// TestOtherCallsWithoutAPriceTakeTheReservation: what nobody can price costs the budget what was reserved.
func TestOtherCallsWithoutAPriceTakeTheReservation(t *testing.T) {
	b := open(t, "1")
	ex, err := run(t, b.Service, b.key, bounded, advising(gateway.Usage{Input: 9, Output: 3}, gateway.ModelUsage{Model: "nobody-knows", Usage: gateway.Usage{Input: 1}}))
	must(t, err)
	plain := open(t, "1")
	_, err = run(t, plain.Service, plain.key, bounded, advising(gateway.Usage{Input: 9, Output: 3}))
	must(t, err)
	spent, _ := b.Spending("k")
	without, _ := plain.Spending("k")
	if ex.Facts.Cost.Known || without != answerCost || spent <= without {
		t.Errorf("spent %d, %d without; %+v", spent, without, ex.Facts.Cost)
	}
}
