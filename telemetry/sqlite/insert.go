package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"strings"
)

var (
	exchangeColumns = []string{"n", "workspace", "ts", "id", "trace", "status", "outcome", "provider", "model", "facts",
		"template", "caller", "team", "target", "result", "user", "stream", "chunks", "longest_gap_us", "max_output", "temperature",
		"input_tokens", "output_tokens", "cost_nano", "price_nano", "session", "latency_us", "ttft_us", "saved_nano", "rescued", "verdict"}
	bodyColumns  = []string{"n", "packed"}
	auditColumns = []string{"chain_id", "seq", "ts", "workspace", "prev_hash", "hash", "canonical", "request_id", "caller"}
)

// rowsPerStatement is how many rows an inserter inserts at once: a statement costs as much as
// several rows.
const rowsPerStatement = 16

// inserter inserts rows into a table, with two prepared statements. Whoever uses it rolls the
// transaction back after an error: so the statements are INSERT OR FAIL, which do not copy each
// page that they change to undo half a statement.
type inserter struct {
	columns   int
	one, many *sql.Stmt // for one row, and for rowsPerStatement
}

func newInserter(ctx context.Context, db *sql.DB, table string, columns []string) (i inserter, err error) {
	i.columns = len(columns)
	row := "(?" + strings.Repeat(", ?", len(columns)-1) + ")"
	insert := "INSERT OR FAIL INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES " + row
	if i.one, err = db.PrepareContext(ctx, insert); err != nil {
		return i, err
	}
	i.many, err = db.PrepareContext(ctx, insert+strings.Repeat(", "+row, rowsPerStatement-1))
	return i, err
}

// insert inserts rows, whose values stand in one list.
func (i *inserter) insert(ctx context.Context, tx *sql.Tx, values []any) error {
	many, one := tx.StmtContext(ctx, i.many), tx.StmtContext(ctx, i.one)
	for n := rowsPerStatement * i.columns; len(values) >= n; values = values[n:] {
		if _, err := many.ExecContext(ctx, values[:n]...); err != nil {
			return err
		}
	}
	for ; len(values) > 0; values = values[i.columns:] {
		if _, err := one.ExecContext(ctx, values[:i.columns]...); err != nil {
			return err
		}
	}
	return nil
}

func (i *inserter) close() error {
	var errs []error
	for _, stmt := range []*sql.Stmt{i.one, i.many} {
		if stmt != nil {
			errs = append(errs, stmt.Close())
		}
	}
	return errors.Join(errs...)
}
