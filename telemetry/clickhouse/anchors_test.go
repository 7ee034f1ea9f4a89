package clickhouse_test

import (
	"fmt"
	"testing"

	driver "github.com/ClickHouse/clickhouse-go/v2"

	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/clickhouse"
	"github.com/sluicegate/sluice/telemetry/clickhouse/clickhousetest"
	"github.com/sluicegate/sluice/telemetry/telemetrytest"
)

func TestAnchors(t *testing.T) {
	srv := clickhousetest.Start(t)
	telemetrytest.Anchors(t, func(t *testing.T) (telemetry.Store, func(uint64)) {
		dsn := srv.DSN()
		ctx := clickhousetest.Context(t)
		s, err := clickhouse.Open(ctx, dsn)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		return s, func(from uint64) {
			opt, err := driver.ParseDSN(dsn)
			if err != nil {
				t.Fatal(err)
			}
			conn, err := driver.Open(opt)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if err := conn.Exec(ctx, fmt.Sprintf("ALTER TABLE audit_log DELETE WHERE seq >= %d SETTINGS mutations_sync = 2", from)); err != nil {
				t.Fatal(err)
			}
		}
	})
}
