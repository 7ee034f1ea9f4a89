package sqlstore

import (
	"context"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/store/sql/accounts"
	"github.com/sluicegate/sluice/internal/store/sql/credentials"
	"github.com/sluicegate/sluice/internal/store/sql/db"
	"github.com/sluicegate/sluice/internal/store/sql/documents"
	"github.com/sluicegate/sluice/internal/store/sql/objects"
	"github.com/sluicegate/sluice/internal/store/sql/observability"
	"github.com/sluicegate/sluice/internal/store/sql/replicas"
	"github.com/sluicegate/sluice/internal/store/sql/spending"
)

// Store is an open control database. It implements every store interface of the parts: each method is that
// of a room.
type Store struct {
	db *db.DB

	*accountTables       // organisation, workspaces, members, teams, API keys, sessions
	*credentialTables    // virtual keys, and what the master key seals
	*documentTables      // configs and prompts, with their versions
	*objectTables        // kept responses, and objects that vendors hold
	*observabilityTables // feedback, saved views, exports of logs
	*replicaTables       // what processes on one database tell each other
	*spendingTables      // ledger, budgets, wallets, rate limits, prices, alerts
}

// The rooms under names of their own: embedded fields need different ones.
type (
	accountTables       = accounts.Store
	credentialTables    = credentials.Store
	documentTables      = documents.Store
	objectTables        = objects.Store
	observabilityTables = observability.Store
	replicaTables       = replicas.Store
	spendingTables      = spending.Store
)

// Open opens the database file at path, creates it if it is missing, and applies the
// migrations it lacks. A file that a newer Sluice has migrated is an error.
func Open(ctx context.Context, path string) (*Store, error) { return onto(db.Open(ctx, path)) }

// OpenPostgres opens the database that dsn names, a URL or the keywords of libpq, and applies
// the migrations it lacks. Errors name the field control.dsn and never hold the password. A
// database that a newer Sluice has migrated is an error; one that does not answer is
// gateway.Unavailable.
func OpenPostgres(ctx context.Context, dsn gateway.Secret) (*Store, error) {
	return onto(db.OpenPostgres(ctx, dsn))
}

// onto makes a store of an open database.
func onto(d *db.DB, err error) (*Store, error) {
	if err != nil {
		return nil, err
	}
	return newStore(d), nil
}

func newStore(d *db.DB) *Store {
	return &Store{
		db:                  d,
		accountTables:       accounts.New(d),
		credentialTables:    credentials.New(d),
		documentTables:      documents.New(d),
		objectTables:        objects.New(d),
		observabilityTables: observability.New(d),
		replicaTables:       replicas.New(d),
		spendingTables:      spending.New(d),
	}
}

// Close ends all connections.
func (s *Store) Close() error { return s.db.Close() }

// Ping reports whether the database answers. It does not while a copy stands in for it.
func (s *Store) Ping(ctx context.Context) error {
	if s.Copied() {
		return &gateway.Error{Op: "sqlstore.Ping", Kind: gateway.Unavailable, Public: "The control database does not answer."}
	}
	return s.db.Ping(ctx)
}

// Schema is the number of the last migration.
func (s *Store) Schema(ctx context.Context) (int64, error) { return s.db.Schema(ctx) }

// NewestSchema is the number of the last migration that this Sluice knows.
func NewestSchema() int64 { return db.NewestSchema() }
