package db

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/sluicegate/sluice/gateway"
)

// What one replica takes of the server.
const (
	maxConnections = 10
	idleTime       = 5 * time.Minute
	connectTimeout = 5 * time.Second
)

// OpenPostgres opens the database that dsn names, a URL or the keywords of libpq, and applies
// the migrations it lacks. Errors name the field control.dsn and never hold the password. A
// database that a newer Sluice has migrated is an error; one that does not answer is
// gateway.Unavailable.
func OpenPostgres(ctx context.Context, dsn gateway.Secret) (*DB, error) {
	const op = "sqlstore.OpenPostgres"
	cfg, err := pgx.ParseConfig(dsn.Reveal())
	if err != nil { // which quotes the text that it cannot read
		return nil, gateway.InvalidField(op, "control.dsn", "The field 'control.dsn' is no PostgreSQL URL: it looks like postgres://user:password@host:5432/database.")
	}
	if cfg.ConnectTimeout == 0 {
		cfg.ConnectTimeout = connectTimeout
	}
	// bun writes values into the statement, so that prepared statements would never be used twice.
	cfg.DefaultQueryExecMode = pgx.QueryExecModeExec
	raw := stdlib.OpenDB(*cfg)
	raw.SetMaxOpenConns(maxConnections)
	raw.SetMaxIdleConns(maxConnections)
	raw.SetConnMaxIdleTime(idleTime)
	if err := raw.PingContext(ctx); err != nil {
		raw.Close()
		kind := gateway.Unavailable
		if _, state := codes(err); strings.HasPrefix(state, invalidAuthorization) || strings.HasPrefix(state, invalidCatalog) {
			kind = gateway.Invalid // it answers: the setting is wrong
		}
		return nil, &gateway.Error{Op: op, Kind: kind, Param: "control.dsn", Public: "The database of 'control.dsn' at " + address(cfg) + " cannot be used: " + cause(err, cfg) + "."}
	}
	if err := migrate(ctx, goose.DialectPostgres, raw); err != nil {
		raw.Close()
		return nil, fmt.Errorf("%s: the database of 'control.dsn' at %s: %w", op, address(cfg), err)
	}
	return newDB(&engine{DB: bun.NewDB(raw, pgdialect.New()), connect: cfg}), nil
}

func address(cfg *pgx.ConnConfig) string {
	return net.JoinHostPort(cfg.Host, strconv.Itoa(int(cfg.Port))) + "/" + cfg.Database
}

// cause is the innermost text of a failed connection, without the password in case the server
// has quoted it.
func cause(err error, cfg *pgx.ConnConfig) string {
	for inner := err; inner != nil; inner = errors.Unwrap(inner) {
		err = inner
	}
	text := err.Error()
	if cfg.Password != "" {
		text = strings.ReplaceAll(text, cfg.Password, "***")
	}
	return text
}
