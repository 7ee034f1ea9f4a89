package sqlstore

import (
	"database/sql"
	"errors"

	"modernc.org/sqlite"

	"github.com/sluicegate/sluice/gateway"
)

// Result codes of SQLite: https://www.sqlite.org/rescode.html
const (
	constraintForeignKey = 787
	constraintPrimaryKey = 1555
	constraintUnique     = 2067
)

// storeError turns an error of the database into a gateway.Error. record names what was read
// or written, for the public text.
func storeError(op, record string, err error) error {
	var known *gateway.Error
	var lite *sqlite.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &known):
		return known
	case errors.Is(err, sql.ErrNoRows):
		return &gateway.Error{Op: op, Kind: gateway.NotFound, Public: "There is no such " + record + "."}
	case errors.As(err, &lite):
		switch lite.Code() {
		case constraintUnique, constraintPrimaryKey:
			return &gateway.Error{Op: op, Kind: gateway.Conflict, Public: "There is already such a " + record + ".", Err: err}
		case constraintForeignKey:
			return &gateway.Error{Op: op, Kind: gateway.NotFound, Public: "What this " + record + " refers to does not exist.", Err: err}
		}
	}
	return &gateway.Error{Op: op, Kind: gateway.Internal, Public: "The control database failed at the " + record + ".", Err: err}
}

// deleteError is NotFound when a delete has found nothing.
func deleteError(op, record string, res sql.Result, err error) error {
	if err != nil {
		return storeError(op, record, err)
	}
	if n, err := res.RowsAffected(); err == nil && n == 0 {
		return storeError(op, record, sql.ErrNoRows)
	}
	return nil
}
