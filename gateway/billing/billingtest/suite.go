package billingtest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing"
)

// Ledger runs the suite. open returns an empty ledger each time.
func Ledger(t *testing.T, open func(t *testing.T) billing.Ledger) {
	for _, tc := range []struct {
		name string
		run  func(*testing.T, billing.Ledger)
	}{
		{"PostAndRecover", postAndRecover}, {"PostIsAtomic", atomicPost}, {"PostInParallel", parallelPost}, {"States", states},
	} {
		t.Run(tc.name, func(t *testing.T) { tc.run(t, open(t)) })
	}
}

var at = time.Date(2026, 11, 22, 10, 0, 0, 123456789, time.UTC)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantKind(t *testing.T, what string, err error, kind gateway.Kind) {
	t.Helper()
	var e *gateway.Error
	if !errors.As(err, &e) || e.Kind != kind {
		t.Errorf("%s: %v, want %v", what, err, kind)
	}
}

func reservation(id, key string, amount int64) billing.Reservation {
	return billing.Reservation{ID: id, APIKey: key, Amount: amount, At: at}
}

func postAndRecover(t *testing.T, s billing.Ledger) {
	ctx := t.Context()
	must(t, s.Post(ctx, nil, nil))
	must(t, s.Post(ctx, []billing.Reservation{reservation("x1", "k1", 100), reservation("x2", "k1", 100), reservation("x3", "k2", 50)}, nil))
	settle := []billing.Settlement{{Reservation: "x1", APIKey: "k1", Amount: 30}, {Reservation: "x3", APIKey: "k2", Amount: 0}}
	must(t, s.Post(ctx, []billing.Reservation{reservation("x4", "k2", 7)}, settle))
	must(t, s.Post(ctx, nil, settle)) // again, after a doubtful failure: charges nothing
	must(t, s.Post(ctx, nil, []billing.Settlement{{Reservation: "never", APIKey: "k1", Amount: 1_000}}))
	spent, err := s.Recover(ctx)
	must(t, err)
	if spent["k1"].Spent != 130 || spent["k2"].Spent != 7 {
		t.Errorf("spent %v, want k1 130 (30 settled, 100 left standing) and k2 7", spent)
	}
	must(t, s.Post(ctx, nil, []billing.Settlement{{Reservation: "x2", APIKey: "k1", Amount: 5}})) // too late
	spent, err = s.Recover(ctx)
	must(t, err)
	if spent["k1"].Spent != 130 || spent["k2"].Spent != 7 {
		t.Errorf("recovered twice: %v", spent)
	}
}

func atomicPost(t *testing.T, s billing.Ledger) {
	ctx := t.Context()
	must(t, s.Post(ctx, []billing.Reservation{reservation("x1", "k1", 10)}, nil))
	err := s.Post(ctx, []billing.Reservation{reservation("x2", "k1", 10), reservation("x1", "k1", 10)}, []billing.Settlement{{Reservation: "x1", APIKey: "k1", Amount: 3}})
	wantKind(t, "a reservation that stands already", err, gateway.Conflict)
	spent, err := s.Recover(ctx)
	must(t, err)
	if spent["k1"].Spent != 10 {
		t.Errorf("a refused batch left traces: %v, want 10", spent)
	}
}

func parallelPost(t *testing.T, s billing.Ledger) {
	const n = 20
	var wg sync.WaitGroup
	errs := make([]error, n)
	for i := range n {
		wg.Go(func() {
			id := fmt.Sprint("x", i)
			errs[i] = errors.Join(s.Post(context.Background(), []billing.Reservation{reservation(id, "k1", 100)}, nil),
				s.Post(context.Background(), nil, []billing.Settlement{{Reservation: id, APIKey: "k1", Amount: 3}}))
		})
	}
	wg.Wait()
	must(t, errors.Join(errs...))
	spent, err := s.Recover(t.Context())
	must(t, err)
	if spent["k1"].Spent != 3*n {
		t.Errorf("spent %v, want %d", spent, 3*n)
	}
}

// What was counted, and the limit at which a key was closed, survive.
func states(t *testing.T, s billing.Ledger) {
	ctx := t.Context()
	must(t, s.Post(ctx, []billing.Reservation{reservation("x1", "k1", 10), reservation("x2", "k1", 10), reservation("x3", "k1", 10)}, nil))
	must(t, s.Post(ctx, nil, []billing.Settlement{{Reservation: "x1", APIKey: "k1", Amount: 3, Counted: true}, {Reservation: "x2", APIKey: "k1", Amount: 40, ClosedAt: 700}}))
	must(t, s.Post(ctx, nil, []billing.Settlement{{Reservation: "x3", APIKey: "k1", Amount: 5, ClosedAt: 600}}))
	spent, err := s.Recover(ctx)
	must(t, err)
	if want := (billing.Spending{Spent: 48, Counted: 3, ClosedAt: 700}); spent["k1"] != want {
		t.Errorf("%+v, want %+v", spent["k1"], want)
	}
}
