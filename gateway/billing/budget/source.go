package budget

import (
	"time"

	"github.com/sluicegate/sluice/gateway/billing/ledger"
	"github.com/sluicegate/sluice/gateway/policy"
)

// Source is where the money of a call comes from: the lifetime budget of an API key, one group of a
// budget in one period, or a wallet. Each has an account of its own in the ledger.
type Source struct {
	Account   string // names it in the ledger
	Kind      Kind
	ID        string // of the API key, the budget or the wallet
	Name      string // "" for an API key
	Owner     policy.Owner
	Workspace string
	Group     []ledger.GroupValue // of a grouped budget
	Period    Period
	Start     time.Time // of the period; zero for a lifetime
	Resets    time.Time // when the next period begins; zero: never
}

// Kind says what an account is the account of.
type Kind string

// The kinds of accounts.
const (
	OfAPIKey Kind = "api_key" // a budget of an API key
	OfBudget Kind = "budget"
	OfWallet Kind = "wallet" // its limit is what was credited
)

// Lifetime is the account of an API key's own budget.
func Lifetime(apiKey string) Source {
	return Source{Account: apiKey, Kind: OfAPIKey, ID: apiKey, Period: Life}
}
