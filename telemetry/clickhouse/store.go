// Package clickhouse keeps telemetry in ClickHouse: one row per request (llm_requests), one per
// span (otel_traces, as the OpenTelemetry collector's exporter lays it out), bodies apart
// (llm_payloads), the audit trail (audit_log) and a ledger of batches (ingest_batches).
//
// A batch goes to several tables, which no transaction spans. Each insert carries a
// deduplication token made of the batch's id and the table: a batch that failed half-way, or
// whose answer was lost, is written again whole, and what was there is dropped. So Write is
// called until it succeeds, which package spool sees to; before that, readers may see part of
// a batch. Requests come after their bodies and spans, the ledger last.
//
// A row that breaks a type or a constraint would be refused for ever, and with it its batch. So a
// block that is refused for that reason is cut in halves until such rows stand alone; Write
// stores the others and tells these. What concerns the table, the server or the way to it is
// tried again instead.
//
// Reading is by column in SQL; the record itself is in llm_requests.record, packed, so that both
// stores give back the very same.
package clickhouse

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"strconv"
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
	conn  driver.Conn
	mu    sync.Mutex // of known
	known map[string][]clickhouse.ColumnNameAndType
}

var _ telemetry.Store = (*Store)(nil)

// Open connects to dsn (clickhouse://, http:// or https://, database in the path), makes the
// database if it is missing, and migrates it.
func Open(ctx context.Context, dsn string) (*Store, error) {
	const op = "clickhouse.Open"
	opt, err := clickhouse.ParseDSN(dsn)
	if err != nil { // its text may quote the password
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
	if c, err = clickhouse.Open(opt); err != nil {
		return nil, err
	}
	s := &Store{conn: c, known: map[string][]clickhouse.ColumnNameAndType{}}
	if err := s.migrate(ctx); err != nil {
		c.Close()
		return nil, err
	}
	return s, nil
}

func ident(s string) string { return "`" + strings.NewReplacer(`\`, `\\`, "`", "\\`").Replace(s) + "`" }

// Close gives the connections back.
func (s *Store) Close() error { return s.conn.Close() }

//go:embed migrations/*.sql
var migrations embed.FS

// migrate applies what is not noted in schema_migrations, in the order of the files' names.
// Statements are made to be repeatable, since ClickHouse has no transaction around DDL. A file
// that was applied and has changed since is an error.
func (s *Store) migrate(ctx context.Context) error {
	err := s.conn.Exec(ctx, "CREATE TABLE IF NOT EXISTS schema_migrations (version UInt32, name String, checksum String, at DateTime64(3, 'UTC')) ENGINE = ReplacingMergeTree ORDER BY version")
	if err != nil {
		return err
	}
	applied := map[uint32]string{}
	rows, err := s.conn.Query(ctx, "SELECT version, checksum FROM schema_migrations FINAL")
	if err != nil {
		return err
	}
	for rows.Next() {
		var v uint32
		var sum string
		if err := rows.Scan(&v, &sum); err != nil {
			rows.Close()
			return err
		}
		applied[v] = sum
	}
	if err := rows.Close(); err != nil {
		return err
	}
	files, err := fs.Glob(migrations, "migrations/*.sql") // sorted
	if err != nil {
		return err
	}
	for _, f := range files {
		if err := s.apply(ctx, f, applied); err != nil {
			return fmt.Errorf("%s: %w", f, err)
		}
	}
	return nil
}

func (s *Store) apply(ctx context.Context, file string, applied map[uint32]string) error {
	text, err := migrations.ReadFile(file)
	if err != nil {
		return err
	}
	name := strings.TrimPrefix(file, "migrations/")
	version, err := strconv.ParseUint(name[:4], 10, 32)
	if err != nil {
		return err
	}
	hash := sha256.Sum256(text)
	sum := hex.EncodeToString(hash[:])
	if had, ok := applied[uint32(version)]; ok {
		if had != sum {
			return fmt.Errorf("was applied with another content")
		}
		return nil
	}
	for _, stmt := range strings.Split(string(text), ";\n") {
		if strings.TrimSpace(stmt) == "" {
			continue
		}
		if err := s.conn.Exec(ctx, stmt); err != nil {
			return err
		}
	}
	return s.conn.Exec(ctx, "INSERT INTO schema_migrations (version, name, checksum, at) VALUES (?, ?, ?, now64(3))", uint32(version), name, sum)
}

func failed(op string, err error) error {
	return &gateway.Error{Op: op, Kind: gateway.Unavailable, Public: "ClickHouse cannot be asked now.", Err: err}
}
