package openrouter_test

import (
	"context"
	"testing"

	"go.uber.org/goleak"

	"github.com/sluicegate/sluice/gateway/billing/budget"
	"github.com/sluicegate/sluice/gateway/billing/ledger"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/internal/httpapi/admin/admintest"
	"github.com/sluicegate/sluice/internal/httpapi/admin/apikey"
	"github.com/sluicegate/sluice/internal/httpapi/admin/openrouter"
	"github.com/sluicegate/sluice/telemetry"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestCalls(t *testing.T) {
	admintest.Run(t, "testdata/*.txtar", func(o *admintest.Office) []httpapi.Route {
		return openrouter.Routes(openrouter.Settings{Performer: action.Performer{Workspaces: o.Identity}, Keys: apikey.Service{Keys: o.Identity, Own: o.Own()},
			Finder: o.Identity, Usage: hours{}, Wallets: wallet{}, Ledger: wallet{}})
	})
}

// hours is a usage of one thousandth of a dollar for each whole hour that is asked about.
type hours struct{}

func (hours) Usage(_ context.Context, q telemetry.UsageQuery) ([]telemetry.UsageRow, error) {
	if err := q.Check(); err != nil {
		return nil, err
	}
	n := int64(q.Until.Sub(q.Since).Hours())
	return []telemetry.UsageRow{{APIKey: q.APIKey, Charged: n * 1_000_000}}, nil
}

// wallet pays for the workspaces of all tests.
type wallet struct{}

func (wallet) Wallets(workspace string) []budget.Wallet {
	return []budget.Wallet{{ID: "w", Name: "prepaid", Workspace: workspace, Credited: 100_000_000_000}}
}

func (wallet) WalletSpending(context.Context, budget.Wallet) (ledger.Balance, error) {
	return ledger.Balance{Spent: 12_500_000_000}, nil
}
