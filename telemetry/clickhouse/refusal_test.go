package clickhouse_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	driver "github.com/ClickHouse/clickhouse-go/v2"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/audit"
	"github.com/sluicegate/sluice/telemetry/clickhouse"
	"github.com/sluicegate/sluice/telemetry/clickhouse/clickhousetest"
	"github.com/sluicegate/sluice/telemetry/spool"
	"github.com/sluicegate/sluice/telemetry/telemetrytest"
)

// TestPoisonRows breaks the tables' own rules in three tables: those of requests, spans
// and audit events. All other rows arrive
// once, the spool runs empty, and a table that is missing blames no row.
func TestPoisonRows(t *testing.T) {
	srv := clickhousetest.Start(t)
	ctx, dsn := clickhousetest.Context(t), srv.DSN()
	store, err := clickhouse.Open(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	opt, err := driver.ParseDSN(dsn)
	if err != nil {
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
			t.Fatal(err)
		}
	}
	count := func(sql string) (n int64) {
		t.Helper()
		if err := conn.QueryRow(ctx, sql).Scan(&n); err != nil {
			t.Fatal(sql, err)
		}
		return n
	}
	exec("ALTER TABLE llm_requests ADD CONSTRAINT no_poison CHECK requested_model != 'poison'")
	exec("ALTER TABLE otel_traces ADD CONSTRAINT no_poison CHECK TraceState != 'poison'")
	exec("ALTER TABLE audit_log ADD CONSTRAINT no_fifth CHECK seq != 5")

	sp, err := spool.Open(spool.Config{Dir: t.TempDir(), Next: store, SegmentAge: 20 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	g, head := telemetrytest.NewGenerator(50, telemetrytest.Begin()), audit.Head{}
	spans, batch := 0, &telemetry.Batch{ID: "b"}
	for i := range 20 {
		r := g.Record()
		switch i {
		case 3, 11:
			r.Model = "poison"
		case 17:
			r.Trace.State = "poison"
		default:
			spans += len(r.Spans())
		}
		batch.Rows = append(batch.Rows, r)
		if i < 8 {
			batch.Audit = append(batch.Audit, telemetrytest.Link(&head, "n", i))
		}
	}
	if err := sp.Write(ctx, batch); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(20 * time.Second); sp.Stats().Bytes > 0; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("poison blocks the spool: %+v", sp.Stats())
		}
	}
	if st := sp.Stats(); st.Dead != 4 || st.ShipErrors != 0 {
		t.Errorf("%+v", st)
	}
	for q, want := range map[string]int64{
		"SELECT toInt64(count()) FROM llm_requests":                                                        17,
		"SELECT toInt64(uniqExact(request_id)) FROM llm_requests":                                          17,
		"SELECT toInt64(sum(requests)) FROM llm_1m":                                                        17,
		"SELECT toInt64(count()) FROM audit_log":                                                           7,
		"SELECT toInt64(sum(rows)) FROM ingest_batches FINAL":                                              17,
		"SELECT toInt64(count()) FROM llm_requests WHERE requested_model = 'poison'":                       0,
		"SELECT toInt64(count()) FROM (SELECT SpanId FROM otel_traces GROUP BY SpanId HAVING count() > 1)": 0,
	} {
		if got := count(q); got != want {
			t.Errorf("%s: %d, want %d", q, got, want)
		}
	}

	// Once more: what is refused stays refused, what was taken is not taken twice.
	if err := sp.Close(ctx); err != nil {
		t.Fatal(err)
	}
	var refused *telemetry.Refused
	direct := &telemetry.Batch{ID: "direct", Rows: batch.Rows[:12]}
	for i := range direct.Rows {
		r := *direct.Rows[i]
		r.ID = fmt.Sprintf("%s-%d", r.ID, i)
		direct.Rows[i] = &r
	}
	for range 2 {
		if err := store.Write(ctx, direct); !errors.As(err, &refused) || len(refused.Rows) != 2 || gateway.AsError(err).Kind != gateway.Invalid {
			t.Fatalf("%v", err)
		}
	}
	if n := count("SELECT toInt64(count()) FROM llm_requests"); n != 27 {
		t.Errorf("%d rows", n)
	}

	exec("RENAME TABLE llm_payloads TO elsewhere")
	batch.ID = "later"
	if err := store.Write(ctx, batch); errors.As(err, &refused) || gateway.AsError(err).Kind != gateway.Unavailable {
		t.Errorf("a missing table blames the rows: %v", err)
	}
}
