package accounts

import (
	"github.com/sluicegate/sluice/gateway/clientsecret"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/gateway/identity/device"
	"github.com/sluicegate/sluice/gateway/identity/session"
	"github.com/sluicegate/sluice/internal/store/sql/db"
)

// Store reads and writes the tables of this room.
type Store struct{ db *db.DB }

var (
	_ identity.Store     = (*Store)(nil)
	_ session.Store      = (*Store)(nil)
	_ device.Store       = (*Store)(nil)
	_ clientsecret.Store = (*Store)(nil)
)

// New makes the store on a database that somebody else closes.
func New(d *db.DB) *Store { return &Store{d} }
