package credentials

import (
	"github.com/sluicegate/sluice/gateway/credential"
	"github.com/sluicegate/sluice/gateway/credential/seal"
	"github.com/sluicegate/sluice/internal/store/sql/db"
)

// Store reads and writes the tables of this room.
type Store struct{ db *db.DB }

var (
	_ credential.Store = (*Store)(nil)
	_ seal.Store       = (*Store)(nil)
	_ seal.KeyStore    = (*Store)(nil)
)

// New makes the store on a database that somebody else closes.
func New(d *db.DB) *Store { return &Store{d} }
