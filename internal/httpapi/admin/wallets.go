package admin

import (
	"context"
	"net/http"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing/budget"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
)

// Wallets administers wallets. workspace is an id, ref an id or a name.
type Wallets interface {
	Wallets(workspace string) []budget.Wallet
	Wallet(workspace, ref string) (budget.Wallet, error)
	Credits(ctx context.Context, wallet string, limit int) ([]budget.Credit, error)
	WalletWriter
}

// WalletWriter changes wallets.
type WalletWriter interface {
	CreateWallet(ctx context.Context, w budget.Wallet) (budget.Wallet, error)
	DeleteWallet(ctx context.Context, id string) error
	CreditWallet(ctx context.Context, id string, c budget.Credit) (w budget.Wallet, added bool, err error)
}

func (a *resources) walletRoutes() []operation {
	const path = "/v1/wallets"
	return []operation{
		{"GET", path, "wallet.list", gateway.WalletsList, a.listWallets},
		{"POST", path, "wallet.create", gateway.WalletsCreate, a.createWallet},
		{"GET", path + "/:id", "wallet.get", gateway.WalletsRead, a.getWallet},
		{"DELETE", path + "/:id", "wallet.delete", gateway.WalletsDelete, a.deleteWallet},
		{"GET", path + "/:id/credits", "wallet.list_credits", gateway.WalletsRead, a.listCredits},
		{"POST", path + "/:id/credits", "wallet.credit", gateway.WalletsCredit, a.creditWallet},
	}
}

type walletResponse struct {
	Object    string    `json:"object"`
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	Workspace string    `json:"workspace_id"`
	APIKey    *string   `json:"api_key_id"` // null: all keys of the workspace
	Credited  usd       `json:"credited_usd"`
	Spent     usd       `json:"spent_usd"`
	Reserved  usd       `json:"reserved_usd"` // by calls in flight
	Balance   usd       `json:"balance_usd"`  // what is neither spent nor reserved
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"last_updated_at"`
}

func (a *resources) walletOf(ctx context.Context, w budget.Wallet) (walletResponse, error) {
	out := walletResponse{Object: "wallet", ID: w.ID, Name: w.Name, Workspace: w.Workspace, Credited: usd(w.Credited), Balance: usd(w.Credited), CreatedAt: w.CreatedAt, UpdatedAt: w.UpdatedAt}
	if w.APIKey != "" {
		out.APIKey = &w.APIKey
	}
	if a.Ledger == nil {
		return out, nil
	}
	b, err := a.Ledger.WalletSpending(ctx, w)
	out.Spent, out.Reserved, out.Balance = usd(b.Spent), usd(b.Reserved), usd(w.Credited-b.Spent-b.Reserved)
	return out, err
}

func (a *resources) listWallets(ctx context.Context, r *request) error {
	workspace, err := r.In(ctx, r.Query("workspace"))
	if err != nil {
		return err
	}
	all := a.Wallets.Wallets(workspace)
	out := make([]walletResponse, len(all))
	for i, w := range all {
		if out[i], err = a.walletOf(ctx, w); err != nil {
			return err
		}
	}
	r.Reply = page{Object: "list", Data: out}
	return nil
}

// wallet is the wallet of the path, in a workspace of the caller's.
func (a *resources) wallet(ctx context.Context, r *request, workspaceRef string) (budget.Wallet, error) {
	r.Target = r.Param("id")
	workspace, err := r.In(ctx, workspaceRef)
	if err != nil {
		return budget.Wallet{}, err
	}
	return a.Wallets.Wallet(workspace, r.Target)
}

func (a *resources) getWallet(ctx context.Context, r *request) error {
	w, err := a.wallet(ctx, r, r.Query("workspace"))
	if err != nil {
		return err
	}
	r.Reply, err = a.walletOf(ctx, w)
	return err
}

// createWallet takes {name, workspace, api_key}.
func (a *resources) createWallet(ctx context.Context, r *request) error {
	f, err := action.ReadForm(ctx, r)
	if err != nil {
		return err
	}
	w := budget.Wallet{Name: f.Text("name", true)}
	ref, key := f.Text("workspace", false), f.Text("api_key", false)
	r.Target = w.Name
	if err := f.Done(); err != nil {
		return err
	}
	if w.Workspace, err = r.In(ctx, ref); err != nil {
		return err
	}
	if key != "" {
		if w.APIKey, err = a.keyIn(ctx, r, w.Workspace, key); err != nil {
			return err
		}
	}
	if w, err = a.Wallets.CreateWallet(ctx, w); err != nil {
		return err
	}
	r.Target, r.Status = w.ID, http.StatusCreated
	r.Reply, err = a.walletOf(ctx, w)
	return err
}

// keyIn is the id of a key of a workspace.
func (a *resources) keyIn(ctx context.Context, r *request, workspace, ref string) (string, error) {
	if a.APIKeys != nil {
		all, err := a.APIKeys.APIKeys(ctx, r.By, workspace)
		if err != nil {
			return "", err
		}
		for _, k := range all {
			if k.ID == ref || k.Name == ref {
				return k.ID, nil
			}
		}
	}
	return "", gateway.InvalidField("admin.keyIn", "api_key", "The workspace has no API key '"+ref+"'.")
}

func (a *resources) deleteWallet(ctx context.Context, r *request) error {
	w, err := a.wallet(ctx, r, r.Query("workspace"))
	if err != nil {
		return err
	}
	if err := a.Wallets.DeleteWallet(ctx, w.ID); err != nil {
		return err
	}
	r.Reply = deleted{ID: w.ID, Deleted: true}
	return nil
}

type creditResponse struct {
	Object    string    `json:"object"`
	Reference string    `json:"reference"`
	Amount    usd       `json:"amount_usd"`
	By        string    `json:"credited_by"` // id of a member
	CreatedAt time.Time `json:"created_at"`
}

// maxCredits is how many credits are listed, the newest first.
const maxCredits = 1_000

func (a *resources) listCredits(ctx context.Context, r *request) error {
	w, err := a.wallet(ctx, r, r.Query("workspace"))
	if err != nil {
		return err
	}
	all, err := a.Wallets.Credits(ctx, w.ID, maxCredits)
	out := make([]creditResponse, len(all))
	for i, c := range all {
		out[i] = creditResponse{"wallet_credit", c.Reference, usd(c.Amount), c.By, c.At}
	}
	r.Reply = page{Object: "list", Data: out}
	return err
}

// creditWallet takes {amount_usd, reference, workspace}. The answer is the wallet: 201, or 200 if
// the reference was there already.
func (a *resources) creditWallet(ctx context.Context, r *request) error {
	f, err := action.ReadForm(ctx, r)
	if err != nil {
		return err
	}
	ref := f.Text("workspace", false)
	c := budget.Credit{Reference: f.Text("reference", true), By: r.By.Member}
	c.Amount, _ = nano(f, "amount_usd", true)
	if err := f.Done(); err != nil {
		return err
	}
	w, err := a.wallet(ctx, r, ref)
	if err != nil {
		return err
	}
	w, added, err := a.Wallets.CreditWallet(ctx, w.ID, c)
	if err != nil {
		return err
	}
	if added {
		r.Status = http.StatusCreated
	}
	r.Reply, err = a.walletOf(ctx, w)
	return err
}
