// Package clickhouse keeps telemetry in ClickHouse: one row per request (llm_requests), one per
// span (otel_traces, laid out as the OpenTelemetry collector's exporter does it), bodies apart
// (llm_payloads), the audit trail (audit_log), a ledger of batches (ingest_batches), and spans of
// other programs (foreign_spans).
//
// # Writing
//
// A batch goes to several tables, and ClickHouse has no transaction over them. Each insert
// carries a deduplication token made of the batch's id and the table. A batch that failed
// half-way, or whose answer was lost, is written again as a whole, and ClickHouse drops what it
// already has. So Write must be repeated until it succeeds, which package spool does. Until then
// readers may see part of a batch. Requests come after their bodies and spans, the ledger last.
//
// A row that violates a type or a constraint would be refused for ever, and its batch with it.
// A block that is refused for that reason is cut in halves until such rows stand alone. Write
// stores the other rows and returns these in a telemetry.Refused. Errors that concern the table,
// the server or the network are for the caller to retry.
//
// # Reading
//
// Filters are SQL conditions on columns. The record itself is in llm_requests.record, packed, so
// that all stores return the same.
package clickhouse

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
)

// Store is a telemetry.Store in one database.
type Store struct {
	conn driver.Conn

	mu          sync.Mutex                                // guards columnTypes
	columnTypes map[string][]clickhouse.ColumnNameAndType // of inserted columns, by table
}

var _ telemetry.Store = (*Store)(nil)

// Open connects to dsn (clickhouse://, http:// or https://, with the database in the path),
// creates the database if it is missing, and brings its tables up to date.
func Open(ctx context.Context, dsn string) (*Store, error) {
	const op = "clickhouse.Open"
	opt, err := clickhouse.ParseDSN(dsn)
	if err != nil { // the error text may quote the password
		return nil, gateway.InvalidField(op, "telemetry.dsn", "'telemetry.dsn' must be an address such as clickhouse://user:password@host:9000/sluice.")
	}
	if opt.Auth.Database == "" {
		opt.Auth.Database = "sluice"
	}
	if opt.DialTimeout == 0 {
		opt.DialTimeout = 5 * time.Second
	}
	s, err := open(ctx, opt)
	if err != nil {
		return nil, &gateway.Error{Op: op, Kind: gateway.Unavailable, Public: "ClickHouse cannot be opened.", Err: err}
	}
	return s, nil
}

func open(ctx context.Context, opt *clickhouse.Options) (*Store, error) {
	first := *opt
	first.Auth.Database = "default"
	c, err := clickhouse.Open(&first)
	if err != nil {
		return nil, err
	}
	err = c.Exec(ctx, "CREATE DATABASE IF NOT EXISTS "+ident(opt.Auth.Database))
	if cerr := c.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return nil, err
	}
	if err := migrate(ctx, opt); err != nil {
		return nil, err
	}
	if c, err = clickhouse.Open(opt); err != nil {
		return nil, err
	}
	return &Store{conn: c, columnTypes: map[string][]clickhouse.ColumnNameAndType{}}, nil
}

// ident quotes a name.
func ident(s string) string { return "`" + strings.NewReplacer(`\`, `\\`, "`", "\\`").Replace(s) + "`" }

// Close closes the connections.
func (s *Store) Close() error { return s.conn.Close() }

func failed(op string, err error) error {
	return &gateway.Error{Op: op, Kind: gateway.Unavailable, Public: "ClickHouse cannot be asked now.", Err: err}
}
