package clickhouse_test

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"math"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	driver "github.com/ClickHouse/clickhouse-go/v2"
	"github.com/goccy/go-yaml"

	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/clickhouse"
	"github.com/sluicegate/sluice/telemetry/clickhouse/clickhousetest"
	"github.com/sluicegate/sluice/telemetry/telemetrytest"
)

const deploy = "../../deploy/"

type dashboard struct {
	UID, Title    string
	SchemaVersion int
	Editable      bool
	Templating    struct {
		List []struct {
			Name, Type, Query string
			Datasource        struct{ UID string }
		}
	}
	Panels []panel
}

type panel struct {
	ID                       int
	Title, Description, Type string
	GridPos                  struct{ X, Y, W, H int }
	Datasource               struct{ UID, Type string }
	FieldConfig              struct {
		Defaults  struct{ Unit string }
		Overrides []struct {
			Matcher    struct{ ID, Options string }
			Properties []struct {
				ID    string
				Value any
			}
		}
	}
	Targets []struct {
		RefID, RawSQL, EditorType string
		Format                    int
		Datasource                struct{ UID string }
	}
}

func load(t *testing.T) dashboard {
	t.Helper()
	raw, err := os.ReadFile(deploy + "grafana/dashboards/sluice.json")
	if err != nil {
		t.Fatal(err)
	}
	var d dashboard
	if err := json.Unmarshal(raw, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// TestDashboardShape checks what Grafana's own linter would, and what it would not.
func TestDashboardShape(t *testing.T) {
	d := load(t)
	if d.UID == "" || d.SchemaVersion < 39 || d.Editable || len(d.Panels) < 10 {
		t.Errorf("%q, schema %d, editable %v, %d panels", d.UID, d.SchemaVersion, d.Editable, len(d.Panels))
	}
	if v := d.Templating.List[0]; v.Type != "datasource" || v.Query != "grafana-clickhouse-datasource" {
		t.Errorf("the first variable is %+v", v)
	}
	ids, cells := map[int]bool{}, map[[2]int]string{}
	for _, p := range d.Panels {
		if ids[p.ID] {
			t.Errorf("%s: the id %d is there twice", p.Title, p.ID)
		}
		ids[p.ID] = true
		if p.Title == "" || p.Description == "" || p.Datasource.UID != "${datasource}" || len(p.Targets) != 1 || p.Targets[0].Datasource.UID != "${datasource}" {
			t.Errorf("panel %d %q lacks something", p.ID, p.Title)
		}
		if p.Type != "traces" && p.FieldConfig.Defaults.Unit == "" {
			t.Errorf("%s has no unit", p.Title)
		}
		for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
			for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
				if other := cells[[2]int{x, y}]; other != "" || x >= 24 {
					t.Fatalf("%s overlaps %q, or the edge", p.Title, other)
				}
				cells[[2]int{x, y}] = p.Title
			}
		}
		for _, o := range p.FieldConfig.Overrides {
			for _, pr := range o.Properties {
				if s := fmt.Sprint(pr.Value); pr.ID == "links" && !strings.Contains(s, "/d/"+d.UID+"?var-trace_id=") {
					t.Errorf("%s links to nowhere: %s", p.Title, s)
				}
			}
		}
	}
}

// TestDashboardQueries runs every query of the dashboard on a real engine.
func TestDashboardQueries(t *testing.T) {
	srv := clickhousetest.Start(t)
	ctx, dsn := clickhousetest.Context(t), srv.DSN()
	s, err := clickhouse.Open(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	all := telemetrytest.Fill(t, s, telemetrytest.NewGenerator(20, telemetrytest.Begin()), 111)
	opt, err := driver.ParseDSN(dsn)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := driver.Open(opt)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	g := clickhousetest.Grafana{From: time.Now().Add(-3 * time.Hour), To: time.Now().Add(time.Hour), Interval: time.Minute,
		Vars: map[string][]string{"trace_id": {all[3].Trace.ID.String()}}}
	run := func(sql string) (names []string, rows [][]any) {
		t.Helper()
		text, err := g.Expand(sql)
		if err != nil {
			t.Fatalf("%v in %s", err, sql)
		}
		rs, err := conn.Query(ctx, text)
		if err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		defer rs.Close()
		for rs.Next() {
			dst := make([]any, len(rs.Columns()))
			for i, c := range rs.ColumnTypes() {
				dst[i] = reflect.New(c.ScanType()).Interface()
			}
			if err := rs.Scan(dst...); err != nil {
				t.Fatalf("%v in %s", err, text)
			}
			for i := range dst {
				dst[i] = reflect.ValueOf(dst[i]).Elem().Interface()
			}
			rows = append(rows, dst)
		}
		if err := rs.Err(); err != nil {
			t.Fatal(err)
		}
		return rs.Columns(), rows
	}
	d := load(t)
	for _, v := range d.Templating.List {
		if v.Type != "query" {
			continue
		}
		_, rows := run(v.Query)
		if len(rows) < 2 {
			t.Errorf("variable %s has %d values", v.Name, len(rows))
		}
		for _, r := range rows {
			g.Vars[v.Name] = append(g.Vars[v.Name], r[0].(string))
		}
	}
	first := map[string]any{}
	for _, p := range d.Panels {
		names, rows := run(p.Targets[0].RawSQL)
		if len(rows) == 0 {
			t.Errorf("%s is empty", p.Title)
			continue
		}
		first[p.Title] = rows[0][0]
		switch p.Targets[0].Format {
		case 0:
			if names[0] != "time" || len(names) < 2 {
				t.Errorf("%s: columns %v", p.Title, names)
			}
		case 3:
			for _, c := range []string{"traceID", "spanID", "parentSpanID", "operationName", "serviceName", "serviceTags", "tags", "startTime", "duration", "kind", "statusCode"} {
				if !slices.Contains(names, c) {
					t.Errorf("%s lacks %s", p.Title, c)
				}
			}
			if want := len(all[3].Spans()); len(rows) < want {
				t.Errorf("%s: %d spans, want %d", p.Title, len(rows), want)
			}
		}
		if p.Type == "stat" && (len(rows) != 1 || len(names) != 1) {
			t.Errorf("%s: %d rows, columns %v", p.Title, len(rows), names)
		}
		for _, o := range p.FieldConfig.Overrides {
			if !slices.Contains(names, o.Matcher.Options) {
				t.Errorf("%s overrides %q, which is none of %v", p.Title, o.Matcher.Options, names)
			}
		}
	}
	oracle(t, all, first)
}

// oracle computes in Go what the stat panels show.
func oracle(t *testing.T, all []*telemetry.Record, got map[string]any) {
	var nano, saved int64
	bad, hits := 0, 0
	for _, r := range all {
		nano, saved = nano+r.Cost.Nano, saved+r.Cost.Saved
		if r.Outcome != telemetry.OutcomeOK {
			bad++
		}
		if r.Cache.Status.Hit() {
			hits++
		}
	}
	n := float64(len(all))
	for title, want := range map[string]float64{"Requests": n, "Error rate": float64(bad) / n, "Cost": float64(nano) / 1e9,
		"Saved by the cache": float64(saved) / 1e9, "Cache hits": float64(hits) / n} {
		v := reflect.ValueOf(got[title])
		have := 0.0
		if v.CanUint() {
			have = float64(v.Uint())
		} else if v.CanFloat() {
			have = v.Float()
		}
		if math.Abs(have-want) > 1e-9*max(want, 1) {
			t.Errorf("%s shows %v, want %v", title, got[title], want)
		}
	}
}

func TestMacros(t *testing.T) {
	g := clickhousetest.Grafana{From: time.Unix(1415792726, 0), To: time.Unix(1447328726, 0), Interval: 90 * time.Second, Vars: map[string][]string{"m": {"a", "o'b"}}}
	for in, want := range map[string]string{
		"$__timeFilter(ts)":                "ts >= toDateTime(1415792726) AND ts <= toDateTime(1447328726)",
		"$__timeFilter(f(a, ')'))":         "f(a, ')') >= toDateTime(1415792726) AND f(a, ')') <= toDateTime(1447328726)",
		"$__timeInterval(ts)":              "toStartOfInterval(toDateTime(ts), INTERVAL 90 second)",
		"$__interval_s, ${m:singlequote}":  `90, 'a','o\'b'`,
		"$__fromTime < $__toTime AND $m=1": "toDateTime(1415792726) < toDateTime(1447328726) AND a,o'b=1",
	} {
		if got, err := g.Expand(in); err != nil || got != want {
			t.Errorf("%s: %s, %v", in, got, err)
		}
	}
	for _, in := range []string{"$__conditionalAll(a, $m)", "$nobody", "$__timeFilter(ts"} {
		if got, err := g.Expand(in); err == nil {
			t.Errorf("%s: %s", in, got)
		}
	}
}

// TestDeployFiles parses what no program here can run.
func TestDeployFiles(t *testing.T) {
	for _, f := range []string{"grafana/provisioning/datasources/clickhouse.yaml", "grafana/provisioning/dashboards/sluice.yaml"} {
		raw, err := os.ReadFile(deploy + f)
		if err != nil {
			t.Fatal(err)
		}
		var v map[string]any
		if err := yaml.Unmarshal(raw, &v); err != nil || fmt.Sprint(v["apiVersion"]) != "1" {
			t.Errorf("%s: %v, %v", f, v, err)
		}
	}
	raw, err := os.ReadFile(deploy + "clickhouse/users.d/grafana.xml")
	if err != nil {
		t.Fatal(err)
	}
	var v struct {
		Users struct {
			Grafana struct {
				Grants []string `xml:"grants>query"`
			} `xml:"grafana"`
		} `xml:"users"`
	}
	if err := xml.Unmarshal(raw, &v); err != nil || len(v.Users.Grafana.Grants) != 1 || !strings.HasPrefix(v.Users.Grafana.Grants[0], "GRANT SELECT") {
		t.Errorf("%+v, %v", v, err)
	}
}
