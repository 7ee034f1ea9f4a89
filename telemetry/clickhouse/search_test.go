package clickhouse

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/clickhouse/clickhousetest"
	"github.com/sluicegate/sluice/telemetry/listing"
	"github.com/sluicegate/sluice/telemetry/telemetrytest"
)

// TestEachFilterHasAnIndex: each filter of a listing uses the primary key or a skip index. A filter
// without a case fails, too.
func TestEachFilterHasAnIndex(t *testing.T) {
	ctx := clickhousetest.Context(t)
	s, err := Open(ctx, clickhousetest.Start(t).DSN())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	telemetrytest.Fill(t, s, telemetrytest.NewGenerator(1, telemetrytest.Begin()), 20)
	cases := map[string]struct {
		query telemetry.Query
		index string
	}{
		"Since": {telemetry.Query{Since: telemetrytest.Begin()}, "(ts in"}, "Until": {telemetry.Query{Until: time.Now()}, "(ts in"},
		"Model": {telemetry.Query{Model: []string{"x"}}, "ix_model"}, "Provider": {telemetry.Query{Provider: []string{"x"}}, "ix_provider"},
		"VirtualKey": {telemetry.Query{VirtualKey: []string{"x"}}, "ix_virtual_key"}, "Status": {telemetry.Query{Status: []int{5}}, "ix_status"},
		"Outcome": {telemetry.Query{Outcome: []string{"error"}}, "ix_outcome"}, "Member": {telemetry.Query{Member: []string{"x"}}, "ix_caller"},
		"Team":   {telemetry.Query{Team: []string{"x"}}, "ix_team"},
		"APIKey": {telemetry.Query{APIKey: []string{"x"}}, "ix_api_key"}, "Trace": {telemetry.Query{Trace: "x"}, "ix_trace"},
		"Cache": {telemetry.Query{Cache: []string{"HIT"}}, "ix_cache"}, "Config": {telemetry.Query{Config: []string{"x"}}, "ix_config"},
		"Session": {telemetry.Query{Session: "x"}, "ix_session"}, "Verdict": {telemetry.Query{Verdict: []string{"deny"}}, "ix_verdict"},
		"Prompt": {telemetry.Query{Prompt: []string{"x"}}, "ix_prompt"}, "Variant": {telemetry.Query{Variant: []string{"x"}}, "ix_variant"},
		"Metadata": {telemetry.Query{Metadata: map[string]string{"k": "v"}}, "ix_meta_value"},
	}
	fields := reflect.TypeFor[telemetry.Query]()
	for i := range fields.NumField() {
		name := fields.Field(i).Name
		if _, ok := cases[name]; !ok && !slices.Contains([]string{"Scope", "Cursor", "Limit", "Bodies"}, name) {
			t.Errorf("the filter %s has no case", name)
		}
	}
	for name, c := range cases {
		c.query.Scope = listing.Workspace("ws1")
		query, args := logsQuery(&c.query, 51)
		rows, err := s.conn.Query(ctx, "EXPLAIN indexes = 1 "+query, args...)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var plan []string
		for rows.Next() {
			var line string
			if err := rows.Scan(&line); err != nil {
				t.Fatal(err)
			}
			plan = append(plan, line)
		}
		rows.Close()
		if text := strings.Join(plan, "\n"); !strings.Contains(text, c.index) {
			t.Errorf("%s: %s is not in\n%s", name, c.index, text)
		}
	}
}

func TestColumns(t *testing.T) {
	ctx := clickhousetest.Context(t)
	s, err := Open(ctx, clickhousetest.Start(t).DSN())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	telemetrytest.StoresColumns(t, s, func(id string) (c telemetrytest.Columns, err error) {
		err = s.conn.QueryRow(ctx, "SELECT stream, toInt64(chunks), toInt64(longest_gap_us), toInt64(max_output), temperature FROM llm_requests WHERE request_id = ?", id).
			Scan(&c.Stream, &c.Chunks, &c.LongestGap, &c.MaxOutput, &c.Temperature)
		return c, err
	})
}
