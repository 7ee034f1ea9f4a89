// Package ledger keeps what was spent and reserved of accounts.
//
// A [Ledger] is durable and decides: a reservation is granted if, in its transaction, it fits all of its
// accounts. [Books] are the accounts of one transaction while an implementation works on it, so every
// implementation counts alike. A [Writer] gathers what is due at one moment into one transaction.
//
// The package knows neither prices nor budgets: an account is a name with a limit. Entries are only ever
// added, and those of one transaction sum to zero. The stores that keep a ledger import this package; the
// conformance suites are billingtest.Ledger and billingtest.SharedLedger.
package ledger

import (
	"context"
	"time"

	"github.com/sluicegate/sluice/gateway/policy"
)

// Ledger keeps, durably, what was spent and reserved of accounts, and the entries that led there.
// It decides: a reservation is granted if it fits all of its accounts at that moment. When a method
// returns without an error, its effect survives a crash of the machine. The conformance suite is
// billingtest.Ledger. Amounts are nano-USD.
//
// Each settlement of money is one transaction of entries that sum to zero: see [Entry].
type Ledger interface {
	// Post writes the settlements, then each reservation that fits, all in one transaction. A
	// reservation takes of all its accounts or of none. One whose ID stands already is granted and
	// counts once. A settlement without its reservation is ignored, so that one posted again after a
	// failure with an unknown outcome charges once.
	Post(ctx context.Context, reservations []Reservation, settlements []Settlement) (Posted, error)
	// Recover turns all reservations without a lease into spending. Called once, at the start of the
	// one process that owns the ledger.
	Recover(ctx context.Context) error
	// Sweep turns reservations whose lease has ended into spending, each exactly once whoever
	// sweeps. It returns their number and the accounts that they moved.
	Sweep(ctx context.Context) (swept int, moved map[string]Move, err error)
	// Balances returns the balances of some accounts. Accounts that never reserved are left out.
	Balances(ctx context.Context, accounts ...string) (map[string]Balance, error)
	// Groups lists the accounts of a budget whose period ends after a time, or never, those with
	// the most spending first.
	Groups(ctx context.Context, budget string, after time.Time, limit int) ([]GroupBalance, error)
	// Standing lists the reservations of an account, oldest first.
	Standing(ctx context.Context, account string) ([]Standing, error)
	// Verify adds everything up as of one moment.
	Verify(ctx context.Context) (Verification, error)
}

// Shared is a ledger that several processes use at once. Its clock is that of the
// database. The conformance suite is billingtest.SharedLedger.
type Shared interface {
	Ledger
	// Extend lets the leases of reservations end at lease from now.
	Extend(ctx context.Context, reservations []string, lease time.Duration) error
}

// Balance is what was spent and reserved of an account.
type Balance struct {
	Spent    int64
	Reserved int64
	Counted  int64 // the part of Spent that no vendor reported
	ClosedAt int64 // the highest limit at which a vendor billed above its bound; 0: none did
}

// GroupValue is the value of one attribute that a budget is grouped by.
type GroupValue struct {
	Key   policy.Attribute `json:"key"`
	Value string           `json:"value"`
}

// GroupBalance is the balance of one group of a budget.
type GroupBalance struct {
	Balance
	Account string
	Group   []GroupValue
	Ends    time.Time // of its period; zero: never
}

// Reservation is money to set aside for one attempt, in each of its accounts. One without accounts is
// always granted: it only tells whether somebody has settled it.
type Reservation struct {
	ID     string // begins with the exchange's id
	APIKey string // id
	Amount int64
	Claims []Claim
	At     time.Time
	Lease  time.Duration // how long it stands unless it is extended; 0: until Recover
}

// Claim is a reservation's part of one account.
type Claim struct {
	Account string
	// Limit: what is spent and reserved, with the reservation's amount, may not exceed it, and the
	// account may not be closed at it.
	Limit int64

	// What the ledger notes when the account is new.
	Budget string // id, "" of an account of something else
	Group  []GroupValue
	Ends   time.Time // of its period; zero: never
}

// Posted is what became of what was posted.
type Posted struct {
	Granted  []bool          // of the reservations, in their order
	Settled  []bool          // of the settlements, in their order: whether each has ended its reservation
	Accounts map[string]Move // of all accounts that they and the settlements concern
}

// Move is an account before and after a transaction.
type Move struct{ Before, After Balance }

// Standing is a reservation that was neither settled nor swept.
type Standing struct {
	ID      string
	APIKey  string // id, of the call
	Amount  int64
	At      time.Time
	Expires time.Time // zero: it has no lease
}

// Settlement ends a reservation with the amount that was spent.
type Settlement struct {
	Reservation string // ID of the reservation
	APIKey      string // id
	Amount      int64  // what the accounts of the reservation are charged
	Cost        int64  // what the provider bills
	Provider    string
	Counted     bool  // Amount rests on tokens that were counted, not reported
	ClosedAt    int64 // closes the API key's own account at this limit; 0: it does not
}

// Entry is one line of a transaction in the ledger: what an account gets, negative what it gives.
// The entries of a transaction sum to zero.
type Entry struct {
	Transaction string // the id of a reservation, or of a credit
	Account     string
	Amount      int64
}

// Accounts that no call reserves on. The accounts of budgets and wallets give what a call is
// charged.
const (
	ProviderAccounts = "provider/" // begins the account of a provider, which gets what it bills
	RevenueAccount   = "revenue"   // gets what callers pay above that
	OverlapAccount   = "overlap"   // gets what a call is charged in its second account and any further one
	SweptAccount     = "swept"     // gets what was reserved by processes that died
	DepositsAccount  = "deposits"  // gives what is credited to wallets
	OpeningAccount   = "opening"   // gets what was spent before the ledger had entries
)

// Entries are those of a settlement of a reservation on accounts.
func (s *Settlement) Entries(accounts []string) []Entry {
	if s.Amount == 0 && s.Cost == 0 || len(accounts) == 0 {
		return nil
	}
	out := make([]Entry, 0, len(accounts)+3)
	for _, a := range accounts {
		out = append(out, Entry{s.Reservation, a, -s.Amount})
	}
	out = append(out, Entry{s.Reservation, ProviderAccounts + s.Provider, s.Cost})
	if s.Provider == "" {
		out[len(out)-1].Account = SweptAccount
	}
	if margin := s.Amount - s.Cost; margin != 0 {
		out = append(out, Entry{s.Reservation, RevenueAccount, margin})
	}
	if further := int64(len(accounts)-1) * s.Amount; further != 0 {
		out = append(out, Entry{s.Reservation, OverlapAccount, further})
	}
	return out
}

// Verification is what adding up the ledger found.
type Verification struct {
	Transactions, Entries, Accounts, Reservations int64
	// Unbalanced are transactions whose entries do not sum to zero, up to 100 of them.
	Unbalanced []string
	// Wrong are accounts that do not agree with their entries or reservations, up to 100 of them.
	Wrong []Discrepancy
}

// Sound reports whether everything adds up.
func (v *Verification) Sound() bool { return len(v.Unbalanced) == 0 && len(v.Wrong) == 0 }

// Discrepancy is an account that does not add up.
type Discrepancy struct {
	Account string
	Of      string // "spent", "reserved" or "credited"
	Kept    int64  // by the account
	Summed  int64  // of its entries or reservations
}
