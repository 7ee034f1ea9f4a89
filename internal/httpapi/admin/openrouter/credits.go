package openrouter

import (
	"context"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing/budget"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
)

// creditsResponse is what was paid in advance, or may be spent in all, and what of it is spent.
type creditsResponse struct {
	Data struct {
		Total action.USD `json:"total_credits"`
		Used  action.USD `json:"total_usage"`
	} `json:"data"`
}

// credits tells about the wallet that pays for the calls of the caller's key, else about the key's
// budget.
func (a *routes) credits(ctx context.Context, r *action.Request) error {
	k, err := a.own(ctx, r)
	if err != nil {
		return err
	}
	r.Target = k.ID
	var out creditsResponse
	wallet := a.walletOf(r.By, k)
	switch {
	case wallet != nil:
		balance, err := a.Ledger.WalletSpending(ctx, *wallet)
		if err != nil {
			return err
		}
		out.Data.Total, out.Data.Used = action.USD(wallet.Credited), action.USD(balance.Spent)
	case k.Budget != nil:
		out.Data.Total, out.Data.Used = action.USD(*k.Budget), action.USD(k.Spent)
	default:
		return &gateway.Error{Op: "openrouter.credits", Kind: gateway.NotFound,
			Public: "Neither a wallet that you may read nor a budget applies to this API key, so that it has no credits to tell of. GET /v1/key tells what it has used."}
	}
	r.Reply = out
	return nil
}

// walletOf is the wallet that pays: the key's own, else that of its workspace, which only some
// roles may read.
func (a *routes) walletOf(by *gateway.Principal, k identity.APIKeyInfo) *budget.Wallet {
	var shared *budget.Wallet
	for _, w := range a.Wallets.Wallets(k.Workspace) {
		switch {
		case w.APIKey == k.ID:
			return &w
		case w.APIKey == "" && by.May(gateway.WalletsRead):
			shared = &w
		}
	}
	return shared
}
