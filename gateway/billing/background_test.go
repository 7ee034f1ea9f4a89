package billing_test

import (
	"context"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing"
	"github.com/sluicegate/sluice/gateway/dialect/responses"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

// queued is the answer of a vendor that writes in the background.
func queued(context.Context, *gateway.Exchange) (gateway.Stream, error) {
	return gateway.Chunks(gateway.Chunk{Form: gateway.FormBody, Raw: []byte(`{"status":"queued"}`)}), nil
}

// begin runs a call that is answered in the background.
func begin(tb testing.TB, b *books) *gateway.Exchange {
	tb.Helper()
	req, err := responses.NewRequest(gateway.OpChat, []byte(`{"model":"gpt-mock","background":true,"input":"Hi","max_output_tokens":100}`))
	must(tb, err)
	ex, err := run(tb, b.Service, b.key, gatewaytest.Hello, queued, gatewaytest.WithRequest(req))
	must(tb, err)
	return ex
}

// retrieve runs a retrieval of its answer.
func retrieve(tb testing.TB, b *books, of *gateway.Exchange, since time.Time, provider gateway.Handler) *gateway.Exchange {
	tb.Helper()
	req, err := responses.NewRequest(gateway.OpRetrieve, of.Request.Raw)
	must(tb, err)
	var target *gateway.Target
	for t := range of.Plan.Root.Targets() {
		target = t
	}
	req.Begun = &gateway.Begun{Exchange: of.ID, At: since, ID: "resp_1", Target: target.Path, VirtualKey: target.VirtualKey}
	ex, err := run(tb, b.Service, b.key, gatewaytest.Hello, provider, gatewaytest.WithRequest(req))
	must(tb, err)
	return ex
}

// What a background answer may cost stays reserved until a retrieval sees its usage, which is
// charged once.
func TestBackgroundIsChargedOnce(t *testing.T) {
	b := open(t, "1", func(c *billing.Config) { c.Now = func() time.Time { return time.Time{} } })
	begun := begin(t, b)
	_, reserved := b.Spending("k")
	if reserved < 100*2_000 || len(begun.Facts.Charges) > 0 {
		t.Errorf("%d reserved, charged %v", reserved, begun.Facts.Charges)
	}
	if ex := retrieve(t, b, begun, begun.Start, queued); len(ex.Facts.Charges) > 0 {
		t.Errorf("charged without a usage: %v", ex.Facts.Charges)
	}
	if _, still := b.Spending("k"); still != reserved {
		t.Errorf("%d reserved, then %d", reserved, still)
	}
	usage := gateway.Usage{Input: 9, Output: 3}
	rows := []*gateway.Exchange{begun, retrieve(t, b, begun, begun.Start, answering(usage, 0)), retrieve(t, b, begun, begun.Start, answering(usage, 0))}
	if spent := b.agree(t, rows...); spent != answerCost {
		t.Errorf("%d spent", spent)
	}
}

// What nobody retrieves costs what was reserved: a day later, or at the next start. A retrieval
// after that tells the cost in its row, and takes no more money.
func TestBackgroundThatNobodyRetrieves(t *testing.T) {
	now := time.Date(2026, 11, 29, 10, 0, 0, 0, time.UTC)
	b := open(t, "1", func(c *billing.Config) { c.Now = func() time.Time { return now } })
	begin(t, b)
	_, reserved := b.Spending("k")
	now = now.Add(25 * time.Hour)
	second := begin(t, b)
	if spent, still := b.Spending("k"); spent != reserved || still != reserved {
		t.Errorf("a day later: %d spent, %d reserved", spent, still)
	}
	must(t, b.Close(context.Background()))
	now = now.Add(time.Hour)
	again := &books{ledger: b.ledger, Service: start(t, b.ledger, func(c *billing.Config) { c.Now = func() time.Time { return now } })}
	again.key = key(t, again.Service, "1")
	ex := retrieve(t, again, second, now.Add(-time.Hour), answering(gateway.Usage{Input: 9, Output: 3}, 0))
	if spent, still := again.Spending("k"); spent != 2*reserved || still != 0 || ex.Facts.Cost.Nano != answerCost {
		t.Errorf("after a start: %d spent, %d reserved, row %d", spent, still, ex.Facts.Cost.Nano)
	}
}
