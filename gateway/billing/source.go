package billing

import (
	"time"

	"github.com/sluicegate/sluice/gateway/billing/ledger"
	"github.com/sluicegate/sluice/gateway/policy"
)

// source says what an account of the ledger is the account of.
type source struct {
	account   string // names it in the ledger
	kind      Kind
	id        string // of the API key, the budget or the wallet
	name      string // "" for an API key
	owner     policy.Owner
	workspace string
	group     []ledger.GroupValue // of a grouped budget
	period    Period
	start     time.Time // of the period; zero for a lifetime
	resets    time.Time // when the next period begins; zero: never
}

// lifetime is the account of an API key's own budget.
func lifetime(apiKey string) source {
	return source{account: apiKey, kind: OfAPIKey, id: apiKey, period: Life}
}
