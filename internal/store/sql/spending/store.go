package spending

import (
	"github.com/sluicegate/sluice/gateway/billing/alert"
	"github.com/sluicegate/sluice/gateway/billing/budget"
	"github.com/sluicegate/sluice/gateway/billing/ledger"
	"github.com/sluicegate/sluice/gateway/billing/pricing"
	"github.com/sluicegate/sluice/gateway/limit"
	"github.com/sluicegate/sluice/internal/store/sql/db"
)

// Store reads and writes the tables of this room.
type Store struct{ db *db.DB }

var (
	_ budget.Store  = (*Store)(nil)
	_ ledger.Shared = (*Store)(nil)
	_ pricing.Store = (*Store)(nil)
	_ alert.Store   = (*Store)(nil)
	_ limit.Store   = (*Store)(nil)
)

// New makes the store on a database that somebody else closes.
func New(d *db.DB) *Store { return &Store{d} }
