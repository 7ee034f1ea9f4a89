package ledger_test

import (
	"math"
	"testing"

	"github.com/sluicegate/sluice/gateway/billing/ledger"
)

// An account of which more was spent than 63 bits hold stays spent: nothing is negative, and nothing is
// granted any more.
func TestBooksNeverOverflow(t *testing.T) {
	b := ledger.NewBooks([]string{"k"}, map[string]ledger.Balance{"k": {Spent: math.MaxInt64 - 5, Counted: math.MaxInt64 - 5, Reserved: 20}}, nil)
	if r := (ledger.Reservation{ID: "x", APIKey: "k", Amount: 1, Claims: []ledger.Claim{{Account: "k", Limit: math.MaxInt64}}}); b.Reserve(r) {
		t.Error("a reservation was granted")
	}
	b.Settle(ledger.Settlement{Reservation: "y", APIKey: "k", Amount: 1_000, Cost: 1_000, Counted: true}, []string{"k"}, 20)
	if want := (ledger.Balance{Spent: math.MaxInt64, Counted: math.MaxInt64}); b.Moves["k"].After != want {
		t.Errorf("%+v, want %+v", b.Moves["k"].After, want)
	}
}
