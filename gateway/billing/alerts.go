package billing

import "time"

// Alerts learns when what was spent of a limit crosses a share of it: one of [AlertShares].
//
// Reached is called once for each share and each account, by the process whose settlement crossed
// it. It may not block and may be called from several goroutines. What it is told is already in
// the ledger; a process that dies in between tells nobody.
type Alerts interface {
	Reached(Crossing)
}

// AlertShares are the shares of a limit, in percent, whose crossing is told.
var AlertShares = []int64{50, 80, 100}

// Crossing is a share of a limit that was crossed. Amounts are nano-USD.
type Crossing struct {
	Account   string // of the ledger; it names the limit, its group and its period
	Kind      Kind
	ID        string // of the API key, the budget or the wallet
	Name      string // of the budget or the wallet; "" for an API key
	Workspace string // id; "" = all workspaces
	APIKey    string // id, of the call whose settlement crossed the share
	Percent   int64
	Limit     int64
	Spent     int64
	Resets    time.Time // zero: never
	At        time.Time
}

// Kind says what an account is the account of.
type Kind string

// The kinds of accounts.
const (
	OfAPIKey Kind = "api_key" // the lifetime budget of an API key
	OfBudget Kind = "budget"
	OfWallet Kind = "wallet" // its limit is what was credited
)

// crossed is the highest share of a limit that a move of its spending crossed, 0 if it crossed
// none.
func crossed(before, after, limit int64) int64 {
	highest := int64(0)
	for _, percent := range AlertShares {
		// Division first would lose what is below a hundredth; the product may not overflow.
		at := limit/100*percent + limit%100*percent/100
		if before < at && after >= at {
			highest = percent
		}
	}
	return highest
}
