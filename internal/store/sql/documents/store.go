package documents

import (
	"github.com/sluicegate/sluice/gateway/route"
	"github.com/sluicegate/sluice/internal/store/sql/db"
	"github.com/sluicegate/sluice/prompts"
)

// Store reads and writes the tables of this room.
type Store struct{ db *db.DB }

var (
	_ route.Store   = (*Store)(nil)
	_ prompts.Store = (*Store)(nil)
)

// New makes the store on a database that somebody else closes.
func New(d *db.DB) *Store { return &Store{d} }
