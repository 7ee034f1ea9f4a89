package billing

import (
	"time"

	"github.com/sluicegate/sluice/gateway/billing/budget"
	"github.com/sluicegate/sluice/gateway/billing/ledger"
)

// Alerts learns when what was spent of a limit crosses a share of it: one of [Config.AlertShares].
//
// Reached is called by the process whose settlement crossed the share, and again by
// [Service.Remind], because a process that dies in between tells nobody. It may not block and may be
// called from several goroutines. What it is told is already in the ledger.
type Alerts interface {
	Reached(Crossing)
}

// crossing tells of a share of an account.
func crossing(s *budget.Source, percent, limit, spent int64, at time.Time) Crossing {
	kind, id, name := s.Kind, s.ID, s.Name
	switch s.Owner.Attribute {
	case "api_key":
		kind, id = budget.OfAPIKey, s.Owner.ID
	case "virtual_key":
		name = "of the virtual key " + s.Name
	}
	return Crossing{Account: s.Account, Kind: kind, ID: id, Name: name, Workspace: s.Workspace, Group: s.Group, Percent: percent, Limit: limit, Spent: spent, Resets: s.Resets, At: at}
}

// defaultShares are the shares of a limit, in percent, whose crossing is told.
var defaultShares = []int64{50, 80, 100}

// Crossing is a share of a limit that was crossed. Amounts are nano-USD.
type Crossing struct {
	Account   string // of the ledger; it names the limit, its group and its period
	Kind      budget.Kind
	ID        string              // of the API key, the budget or the wallet
	Name      string              // of the budget or the wallet; "" for an API key
	Workspace string              // id; "" = all workspaces
	Group     []ledger.GroupValue // of a grouped budget
	APIKey    string              // id, of the call whose settlement crossed the share; "" if it is not known any more
	Percent   int64
	Limit     int64
	Spent     int64
	Resets    time.Time // zero: never
	At        time.Time
}

// crossed is the highest share of a limit that a move of its spending crossed, 0 if it crossed
// none.
func crossed(before, after, limit int64, shares []int64) int64 {
	highest := int64(0)
	for _, percent := range shares {
		if at := shareOf(limit, percent); before < at && after >= at {
			highest = max(highest, percent)
		}
	}
	return highest
}

// shareOf is percent of a limit, at least 1.
func shareOf(limit, percent int64) int64 {
	// Division first would lose what is below a hundredth; the product may not overflow.
	return max(limit/100*percent+limit%100*percent/100, 1)
}
