package db

import (
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun/dialect"
)

// Postgres reports whether the database is PostgreSQL, not SQLite.
func (d *DB) Postgres() bool { return d.now().Dialect().Name() == dialect.PG }

// ByBytes orders by the bytes of text columns. A database of PostgreSQL may order otherwise by
// default.
func (d *DB) ByBytes(columns ...string) string {
	if !d.Postgres() {
		return strings.Join(columns, ", ")
	}
	return strings.Join(columns, ` COLLATE "C", `) + ` COLLATE "C"`
}

// Clock is the time in nanoseconds as an expression: of the server, so that leases do not depend
// on the clocks of replicas.
func (d *DB) Clock() string {
	if d.Postgres() {
		return "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000000 AS BIGINT)"
	}
	return strconv.FormatInt(time.Now().UnixNano(), 10)
}
