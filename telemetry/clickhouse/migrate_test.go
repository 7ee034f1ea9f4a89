package clickhouse_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	driver "github.com/ClickHouse/clickhouse-go/v2"

	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/clickhouse"
	"github.com/sluicegate/sluice/telemetry/clickhouse/clickhousetest"
	"github.com/sluicegate/sluice/telemetry/listing"
	"github.com/sluicegate/sluice/telemetry/telemetrytest"
)

func TestMigrations(t *testing.T) {
	srv := clickhousetest.Start(t)
	run := func(exec func(string), path string) {
		schema, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, stmt := range strings.Split(string(schema), ";\n") {
			if strings.TrimSpace(stmt) != "" {
				exec(stmt)
			}
		}
	}
	for name, prepare := range map[string]func(exec func(string)){
		"a new database":                 func(func(string)) {},
		"a database of an older program": func(exec func(string)) { run(exec, "testdata/schema_migrations_1.sql") },
		"a database at goose's first version": func(exec func(string)) {
			run(exec, "testdata/schema_migrations_1.sql")
			exec("DROP TABLE schema_migrations")
			exec("CREATE TABLE goose_db_version (version_id Int64, is_applied UInt8, date Date default now(), tstamp DateTime default now()) ENGINE = MergeTree() ORDER BY (date)")
			exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, 1), (1, 1)")
		},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, dsn := clickhousetest.Context(t), srv.DSN()
			opt, err := driver.ParseDSN(dsn)
			if err != nil {
				t.Fatal(err)
			}
			outside := *opt
			outside.Auth.Database = "default"
			admin, err := driver.Open(&outside)
			if err != nil {
				t.Fatal(err)
			}
			defer admin.Close()
			if err := admin.Exec(ctx, "CREATE DATABASE "+opt.Auth.Database); err != nil {
				t.Fatal(err)
			}
			conn, err := driver.Open(opt)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			exec := func(sql string) {
				t.Helper()
				if err := conn.Exec(ctx, sql); err != nil {
					t.Fatalf("%v in %s", err, sql)
				}
			}
			prepare(exec)
			g := telemetrytest.NewGenerator(1, telemetrytest.Begin())
			for i := range 2 { // the second time there is nothing to do
				s, err := clickhouse.Open(ctx, dsn)
				if err != nil {
					t.Fatal(err)
				}
				telemetrytest.Fill(t, s, g, 5)
				page, err := s.Logs(ctx, telemetry.Query{Scope: listing.AllWorkspaces()})
				if err != nil || len(page.Records) != 5*(i+1) {
					t.Errorf("%d records, %v", len(page.Records), err)
				}
				s.Close()
			}
			var rows, version int64
			if err := conn.QueryRow(ctx, "SELECT toInt64(count()), max(version_id) FROM goose_db_version").Scan(&rows, &version); err != nil || rows != 9 || version != 8 {
				t.Errorf("%d rows, version %d, %v", rows, version, err)
			}
			exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)")
			if _, err := clickhouse.Open(ctx, dsn); err == nil || !strings.Contains(err.Error(), "newer Sluice") {
				t.Errorf("a newer database: %v", err)
			}
		})
	}
}

func TestOpenHidesThePassword(t *testing.T) {
	if _, err := clickhouse.Open(t.Context(), "http://user:hunter2@ bad"); err == nil || strings.Contains(fmt.Sprintf("%+v", err), "hunter2") {
		t.Fatal("a broken address was taken, or its password told")
	}
}
