package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"

	modernc "modernc.org/sqlite"
)

// conn is the writing connection, below database/sql: that would check and copy seventeen
// arguments for each exchange, which takes more memory than the exchange itself. Its methods
// are called by one goroutine at a time.
type conn struct {
	driver   driver.Conn // nil once it is closed
	prepared []*statement
}

func connect(dsn string) (*conn, error) {
	c, err := (&modernc.Driver{}).Open(dsn)
	return &conn{driver: c}, err
}

// exec runs one statement, or several without arguments.
func (c *conn) exec(ctx context.Context, query string, args ...any) (driver.Result, error) {
	if c.driver == nil {
		return nil, sql.ErrConnDone
	}
	named := make([]driver.NamedValue, len(args))
	for i, v := range args {
		named[i] = driver.NamedValue{Ordinal: i + 1, Value: v}
	}
	return c.driver.(driver.ExecerContext).ExecContext(ctx, query, named)
}

// transaction keeps what do has done, or nothing of it.
func (c *conn) transaction(ctx context.Context, do func() error) error {
	if _, err := c.exec(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	err := do()
	if err == nil {
		_, err = c.exec(ctx, "COMMIT")
	}
	if err != nil {
		_, _ = c.exec(context.WithoutCancel(ctx), "ROLLBACK") // the cause is err
	}
	return err
}

// statement is an INSERT of so many rows, with room for their values.
type statement struct {
	driver.Stmt
	values []driver.NamedValue
}

func (c *conn) prepare(query string, values int) (*statement, error) {
	p, err := c.driver.Prepare(query)
	if err != nil {
		return nil, err
	}
	s := &statement{Stmt: p, values: make([]driver.NamedValue, values)}
	for i := range s.values {
		s.values[i].Ordinal = i + 1
	}
	c.prepared = append(c.prepared, s)
	return s, nil
}

// run executes the statement with its values, and lets go of them.
func (s *statement) run(ctx context.Context) error {
	_, err := s.Stmt.(driver.StmtExecContext).ExecContext(ctx, s.values)
	for i := range s.values {
		s.values[i].Value = nil
	}
	return err
}

func (c *conn) close() error {
	if c.driver == nil {
		return nil
	}
	var errs []error
	for _, s := range c.prepared {
		errs = append(errs, s.Close())
	}
	errs = append(errs, c.driver.Close())
	c.driver = nil
	return errors.Join(errs...)
}
