package observability

import (
	"github.com/sluicegate/sluice/internal/store/sql/db"
	"github.com/sluicegate/sluice/telemetry/export"
	"github.com/sluicegate/sluice/telemetry/feedback"
	"github.com/sluicegate/sluice/telemetry/view"
)

// Store reads and writes the tables of this room.
type Store struct{ db *db.DB }

var (
	_ feedback.Store = (*Store)(nil)
	_ view.Store     = (*Store)(nil)
	_ export.Store   = (*Store)(nil)
)

// New makes the store on a database that somebody else closes.
func New(d *db.DB) *Store { return &Store{d} }
