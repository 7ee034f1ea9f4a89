package clickhouse_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	driver "github.com/ClickHouse/clickhouse-go/v2"

	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/audit"
	"github.com/sluicegate/sluice/telemetry/clickhouse"
	"github.com/sluicegate/sluice/telemetry/clickhouse/clickhousetest"
	"github.com/sluicegate/sluice/telemetry/spool"
	"github.com/sluicegate/sluice/telemetry/sqlite"
	"github.com/sluicegate/sluice/telemetry/telemetrytest"
)

var errLost = errors.New("the answer was lost")

// flaky loses every other answer after the store has committed, and half of the rest of the
// batches stop half-way.
type flaky struct {
	telemetry.Store
	n atomic.Int64
}

func (f *flaky) Write(ctx context.Context, b *telemetry.Batch) error {
	switch f.n.Add(1) % 4 {
	case 1:
		half := *b
		half.Audit = nil
		if err := f.Store.Write(ctx, &half); err != nil {
			return err
		}
		return errLost
	case 3:
		if err := f.Store.Write(ctx, b); err != nil {
			return err
		}
		return errLost
	}
	return f.Store.Write(ctx, b)
}

// TestExactlyOnce sends through the spool while answers get lost and, where it is ours to kill,
// the engine dies: every table, the rollup too, must hold everything once.
func TestExactlyOnce(t *testing.T) {
	srv := clickhousetest.Start(t)
	ctx, dsn := clickhousetest.Context(t), srv.DSN()
	store, err := clickhouse.Open(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	sp, err := spool.Open(spool.Config{Dir: t.TempDir(), Next: &flaky{Store: store}, SegmentBytes: 20_000, SegmentAge: 20 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	g, head := telemetrytest.NewGenerator(30, telemetrytest.Begin()), audit.Head{}
	var all []*telemetry.Record
	for i := range 40 {
		b := &telemetry.Batch{ID: fmt.Sprint(i), Audit: []audit.Row{telemetrytest.Link(&head, "n", i)}}
		for range 5 {
			b.Rows = append(b.Rows, g.Record())
		}
		if err := sp.Write(ctx, b); err != nil {
			t.Fatal(err)
		}
		all = append(all, b.Rows...)
		if i%15 == 14 && !srv.External() {
			srv.Kill()
			time.Sleep(30 * time.Millisecond)
			srv.Restart()
		}
	}
	if err := sp.Close(ctx); err != nil {
		t.Fatal(err)
	}
	if st := sp.Stats(); st.Segments != 0 || st.ShipErrors == 0 {
		t.Fatalf("%+v", st)
	}
	spans, bodies := 0, 0
	var cost int64
	for _, r := range all {
		spans += len(r.Spans())
		cost += r.Cost.Nano
		if r.Request != nil {
			bodies += 2
		}
		if r.Sent != nil {
			bodies++
		}
	}
	opt, err := driver.ParseDSN(dsn)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := driver.Open(opt)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for q, want := range map[string]int64{
		"SELECT toInt64(count()) FROM llm_requests":                                            int64(len(all)),
		"SELECT toInt64(uniqExact(request_id)) FROM llm_requests":                              int64(len(all)),
		"SELECT toInt64(count()) FROM otel_traces":                                             int64(spans),
		"SELECT toInt64(count()) FROM llm_payloads":                                            int64(bodies),
		"SELECT toInt64(count()) FROM audit_log":                                               int64(head.Seq),
		"SELECT toInt64(sum(requests)) FROM llm_1m":                                            int64(len(all)),
		"SELECT sum(cost_nano_usd) FROM llm_1m":                                                cost,
		"SELECT toInt64(sum(rows)) FROM ingest_batches FINAL":                                  int64(len(all)),
		"SELECT toInt64(countIf(hash != SHA256(concat(prev_hash, canonical)))) FROM audit_log": 0,
		"SELECT toInt64(max(seq) - min(seq) + 1 - count()) FROM audit_log":                     0,
	} {
		var got int64
		if err := conn.QueryRow(ctx, q).Scan(&got); err != nil || got != want {
			t.Errorf("%s: %d, want %d, %v", q, got, want, err)
		}
	}
	vs, err := audit.Verify(ctx, store, audit.VerifyOptions{Heads: map[string]audit.Head{"n": head}})
	if err != nil || len(vs) != 1 || vs[0].Bad != 0 {
		t.Errorf("%+v, %v", vs, err)
	}
}

// TestStoresAgree asks both stores the same of the same data, to the byte of the JSON.
func TestStoresAgree(t *testing.T) {
	ctx := clickhousetest.Context(t)
	ch, err := clickhouse.Open(ctx, clickhousetest.Start(t).DSN())
	if err != nil {
		t.Fatal(err)
	}
	defer ch.Close()
	lite, err := sqlite.Open(ctx, t.TempDir()+"/t.db")
	if err != nil {
		t.Fatal(err)
	}
	defer lite.Close()
	begin := telemetrytest.Begin()
	all := telemetrytest.Fill(t, ch, telemetrytest.NewGenerator(40, begin), 250)
	telemetrytest.Fill(t, lite, telemetrytest.NewGenerator(40, begin), 250)
	telemetrytest.Newest(all)
	for _, q := range telemetrytest.Queries(all) {
		q.Limit = 9
		for {
			a, aerr := ch.Logs(ctx, q)
			b, berr := lite.Logs(ctx, q)
			if aerr != nil || berr != nil || a.Next != b.Next || len(a.Records) != len(b.Records) {
				t.Fatalf("%+v: %v, %v, %d and %d records", q, aerr, berr, len(a.Records), len(b.Records))
			}
			for i := range a.Records {
				if x, y := string(a.Records[i].JSON(true)), string(b.Records[i].JSON(true)); x != y {
					t.Fatalf("%+v:\n%s\n%s", q, x, y)
				}
			}
			if q.Cursor = a.Next; q.Cursor == "" {
				break
			}
		}
	}
}
