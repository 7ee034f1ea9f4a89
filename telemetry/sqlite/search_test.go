package sqlite

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/listing"
	"github.com/sluicegate/sluice/telemetry/telemetrytest"
)

// filters returns a query for each filter of a listing, all of which r matches.
func filters(r *telemetry.Record) map[string]telemetry.Query {
	return map[string]telemetry.Query{
		"Model": {Model: []string{r.Model}}, "Provider": {Provider: []string{r.Provider}}, "VirtualKey": {VirtualKey: []string{r.VirtualKey}}, "Status": {Status: []int{r.Status}},
		"Outcome": {Outcome: []string{r.Outcome.String()}}, "Member": {Member: []string{r.MemberName}}, "APIKey": {APIKey: []string{r.APIKey}}, "Team": {Team: []string{r.Team}}, "Trace": {Trace: r.Trace.Ref},
		"Cache": {Cache: []string{r.CacheStatus()}}, "Config": {Config: []string{r.Config.Slug}}, "Prompt": {Prompt: []string{r.Prompt.Slug}}, "Variant": {Variant: []string{r.Prompt.Variant}},
		"Metadata": {Metadata: map[string]string{telemetry.UserKey: r.User()}},
		"Session":  {Session: r.Session}, "Verdict": {Verdict: []string{r.Verdict().String()}},
		"Since": {Since: r.Time}, "Until": {Until: r.Time.Add(time.Microsecond)},
	}
}

// TestNoFilterScans: each filter reads a range of an index that begins with what it compares, in
// the order of the listing. A filter without a case fails, too.
func TestNoFilterScans(t *testing.T) {
	s, err := Open(t.Context(), t.TempDir()+"/t.db")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	s.background.Wait()
	r := telemetrytest.NewGenerator(1, time.Now()).Record()
	r.Workspace, r.Provider, r.Config.Slug, r.Prompt, r.Team = "ws1", "openai", "prod", &promptFact, "t1"
	r.Metadata = []telemetry.Pair{{Key: telemetry.UserKey, Value: "u1"}}
	r.Session, r.Guardrails = "s1", []telemetry.Guardrail{{Action: gateway.ActionDeny}}
	write(t, s, "b", r)
	want := map[string]string{
		"Model": "exchanges_by_target (target=?", "Provider": "exchanges_by_target (target=?", "VirtualKey": "exchanges_by_target (target=?",
		"Status": "exchanges_by_result (result=?", "Outcome": "exchanges_by_result (result=?", "Cache": "exchanges_by_result (result=?",
		"Member": "exchanges_by_caller (caller=?", "APIKey": "exchanges_by_caller (caller=?", "Team": "exchanges_by_team (team=?",
		"Config": "exchanges_by_template (template=?", "Prompt": "exchanges_by_template (template=?", "Variant": "exchanges_by_template (template=?",
		"Trace": "exchanges_by_run (<expr>=? AND trace=?)", "Metadata": "exchanges_by_user (workspace=? AND user=?",
		"Session": "exchanges_by_session (workspace=? AND session=?", "Verdict": "exchanges_by_verdict (workspace=? AND verdict=?",
		"Since": "exchanges_by_time (workspace=? AND ts>?", "Until": "exchanges_by_time (workspace=? AND ts<?",
	}
	cases := filters(r)
	fields := reflect.TypeFor[telemetry.Query]()
	for i := range fields.NumField() {
		name := fields.Field(i).Name
		if _, ok := cases[name]; !ok && !slices.Contains([]string{"Scope", "Cursor", "Limit", "Bodies"}, name) {
			t.Errorf("the filter %s has no case", name)
		}
	}
	after := &listing.Position{Time: time.Now(), ID: "x"}
	for name, q := range cases {
		sections, err := s.sections(t.Context(), s.read, &q, s.workspaceNumbers()[0])
		if err != nil {
			t.Fatal(err)
		}
		var plans []string
		for _, in := range sections {
			query, args := searchQuery(&q, in, after, &newest{limit: 51})
			plan := explain(t, s, query, args...)
			if strings.Contains(plan, "SCAN exchanges") || strings.Contains(plan, "USE TEMP B-TREE FOR ORDER BY") && name != "Trace" {
				t.Errorf("%s: %s\n%s", name, query, plan)
			}
			plans = append(plans, plan)
		}
		if !strings.Contains(strings.Join(plans, "\n"), want[name]) {
			t.Errorf("%s: want %s, got\n%s", name, want[name], strings.Join(plans, "\n"))
		}
	}
	for _, d := range s.dimensions.all() {
		if plan := explain(t, s, d.find, make([]any, 1+len(d.columns))...); strings.Contains(plan, "SCAN") {
			t.Errorf("%s:\n%s", d.find, plan)
		}
	}
}

// TestTraceIsLookedUp: no look-up of a trace reads the whole file.
func TestTraceIsLookedUp(t *testing.T) {
	s, err := Open(t.Context(), t.TempDir()+"/t.db")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	plan := explain(t, s, "SELECT facts, bodies FROM exchanges WHERE "+ofTrace+" ORDER BY ts, id", 1)
	if !strings.Contains(plan, "exchanges_by_run (<expr>=? AND trace=?)") {
		t.Error(plan)
	}
}

func explain(t *testing.T, s *Store, query string, args ...any) string {
	t.Helper()
	rows, err := s.read.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+query, args...)
	if err != nil {
		t.Fatal(query, err)
	}
	defer rows.Close()
	var plan strings.Builder
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&plan, detail)
	}
	return plan.String()
}

func TestColumns(t *testing.T) {
	s, err := Open(t.Context(), t.TempDir()+"/t.db")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	telemetrytest.StoresColumns(t, s, func(id string) (c telemetrytest.Columns, err error) {
		err = s.read.QueryRowContext(t.Context(), "SELECT stream, chunks, longest_gap_us, max_output, temperature FROM exchanges WHERE id = ?", id).
			Scan(&c.Stream, &c.Chunks, &c.LongestGap, &c.MaxOutput, &c.Temperature)
		return c, err
	})
}

// TestTooManyCombinations: rows whose combination a full table does not hold are found as well,
// also after those who named the others are gone.
func TestTooManyCombinations(t *testing.T) {
	s, err := Open(t.Context(), t.TempDir()+"/t.db")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	s.background.Wait()
	g := telemetrytest.NewGenerator(3, time.Now().Add(-time.Hour))
	for _, d := range s.dimensions.all() {
		d.size = maxCombinations
	}
	var numbered int
	telemetrytest.Fill(t, s, g, 40)
	if err := s.read.QueryRow("SELECT count(*) FROM exchanges WHERE result <> 0 OR caller <> 0 OR target <> 0 OR template <> 0").Scan(&numbered); err != nil || numbered != 0 {
		t.Fatal(numbered, err)
	}
	r := g.Record()
	r.Workspace, r.Provider, r.Config.Slug, r.Prompt, r.Team = "ws1", "openai", "prod", &promptFact, "t1"
	r.Metadata = []telemetry.Pair{{Key: telemetry.UserKey, Value: "u1"}}
	write(t, s, "b", r)
	findByEachFilter(t, s, r)
	if _, err := s.Prune(t.Context(), r.Time, time.Time{}); err != nil { // all but r
		t.Fatal(err)
	}
	later := g.Record()
	later.Team = "t1"
	write(t, s, "c", later)
	findByEachFilter(t, s, r)
	for _, d := range s.dimensions.all()[1:] {
		if len(d.known) != 1 {
			t.Errorf("%s: %d combinations are known", d.table, len(d.known))
		}
	}
}

var promptFact = gateway.PromptFact{ID: "p1", Slug: "support", Variant: "short"}
