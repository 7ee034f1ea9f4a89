package sqlstore

import (
	"context"
	"crypto/rand"
	"strings"

	"github.com/uptrace/bun/dialect"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing"
	"github.com/sluicegate/sluice/gateway/billing/ledger"
	"github.com/sluicegate/sluice/gateway/credential"
	"github.com/sluicegate/sluice/gateway/history"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/gateway/identity/session"
	"github.com/sluicegate/sluice/gateway/limit"
	"github.com/sluicegate/sluice/gateway/replica"
	"github.com/sluicegate/sluice/gateway/route"
	"github.com/sluicegate/sluice/prompts"
)

// Store is an open control database. It implements every store interface of the parts.
type Store struct {
	db     database
	origin string // names this process in the feed of changes
}

func newStore(e *engine) *Store {
	s := &Store{origin: rand.Text()}
	s.db.use(e)
	return s
}

var (
	_ identity.Store   = (*Store)(nil)
	_ session.Store    = (*Store)(nil)
	_ credential.Store = (*Store)(nil)
	_ ledger.Shared    = (*Store)(nil)
	_ billing.Store    = (*Store)(nil)
	_ history.Store    = (*Store)(nil)
	_ replica.Feed     = (*Store)(nil)
	_ limit.Store      = (*Store)(nil)
	_ route.Store      = (*Store)(nil)
	_ prompts.Store    = (*Store)(nil)
)

// Close ends all connections.
func (s *Store) Close() error { return s.db.Close() }

// Ping reports whether the database answers. It does not while a copy stands in for it.
func (s *Store) Ping(ctx context.Context) error {
	if s.Copied() {
		return &gateway.Error{Op: "sqlstore.Ping", Kind: gateway.Unavailable, Public: "The control database does not answer."}
	}
	return s.db.PingContext(ctx)
}

// postgres reports whether the database is PostgreSQL, not SQLite.
func (s *Store) postgres() bool { return s.db.Dialect().Name() == dialect.PG }

// byBytes orders by the bytes of text columns. A database of PostgreSQL may order otherwise by
// default.
func (s *Store) byBytes(columns ...string) string {
	if !s.postgres() {
		return strings.Join(columns, ", ")
	}
	return strings.Join(columns, ` COLLATE "C", `) + ` COLLATE "C"`
}
