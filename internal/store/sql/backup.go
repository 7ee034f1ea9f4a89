package sqlstore

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/uptrace/bun"

	"github.com/sluicegate/sluice/internal/store/sql/db"
)

// backedUp are the tables of a backup, each behind those that it refers to. A test holds that
// every table is here or in notBackedUp.
var backedUp = []string{"organisations", "installation_keys", "workspaces", "members", "memberships", "teams", "team_members", "api_keys", "virtual_keys",
	"virtual_key_credentials", "budgets", "reservations",
	"rate_limits", "usage_limits", "wallets", "wallet_credits", "ledger_entries",
	"price_rules", "price_settings", "alert_targets", "alert_announcements", "alert_deliveries",
	"configs", "config_versions", "prompts", "prompt_versions", "prompt_labels", "responses", "response_items", "saved_views", "feedback", "log_exports", "vendor_objects"}

// notBackedUp are the tables that a database makes of itself, what replicas tell each other, and
// sessions with the grants that lead to them: who signed in does so again.
var notBackedUp = []string{"goose_db_version", "change_counter", "changes", "sessions", "device_grants", "client_secrets", "cache_removals", "leases"}

// A backup is JSON lines: a header, the rows, and an end that counts them. It is the same for
// both databases. Credentials, responses and hashes stay as they are stored: sealed with the
// master key, which is not in it.
type (
	backupHeader struct {
		Backup string    `json:"sluice_backup"` // "control"
		Schema int64     `json:"schema"`        // number of the last migration
		Made   time.Time `json:"made"`
	}
	backupLine struct {
		Table string         `json:"table,omitempty"`
		Row   map[string]any `json:"row,omitempty"`
		Rows  *int           `json:"rows,omitempty"` // of the end: how many there were
	}
)

// Backup writes all control data as of one moment.
func (s *Store) Backup(ctx context.Context, w io.Writer) error { return s.dump(ctx, w, backedUp) }

// dump writes the rows of some tables.
func (s *Store) dump(ctx context.Context, w io.Writer, tables []string) error {
	const op = "sqlstore.Backup"
	schema, err := s.db.Schema(ctx)
	if err != nil {
		return db.Error(op, "backup", err)
	}
	out := bufio.NewWriter(w)
	lines := json.NewEncoder(out)
	lines.SetEscapeHTML(false)
	if err := lines.Encode(backupHeader{Backup: "control", Schema: schema, Made: time.Now().UTC()}); err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	rows := 0
	err = s.db.RunInSnapshot(ctx, func(ctx context.Context, tx bun.Tx) error {
		for _, table := range tables {
			if err := dumpTable(ctx, tx, table, func(row map[string]any) error {
				rows++
				return lines.Encode(backupLine{Table: table, Row: row})
			}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return db.Error(op, "backup", err)
	}
	if err := lines.Encode(backupLine{Rows: &rows}); err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	return nil
}

func dumpTable(ctx context.Context, tx bun.Tx, table string, write func(map[string]any) error) error {
	rows, err := tx.QueryContext(ctx, "SELECT * FROM ?", bun.Ident(table))
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.ColumnTypes()
	if err != nil {
		return err
	}
	values := make([]any, len(columns))
	into := make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		row := make(map[string]any, len(columns))
		for i, c := range columns {
			row[c.Name()] = values[i]
			switch v := values[i].(type) {
			case []byte:
				row[c.Name()] = string(v)
			case int64:
				if c.DatabaseTypeName() == "BOOLEAN" { // SQLite has none
					row[c.Name()] = v != 0
				}
			}
		}
		if err := write(row); err != nil {
			return err
		}
	}
	return rows.Err()
}
