package budget

import (
	"context"
	"slices"
	"strings"

	"github.com/sluicegate/sluice/gateway"
)

// Wallets lists the wallets of a workspace by name.
func (l *Limits) Wallets(workspace string) []Wallet {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []Wallet
	for _, w := range l.wallets {
		if w.Workspace == workspace {
			out = append(out, w)
		}
	}
	slices.SortFunc(out, func(a, b Wallet) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// Wallet is one of Wallets, by id or name.
func (l *Limits) Wallet(workspace, ref string) (Wallet, error) {
	for _, w := range l.Wallets(workspace) {
		if w.ID == ref || w.Name == ref {
			return w, nil
		}
	}
	return Wallet{}, &gateway.Error{Op: "billing.Wallet", Kind: gateway.NotFound, Param: "name", Public: "There is no wallet '" + ref + "'."}
}

// CreateWallet makes an empty wallet: from now on the calls that it pays for are refused until it
// is credited.
func (l *Limits) CreateWallet(ctx context.Context, w Wallet) (Wallet, error) {
	if err := w.validate(); err != nil {
		return Wallet{}, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	w.CreatedAt = l.cfg.Now().UTC()
	w.ID, w.UpdatedAt, w.Credited = l.cfg.NewID(w.CreatedAt), w.CreatedAt, 0
	if err := l.cfg.Store.CreateWallet(ctx, w); err != nil {
		return Wallet{}, err
	}
	l.wallets[w.ID] = w
	l.publish()
	return w, nil
}

// DeleteWallet deletes a wallet: calls are no longer paid from it.
func (l *Limits) DeleteWallet(ctx context.Context, id string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.cfg.Store.DeleteWallet(ctx, id); err != nil {
		return err
	}
	delete(l.wallets, id)
	l.publish()
	return nil
}

// CreditWallet adds a payment. The same reference again changes nothing, and added is false.
func (l *Limits) CreditWallet(ctx context.Context, id string, c Credit) (w Wallet, added bool, err error) {
	if err := c.validate(); err != nil {
		return Wallet{}, false, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	c.At = l.cfg.Now().UTC()
	if w, added, err = l.cfg.Store.CreditWallet(ctx, id, c); err != nil {
		return Wallet{}, false, err
	}
	l.wallets[w.ID] = w
	l.publish()
	return w, added, nil
}

// Credits lists the newest credits of a wallet.
func (l *Limits) Credits(ctx context.Context, wallet string, limit int) ([]Credit, error) {
	return l.cfg.Store.Credits(ctx, wallet, limit)
}
