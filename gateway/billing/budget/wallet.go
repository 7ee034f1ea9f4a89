package budget

import (
	"strconv"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing/ledger"
	"github.com/sluicegate/sluice/gateway/policy"
)

// Wallet holds what was paid in advance. The calls of its API key, or of its workspace, are paid
// from it; without money in it they are refused. A call is paid from one wallet: its API key's,
// else its workspace's.
type Wallet struct {
	ID        string
	Name      string // unique in its workspace
	Workspace string // id
	APIKey    string // id; "" = all keys of the workspace
	Credited  int64  // nano-USD, all credits together
	CreatedAt time.Time
	UpdatedAt time.Time
}

// Credit is one payment into a wallet.
type Credit struct {
	Reference string // of the payment, unique for its wallet: the same one again changes nothing
	Amount    int64  // nano-USD
	By        string // id of the member who credited it
	At        time.Time
}

func (w *Wallet) validate() error {
	if w.Name == "" || len(w.Name) > policy.MaxNameBytes {
		return gateway.InvalidField("billing.Wallet", "name", "The name must have between 1 and "+strconv.Itoa(policy.MaxNameBytes)+" bytes.")
	}
	return nil
}

// maxReferenceBytes bounds the reference of a credit.
const maxReferenceBytes = 256

func (c *Credit) validate() error {
	field := func(name, public string) error { return gateway.InvalidField("billing.Credit", name, public) }
	if c.Reference == "" || len(c.Reference) > maxReferenceBytes {
		return field("reference", "The reference must have between 1 and "+strconv.Itoa(maxReferenceBytes)+" bytes: the number of the payment, so that it counts once.")
	}
	if c.Amount < 1 || c.Amount > maxLimit {
		return field("amount", "The amount must be above 0, up to 9000000000 USD.")
	}
	return nil
}

// Source is the account of the wallet.
func (w *Wallet) Source() Source {
	return Source{Kind: OfWallet, ID: w.ID, Name: w.Name, Workspace: w.Workspace, Account: walletAccount(w.ID), Period: Life}
}

func walletAccount(id string) string { return "wallet/" + id }

// CreditEntries are those of a credit to a wallet.
func CreditEntries(wallet string, c Credit) []ledger.Entry {
	transaction := "credit/" + wallet + "/" + c.Reference
	return []ledger.Entry{{Transaction: transaction, Account: walletAccount(wallet), Amount: c.Amount}, {Transaction: transaction, Account: ledger.DepositsAccount, Amount: -c.Amount}}
}
