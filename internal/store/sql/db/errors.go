package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"

	"github.com/sluicegate/sluice/gateway"
)

// Result codes of SQLite: https://www.sqlite.org/rescode.html
const (
	constraintForeignKey = 787
	constraintPrimaryKey = 1555
	constraintUnique     = 2067
	readOnly             = 8
)

// Codes of PostgreSQL: https://www.postgresql.org/docs/current/errcodes-appendix.html
const (
	foreignKeyViolation  = "23503"
	uniqueViolation      = "23505"
	invalidAuthorization = "28" // class
	invalidCatalog       = "3D" // class
)

// unreachableRetry is when a caller may ask again while the database does not answer.
const unreachableRetry = 5 * time.Second

// Error turns an error of the database into a gateway.Error. record names what was read
// or written, for the public text.
func Error(op, record string, err error) error {
	var known *gateway.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &known):
		return known
	case errors.Is(err, sql.ErrNoRows):
		return &gateway.Error{Op: op, Kind: gateway.NotFound, Public: "There is no such " + record + "."}
	case isDuplicate(err):
		return &gateway.Error{Op: op, Kind: gateway.Conflict, Public: "There is already such a " + record + ".", Err: err}
	case isDangling(err):
		return &gateway.Error{Op: op, Kind: gateway.NotFound, Public: "What this " + record + " refers to does not exist.", Err: err}
	case isUnreachable(err):
		return &gateway.Error{Op: op, Kind: gateway.Unavailable, Public: "The control database does not answer.", RetryAfter: unreachableRetry, Err: err}
	}
	return &gateway.Error{Op: op, Kind: gateway.Internal, Public: "The control database failed at the " + record + ".", Err: err}
}

// isDuplicate reports whether a write repeats what must be unique.
func isDuplicate(err error) bool {
	code, state := codes(err)
	return code == constraintUnique || code == constraintPrimaryKey || state == uniqueViolation
}

// isDangling reports whether a write refers to a record that does not exist.
func isDangling(err error) bool {
	code, state := codes(err)
	return code == constraintForeignKey || state == foreignKeyViolation
}

// codes returns the error's code of SQLite, else that of PostgreSQL.
func codes(err error) (code int, state string) {
	var lite *sqlite.Error
	var pg *pgconn.PgError
	switch {
	case errors.As(err, &lite):
		return lite.Code(), ""
	case errors.As(err, &pg):
		return 0, pg.Code
	}
	return 0, ""
}

// isUnreachable reports whether the server of the database is away, or about to go: connection
// exceptions, insufficient resources and operator intervention. A copy that stands in for it takes no
// writes.
func isUnreachable(err error) bool {
	var connect *pgconn.ConnectError
	var network net.Error
	if errors.As(err, &connect) || errors.As(err, &network) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, pgconn.ErrConnClosed) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, context.DeadlineExceeded) || pgconn.SafeToRetry(err) {
		return true
	}
	code, state := codes(err)
	return code == readOnly || strings.HasPrefix(state, "08") || strings.HasPrefix(state, "53") || strings.HasPrefix(state, "57P")
}

// ErrorUnlessFound is NotFound when a delete or an update has found nothing.
func ErrorUnlessFound(op, record string, res sql.Result, err error) error {
	if err != nil {
		return Error(op, record, err)
	}
	if n, err := res.RowsAffected(); err == nil && n == 0 {
		return Error(op, record, sql.ErrNoRows)
	}
	return nil
}
