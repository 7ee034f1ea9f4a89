package spending

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway/billing/alert"
	"github.com/sluicegate/sluice/gateway/billing/alert/alerttest"
	"github.com/sluicegate/sluice/gateway/billing/billingtest"
	"github.com/sluicegate/sluice/gateway/billing/ledger"
	"github.com/sluicegate/sluice/gateway/billing/pricing"
	"github.com/sluicegate/sluice/gateway/billing/pricing/pricingtest"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/gateway/limit/limittest"
	"github.com/sluicegate/sluice/internal/store/sql/accounts"
	"github.com/sluicegate/sluice/internal/store/sql/db"
	"github.com/sluicegate/sluice/internal/store/sql/db/dbtest"
)

// inWorkspace is a store with the workspace w, which rules need.
func inWorkspace(t *testing.T, d *db.DB) *Store {
	t.Helper()
	owners, at := accounts.New(d), time.Unix(1, 0)
	err := owners.PutOrganisation(t.Context(), identity.Organisation{ID: "o", Name: "o", CreatedAt: at})
	if err = errors.Join(err, owners.PutWorkspace(t.Context(), identity.Workspace{ID: "w", Organisation: "o", Name: "default", CreatedAt: at})); err != nil {
		t.Fatal(err)
	}
	return New(d)
}

func TestStoresOfRules(t *testing.T) {
	dbtest.OnBoth(t, func(t *testing.T, open func(testing.TB) *db.DB) {
		s := inWorkspace(t, open(t))
		limittest.Store(t, s, "w")
		billingtest.Store(t, s, "w")
	})
}

func TestPricingStore(t *testing.T) {
	dbtest.OnBoth(t, func(t *testing.T, open func(testing.TB) *db.DB) {
		pricingtest.Store(t, func(t *testing.T) pricing.Store { return inWorkspace(t, open(t)) })
	})
}

func TestAlertStore(t *testing.T) {
	dbtest.OnBoth(t, func(t *testing.T, open func(testing.TB) *db.DB) {
		alerttest.Store(t, func(t *testing.T) alert.Store { return New(open(t)) })
	})
}

func TestBillingLedger(t *testing.T) {
	dbtest.OnBoth(t, func(t *testing.T, open func(testing.TB) *db.DB) {
		billingtest.Ledger(t, func(t *testing.T) ledger.Ledger { return New(open(t)) })
	})
}

func TestSharedLedger(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		billingtest.SharedLedger(t, func(t *testing.T, processes int) []ledger.Shared {
			return slices.Repeat([]ledger.Shared{New(dbtest.Open(t))}, processes) // one process has the file
		})
	})
	t.Run("postgres", func(t *testing.T) {
		billingtest.SharedLedger(t, func(t *testing.T, processes int) []ledger.Shared {
			var out []ledger.Shared
			for _, d := range dbtest.Replicas(t, processes) {
				out = append(out, New(d))
			}
			return out
		})
	})
}
