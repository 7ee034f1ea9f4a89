package query

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	driver "github.com/ClickHouse/clickhouse-go/v2"

	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/clickhouse"
	"github.com/sluicegate/sluice/telemetry/clickhouse/clickhousetest"
)

// templates are the exchanges of which ClickHouse makes all others.
const templates = 5000

// fillClickHouse writes some exchanges, and lets ClickHouse repeat them with other times and ids, day
// by day. The roll-up by minute, which no question here reads, is not filled. Parts stay as they were
// inserted: merging them would take longer than making them.
func fillClickHouse(t *testing.T, begin time.Time, rows int) (telemetry.Store, error) {
	dsn := clickhousetest.Start(t).DSN()
	s, err := clickhouse.Open(t.Context(), dsn)
	if err != nil {
		return nil, err
	}
	g, b := newGenerator(begin, rows), &telemetry.Batch{ID: "templates"}
	for range templates {
		b.Rows = append(b.Rows, g.record())
	}
	if err := errors.Join(s.Write(t.Context(), b), repeat(t.Context(), dsn, begin, rows)); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func repeat(ctx context.Context, dsn string, begin time.Time, rows int) error {
	opt, err := driver.ParseDSN(dsn)
	if err != nil {
		return err
	}
	opt.ReadTimeout = 10 * time.Minute
	conn, err := driver.Open(opt)
	if err != nil {
		return err
	}
	defer conn.Close()
	for _, q := range []string{"DROP VIEW llm_1m_mv", "CREATE TABLE templates ENGINE = Memory AS SELECT *, rowNumberInAllBlocks() AS template FROM llm_requests", "TRUNCATE TABLE llm_requests", "SYSTEM STOP MERGES llm_requests"} {
		if err := conn.Exec(ctx, q); err != nil {
			return fmt.Errorf("%s: %w", q, err)
		}
	}
	every := (month / time.Duration(rows)).Microseconds()
	const days = 30
	for day := range days {
		first, last := rows/templates*day/days, rows/templates*(day+1)/days
		// The exchange n of all is the template n modulo templates, and has a session as the generator gives it.
		query := fmt.Sprintf(`INSERT INTO llm_requests SELECT * EXCEPT (template, n, number) REPLACE (
			fromUnixTimestamp64Micro(toInt64(%d + n * %d), 'UTC') AS ts, concat('01', upper(hex(n)), substring(upper(hex(sipHash128(n))), 1, 8)) AS request_id, lower(hex(sipHash128(n))) AS trace_id, trace_id AS trace_ref,
			if(n %% %d = 0, concat('session-', toString(intDiv(intDiv(n, %d), %d)), '-', toString(intDiv(n, %d) %% %d)), '') AS session_id)
			FROM (SELECT *, number * %d + template AS n FROM numbers(%d, %d) AS repeats CROSS JOIN templates)`,
			begin.UnixMicro(), every, workflow, workflow, turns*turns, workflow, turns, templates, first, last-first)
		if err := conn.Exec(ctx, query); err != nil {
			return fmt.Errorf("day %d: %w", day, err)
		}
	}
	return conn.Exec(ctx, "DROP TABLE templates")
}
