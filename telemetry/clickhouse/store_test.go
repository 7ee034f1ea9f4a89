package clickhouse_test

import (
	"testing"

	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/clickhouse"
	"github.com/sluicegate/sluice/telemetry/clickhouse/clickhousetest"
	"github.com/sluicegate/sluice/telemetry/telemetrytest"
)

func TestStore(t *testing.T) {
	srv := clickhousetest.Start(t)
	telemetrytest.Store(t, func(t *testing.T) telemetry.Store {
		s, err := clickhouse.Open(clickhousetest.Context(t), srv.DSN())
		if err != nil {
			t.Fatal(err)
		}
		return s
	})
}
