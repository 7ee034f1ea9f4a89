package budget

import "context"

// Store keeps budgets and wallets. The conformance suite is billingtest.Store. Implementations
// copy what they are given; what they return belongs to the caller.
type Store interface {
	// Budgets lists all budgets by id.
	Budgets(ctx context.Context) ([]Budget, error)
	// ChangeBudgets writes and deletes budgets, all or none. A budget that exists is replaced;
	// deleting one that does not is no error.
	ChangeBudgets(ctx context.Context, put []Budget, remove []string) error
	// Wallets lists all wallets by id.
	Wallets(ctx context.Context) ([]Wallet, error)
	// CreateWallet stores a wallet, which is empty. One of its name, for its API key, or for its
	// workspace is a Conflict.
	CreateWallet(ctx context.Context, w Wallet) error
	// DeleteWallet deletes a wallet. Its entries in the ledger stay. One that does not exist is no
	// error.
	DeleteWallet(ctx context.Context, id string) error
	// CreditWallet adds a credit to the wallet and to the ledger, and returns the wallet as it is
	// then. A credit whose reference the wallet has already changes nothing; if its amount differs,
	// it is a Conflict. A wallet that does not exist is NotFound.
	CreditWallet(ctx context.Context, wallet string, c Credit) (w Wallet, added bool, err error)
	// Credits lists the newest credits of a wallet.
	Credits(ctx context.Context, wallet string, limit int) ([]Credit, error)
}
