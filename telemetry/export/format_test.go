package export

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/telemetrytest"
)

// hostile is a row whose texts are formulas, quotes and line breaks.
func hostile() *telemetry.Record {
	return &telemetry.Record{ID: "01", Time: time.Date(2026, 11, 30, 1, 2, 3, 4000, time.UTC), Model: `=HYPERLINK("http://x","y")`, Served: " +1", Provider: "-2", MemberName: "@sum",
		TeamName: "\tx", APIKeyName: "＝1", WorkspaceName: "a\"b,c\nd", Route: "/v1/x", FirstByte: -1, Status: 200, Latency: 1500 * time.Microsecond,
		Cost: gateway.Cost{Nano: 12_345_678, Known: true}, Usage: &gateway.Usage{Input: 3, Output: 4}, Metadata: []telemetry.Pair{{Key: "_user", Value: "u"}},
		Body: telemetry.BodyFull, Request: []byte("{\n \"a\": 1 }"), Response: []byte("not JSON")}
}

func encode(t *testing.T, j Job, rows ...*telemetry.Record) []byte {
	t.Helper()
	var b bytes.Buffer
	e := j.encoder(&b)
	for _, r := range rows {
		if err := e.Write(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestCSV(t *testing.T) {
	j := Job{Format: CSV, Fields: []string{"id", "time", "model", "response_model", "provider", "member_name", "team_name", "api_key_name", "workspace_name", "route", "status", "ttft_ms", "latency_ms",
		"cost_usd", "cost", "input_tokens", "reasoning_tokens", "metadata", "request", "response", "is_success"}}
	got, err := csv.NewReader(bytes.NewReader(encode(t, j, hostile()))).ReadAll()
	want := [][]string{j.Fields, {"01", "2026-11-30T01:02:03.000004Z", `'=HYPERLINK("http://x","y")`, "' +1", "'-2", "'@sum", "'\tx", "'＝1", "a\"b,c\nd", "/v1/x", "200", "", "1.5",
		"0.012345678", "1.2345678", "3", "0", `{"_user":"u"}`, "{\n \"a\": 1 }", "not JSON", "true"}}
	if err != nil || len(got) != 2 || !slices.Equal(got[0], want[0]) || !slices.Equal(got[1], want[1]) {
		t.Errorf("%q\n%q %v", want, got, err)
	}
	none, err := csv.NewReader(bytes.NewReader(encode(t, Job{Format: CSV}))).ReadAll()
	if err != nil || len(none) != 1 || !slices.Equal(none[0], Fields(false)) {
		t.Errorf("a file without rows: %q %v", none, err)
	}
}

func TestJSONL(t *testing.T) {
	chosen := string(encode(t, Job{Format: JSONL, Fields: []string{"id", "ttft_ms", "model", "cost_nano_usd", "request", "response"}}, hostile(), hostile()))
	line := `{"id":"01","ttft_ms":null,"model":"=HYPERLINK(\"http://x\",\"y\")","cost_nano_usd":12345678,"request":{"a":1},"response":"not JSON"}` + "\n"
	if chosen != line+line {
		t.Errorf("%s", chosen)
	}
	whole := encode(t, Job{Format: JSONL, Bodies: true}, hostile())
	var row struct {
		Usage struct {
			Input int64 `json:"input_tokens"`
		}
		Request  map[string]int
		Response string
	}
	if err := json.Unmarshal(whole, &row); err != nil || row.Usage.Input != 3 || row.Request["a"] != 1 || row.Response != "not JSON" || bytes.Count(whole, []byte("\n")) != 1 {
		t.Errorf("%s %v", whole, err)
	}
	if plain := encode(t, Job{Format: JSONL}, hostile()); strings.Contains(string(plain), "not JSON") {
		t.Errorf("bodies that nobody wants: %s", plain)
	}
}

// TestParquet reads back what is written, over several row groups.
func TestParquet(t *testing.T) {
	g := telemetrytest.NewGenerator(3, telemetrytest.Begin())
	rows := []*telemetry.Record{hostile()}
	for range groupRows + 10 {
		rows = append(rows, g.Record())
	}
	j := Job{Format: Parquet, Fields: []string{"id", "time", "model", "status", "stream", "latency_ms", "ttft_ms", "metadata", "cost_nano_usd"}}
	raw := encode(t, j, rows...)
	f, err := parquet.OpenFile(bytes.NewReader(raw), int64(len(raw)))
	if err != nil || f.NumRows() != int64(len(rows)) || len(f.RowGroups()) < 2 {
		t.Fatal(err)
	}
	type exchange struct {
		ID      *string    `parquet:"id,optional"`
		Time    *time.Time `parquet:"time,optional,timestamp(microsecond)"`
		Model   *string    `parquet:"model,optional"`
		Status  *int64     `parquet:"status,optional"`
		Stream  *bool      `parquet:"stream,optional"`
		Latency *float64   `parquet:"latency_ms,optional"`
		TTFT    *float64   `parquet:"ttft_ms,optional"`
		Meta    *string    `parquet:"metadata,optional,json"`
		Cost    *int64     `parquet:"cost_nano_usd,optional"`
	}
	in := parquet.NewGenericReader[exchange](f)
	defer in.Close()
	got := make([]exchange, len(rows))
	if n, err := in.Read(got); n != len(rows) || err != nil && err != io.EOF {
		t.Fatal(n, err)
	}
	for i, r := range rows {
		e := got[i]
		if *e.ID != r.ID || !e.Time.Equal(r.Time) || *e.Model != r.Model || *e.Status != int64(r.Status) || *e.Stream != r.Stream || (e.TTFT != nil) != (r.FirstByte >= 0) ||
			(e.Cost != nil) != r.Cost.Known || *e.Latency != float64(r.Latency.Microseconds())/1000 || !json.Valid([]byte(*e.Meta)) {
			t.Fatalf("row %d: %+v of %+v", i, e, r)
		}
	}
}

// TestFieldsExist: every field of a default file is in the JSON of some row, so that a renamed one is noticed.
func TestFieldsExist(t *testing.T) {
	g := telemetrytest.NewGenerator(5, telemetrytest.Begin())
	missing := map[string]bool{}
	for _, name := range Fields(true) {
		missing[name] = true
	}
	for range 300 {
		r := g.Record()
		r.Served = "gpt-5-2026"
		one := rowOf(r)
		for name := range missing {
			if f, _ := fieldNamed(name); one.value(f).Raw != "" {
				delete(missing, name)
			}
		}
	}
	if len(missing) > 0 {
		t.Errorf("no row has %v", missing)
	}
}
