package billingtest

import (
	"reflect"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing/budget"
	"github.com/sluicegate/sluice/gateway/billing/ledger"
	"github.com/sluicegate/sluice/gateway/policy"
)

// Store runs the suite of budget.Store on an empty store that has a workspace.
func Store(t *testing.T, s interface {
	budget.Store
	ledger.Ledger
}, workspace string) {
	t.Run("Budgets", func(t *testing.T) { storeBudgets(t, s, workspace) })
	t.Run("Wallets", func(t *testing.T) { storeWallets(t, s, s, workspace) })
}

func storeBudgets(t *testing.T, s budget.Store, workspace string) {
	ctx, at := t.Context(), at.UTC()
	whole := budget.Budget{ID: "a", Name: "trial", Workspace: workspace, Conditions: []policy.Condition{{Key: "model", Values: policy.Values{"gpt-*", "o3"}}, {Key: "team", Values: policy.Values{"x"}, Excludes: true}},
		GroupBy: []policy.Group{{Key: "user"}}, Limit: 5_000_000_001, Period: budget.Month, TimeZone: "Europe/Berlin", Ends: at.Add(time.Hour), CreatedAt: at, UpdatedAt: at.Add(time.Second)}
	small := budget.Budget{ID: "b", Name: "all", Limit: 1, Period: budget.Life, Owner: policy.Owner{Attribute: "api_key", ID: "k"}, CreatedAt: at, UpdatedAt: at}
	must(t, s.ChangeBudgets(ctx, []budget.Budget{small, whole}, nil))
	want := func(budgets ...budget.Budget) {
		t.Helper()
		got, err := s.Budgets(ctx)
		if must(t, err); len(got) != len(budgets) || len(got) > 0 && !reflect.DeepEqual(got, budgets) {
			t.Errorf("%+v, want %+v", got, budgets)
		}
	}
	want(whole, small)
	whole.Limit, whole.GroupBy = 7, nil
	dangling := small
	dangling.ID, dangling.Workspace = "c", "nowhere"
	if err := s.ChangeBudgets(ctx, []budget.Budget{whole, dangling}, []string{"b"}); gateway.AsError(err).Kind != gateway.NotFound {
		t.Errorf("a budget of a workspace that does not exist: %v", err)
	}
	if got, err := s.Budgets(ctx); err != nil || len(got) != 2 || got[0].Limit == 7 {
		t.Errorf("half saved: %+v, %v", got, err)
	}
	must(t, s.ChangeBudgets(ctx, []budget.Budget{whole}, []string{"b", "unknown"}))
	want(whole)
	must(t, s.ChangeBudgets(ctx, nil, []string{"a"}))
	want()
}

func storeWallets(t *testing.T, s budget.Store, l ledger.Ledger, workspace string) {
	ctx, at := t.Context(), at.UTC()
	w := budget.Wallet{ID: "w1", Name: "prepaid", Workspace: workspace, CreatedAt: at, UpdatedAt: at}
	must(t, s.CreateWallet(ctx, w))
	ofKey := budget.Wallet{ID: "w2", Name: "of a key", Workspace: workspace, APIKey: "k1", CreatedAt: at, UpdatedAt: at}
	must(t, s.CreateWallet(ctx, ofKey))
	for what, twin := range map[string]budget.Wallet{
		"its name":      {ID: "w3", Name: "prepaid", Workspace: workspace, APIKey: "k2", CreatedAt: at, UpdatedAt: at},
		"its workspace": {ID: "w3", Name: "other", Workspace: workspace, CreatedAt: at, UpdatedAt: at},
		"its API key":   {ID: "w3", Name: "other", Workspace: workspace, APIKey: "k1", CreatedAt: at, UpdatedAt: at},
	} {
		if err := s.CreateWallet(ctx, twin); gateway.AsError(err).Kind != gateway.Conflict {
			t.Errorf("another wallet of %s: %v", what, err)
		}
	}
	credit := func(reference string, amount int64) (budget.Wallet, bool, error) {
		return s.CreditWallet(ctx, "w1", budget.Credit{Reference: reference, Amount: amount, By: "m", At: at.Add(time.Duration(amount))})
	}
	for i, c := range []struct {
		reference       string
		amount, balance int64
		added           bool
	}{{"one", 100, 100, true}, {"two", 50, 150, true}, {"one", 100, 150, false}} {
		got, added, err := credit(c.reference, c.amount)
		if must(t, err); got.Credited != c.balance || added != c.added || got.Name != "prepaid" {
			t.Errorf("credit %d: %+v, added %v", i, got, added)
		}
	}
	if _, _, err := credit("one", 99); gateway.AsError(err).Kind != gateway.Conflict {
		t.Errorf("the same reference with another amount: %v", err)
	}
	if _, _, err := s.CreditWallet(ctx, "unknown", budget.Credit{Reference: "x", Amount: 1, At: at}); gateway.AsError(err).Kind != gateway.NotFound {
		t.Errorf("a wallet that does not exist: %v", err)
	}
	post(t, l, []ledger.Reservation{limited("x1", "wallet/w1", 40, 150)}, nil)
	post(t, l, nil, []ledger.Settlement{settlement("x1", "wallet/w1", 30)})
	sound(t, l)
	credits, err := s.Credits(ctx, "w1", 10)
	if must(t, err); len(credits) != 2 || credits[0].Reference != "one" || credits[0].Amount != 100 || credits[0].By != "m" || !credits[1].At.Equal(at.Add(50)) {
		t.Errorf("credits %+v", credits)
	}
	all, err := s.Wallets(ctx)
	w.Credited, w.UpdatedAt = 150, at.Add(50)
	if must(t, err); !reflect.DeepEqual(all, []budget.Wallet{w, ofKey}) {
		t.Errorf("wallets %+v, want %+v", all, []budget.Wallet{w, ofKey})
	}
	must(t, s.DeleteWallet(ctx, "w1"))
	must(t, s.DeleteWallet(ctx, "w1"))
	if all, err = s.Wallets(ctx); err != nil || len(all) != 1 {
		t.Errorf("after a deletion: %+v, %v", all, err)
	}
	sound(t, l)
}
