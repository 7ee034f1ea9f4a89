package sqlite

import (
	"context"
	"database/sql/driver"
	"strings"
)

// together is how many rows one INSERT takes: several save a third of what each costs alone.
const together = 8

// inserts writes rows into a table.
type inserts struct{ one, many *statement }

// inserts prepares them. OR FAIL because a failure rolls the whole transaction back anyway;
// without it SQLite would write a journal for undoing the one statement.
func (c *conn) inserts(table string, columns ...string) (in inserts, err error) {
	row := "(?" + strings.Repeat(", ?", len(columns)-1) + ")"
	into := "INSERT OR FAIL INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES " + row
	if in.one, err = c.prepare(into, len(columns)); err != nil {
		return in, err
	}
	in.many, err = c.prepare(into+strings.Repeat(", "+row, together-1), together*len(columns))
	return in, err
}

// run inserts n rows; row puts the values of the i-th where it is told. What they refer to must
// stay as it is until together rows are full.
func (in inserts) run(ctx context.Context, n int, row func(i int, dst []driver.NamedValue) error) error {
	columns := len(in.one.values)
	for i := 0; i < n; {
		stmt := in.one
		if n-i >= together {
			stmt = in.many
		}
		for at := 0; at < len(stmt.values); at += columns {
			if err := row(i, stmt.values[at:at+columns]); err != nil {
				return err
			}
			i++
		}
		if err := stmt.run(ctx); err != nil {
			return err
		}
	}
	return nil
}
