package billingtest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway/billing"
)

// Ledger runs the suite. open returns an empty ledger each time.
func Ledger(t *testing.T, open func(t *testing.T) billing.Ledger) {
	for _, tc := range []struct {
		name string
		run  func(*testing.T, billing.Ledger)
	}{
		{"PostAndRecover", postAndRecover}, {"PostAgain", postAgain}, {"PostInParallel", parallelPost}, {"States", states}, {"Limits", limits},
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

func post(t *testing.T, s billing.Ledger, reservations []billing.Reservation, settlements []billing.Settlement) []billing.Outcome {
	t.Helper()
	out, err := s.Post(t.Context(), reservations, settlements)
	must(t, err)
	if len(out) != len(reservations) {
		t.Fatalf("%d outcomes of %d reservations", len(out), len(reservations))
	}
	return out
}

func reservation(id, key string, amount int64) billing.Reservation {
	return billing.Reservation{ID: id, APIKey: key, Amount: amount, At: at, Limit: math.MaxInt64}
}

func postAndRecover(t *testing.T, s billing.Ledger) {
	ctx := t.Context()
	post(t, s, nil, nil)
	post(t, s, []billing.Reservation{reservation("x1", "k1", 100), reservation("x2", "k1", 100), reservation("x3", "k2", 50)}, nil)
	settle := []billing.Settlement{{Reservation: "x1", APIKey: "k1", Amount: 30}, {Reservation: "x3", APIKey: "k2", Amount: 0}}
	post(t, s, []billing.Reservation{reservation("x4", "k2", 7)}, settle)
	post(t, s, nil, settle) // again, after a doubtful failure: charges nothing
	post(t, s, nil, []billing.Settlement{{Reservation: "never", APIKey: "k1", Amount: 1_000}})
	spent, err := s.Recover(ctx)
	must(t, err)
	if spent["k1"].Spent != 130 || spent["k2"].Spent != 7 {
		t.Errorf("spent %v, want k1 130 (30 settled, 100 left standing) and k2 7", spent)
	}
	post(t, s, nil, []billing.Settlement{{Reservation: "x2", APIKey: "k1", Amount: 5}}) // too late
	spent, err = s.Recover(ctx)
	must(t, err)
	if spent["k1"].Spent != 130 || spent["k2"].Spent != 7 {
		t.Errorf("recovered twice: %v", spent)
	}
}

// A reservation that is posted again, after a failure with an unknown outcome, counts once.
func postAgain(t *testing.T, s billing.Ledger) {
	ctx := t.Context()
	post(t, s, []billing.Reservation{reservation("x1", "k1", 10)}, nil)
	out := post(t, s, []billing.Reservation{reservation("x1", "k1", 10), reservation("x2", "k1", 5)}, nil)
	if !out[0].Granted || !out[1].Granted || out[0].Balance.Reserved != 15 {
		t.Errorf("posted again: %+v, want 15 reserved", out)
	}
	spent, err := s.Recover(ctx)
	must(t, err)
	if spent["k1"].Spent != 15 || spent["k1"].Reserved != 0 {
		t.Errorf("recovered %+v, want 15 spent", spent["k1"])
	}
}

// A reservation that does not fit its limit is refused, and leaves nothing behind.
func limits(t *testing.T, s billing.Ledger) {
	fits := func(id string, amount, limit int64) billing.Reservation {
		r := reservation(id, "k1", amount)
		r.Limit = limit
		return r
	}
	out := post(t, s, []billing.Reservation{fits("x1", 60, 100), fits("x2", 41, 100), fits("x3", 40, 100), fits("x4", 1, 100)}, nil)
	if got := []bool{out[0].Granted, out[1].Granted, out[2].Granted, out[3].Granted}; !slices.Equal(got, []bool{true, false, true, false}) || out[1].Balance.Reserved != 100 {
		t.Errorf("granted %v, balance %+v; want the first and the third, and 100 reserved", got, out[1].Balance)
	}
	// A settlement of the same transaction counts first.
	out = post(t, s, []billing.Reservation{fits("x5", 30, 100)}, []billing.Settlement{{Reservation: "x1", APIKey: "k1", Amount: 30}})
	if want := (billing.Balance{Spent: 30, Reserved: 70}); !out[0].Granted || out[0].Balance != want {
		t.Errorf("%+v, want %+v", out[0], want)
	}
	out = post(t, s, []billing.Reservation{fits("x6", 1, 100)}, []billing.Settlement{{Reservation: "x5", APIKey: "k1", Amount: 50, ClosedAt: 200}})
	if out[0].Granted || out[0].Balance.ClosedAt != 200 {
		t.Errorf("granted above the limit: %+v", out[0])
	}
	out = post(t, s, []billing.Reservation{fits("x7", 1, 200), fits("x8", 1, 201)}, nil)
	if out[0].Granted || !out[1].Granted {
		t.Errorf("closed at 200: %+v, want a refusal at 200 and none at 201", out)
	}
}

func parallelPost(t *testing.T, s billing.Ledger) {
	const n = 20
	var wg sync.WaitGroup
	errs := make([]error, n)
	for i := range n {
		wg.Go(func() {
			id := fmt.Sprint("x", i)
			_, reserved := s.Post(context.Background(), []billing.Reservation{reservation(id, "k1", 100)}, nil)
			_, settled := s.Post(context.Background(), nil, []billing.Settlement{{Reservation: id, APIKey: "k1", Amount: 3}})
			errs[i] = errors.Join(reserved, settled)
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
	post(t, s, []billing.Reservation{reservation("x1", "k1", 10), reservation("x2", "k1", 10), reservation("x3", "k1", 10)}, nil)
	post(t, s, nil, []billing.Settlement{{Reservation: "x1", APIKey: "k1", Amount: 3, Counted: true}, {Reservation: "x2", APIKey: "k1", Amount: 40, ClosedAt: 700}})
	post(t, s, nil, []billing.Settlement{{Reservation: "x3", APIKey: "k1", Amount: 5, ClosedAt: 600}})
	spent, err := s.Recover(ctx)
	must(t, err)
	if want := (billing.Balance{Spent: 48, Counted: 3, ClosedAt: 700}); spent["k1"] != want {
		t.Errorf("%+v, want %+v", spent["k1"], want)
	}
}
