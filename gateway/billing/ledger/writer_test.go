package ledger_test

import (
	"context"
	"errors"
	"testing"

	"github.com/sluicegate/sluice/gateway/billing/billingtest"
	"github.com/sluicegate/sluice/gateway/billing/ledger"
)

// gated is a ledger whose transactions wait until the test lets them go on.
type gated struct {
	*billingtest.Memory
	posting, proceed chan struct{}
}

func (g *gated) Post(ctx context.Context, reservations []ledger.Reservation, settlements []ledger.Settlement) (ledger.Posted, error) {
	g.posting <- struct{}{}
	<-g.proceed
	return g.Memory.Post(ctx, reservations, settlements)
}

// postUntil lets all transactions go on until step returns.
func (g *gated) postUntil(step func() error) error {
	ended := make(chan error, 1)
	go func() { ended <- step() }()
	for {
		select {
		case <-g.posting:
			g.proceed <- struct{}{}
		case err := <-ended:
			return err
		}
	}
}

// TestCallerLeavesBeforeItsReservation: whoever leaves while its reservation waits, or is being posted,
// leaves nothing reserved.
func TestCallerLeavesBeforeItsReservation(t *testing.T) {
	g := &gated{Memory: billingtest.NewMemory(), posting: make(chan struct{}), proceed: make(chan struct{})}
	w := ledger.NewWriter(g, func(map[string]ledger.Move) {})
	reserve := func(ctx context.Context, id string) error {
		_, err := w.Reserve(ctx, ledger.Reservation{ID: id, APIKey: "k", Amount: 5, Claims: []ledger.Claim{{Account: "k", Limit: 100}}})
		return err
	}
	posting, leave := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- reserve(posting, "posting") }()
	<-g.posting
	leave()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if err := reserve(posting, "waiting"); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	go func() { ended <- reserve(t.Context(), "stays") }()
	g.proceed <- struct{}{}
	for _, step := range []func() error{func() error { return <-ended }, func() error { return w.Close(t.Context()) }} {
		if err := g.postUntil(step); err != nil {
			t.Error(err)
		}
	}
	standing, err := g.Standing(t.Context(), "k")
	if err != nil || len(standing) != 1 || standing[0].ID != "stays" {
		t.Errorf("%+v, %v", standing, err)
	}
}
