package telemetrytest

import (
	"errors"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/listing"
)

// usage compares sums with those of telemetry.UsageSum.
func usage(t *testing.T, s telemetry.Store) {
	g := NewGenerator(9, telemetry.DayOf(time.Now()).Add(-2*time.Second))
	all := Fill(t, s, g, 300) // on both sides of a midnight
	since, until := all[0].Time.Add(-time.Hour), all[len(all)-1].Time.Add(time.Hour)
	groups := [][]telemetry.UsageKey{nil, telemetry.UsageKeys(), {telemetry.UsageByDay, telemetry.UsageByModel}}
	for _, k := range telemetry.UsageKeys() {
		groups = append(groups, []telemetry.UsageKey{k})
	}
	for _, filter := range []telemetry.UsageQuery{{}, {Member: "m1"}, {Member: "ann", Model: "gpt-5"}, {Team: "ml"}, {Team: "t1", APIKey: "k1"}, {Model: "gpt-5-2026"},
		{Since: all[20].Time, Until: all[200].Time}, {Member: "nobody"}} {
		for _, scope := range []listing.Scope{listing.AllWorkspaces(), listing.Workspace("ws1"), listing.Workspace("nobody's")} {
			for _, by := range groups {
				q := filter
				q.Scope, q.GroupBy = scope, by
				if q.Since.IsZero() {
					q.Since, q.Until = since, until
				}
				sum, exchanges := telemetry.NewUsageSum(&q), q.Exchanges()
				for _, r := range all {
					if exchanges.Match(r) {
						sum.Record(r)
					}
				}
				want, err := sum.Rows()
				if err != nil {
					t.Fatal(err)
				}
				got, err := s.Usage(t.Context(), q)
				if err != nil {
					t.Fatalf("%+v: %v", q, err)
				}
				if d := Same(want, got); d != "" {
					t.Fatalf("%+v: %s", q, d)
				}
			}
		}
	}
	for field, q := range map[string]telemetry.UsageQuery{
		"group_by": {Since: since, Until: until, GroupBy: []telemetry.UsageKey{"colour"}}, "since": {Since: since.AddDate(-2, 0, 0), Until: until},
		"until": {Since: until, Until: since},
	} {
		q.Scope = listing.AllWorkspaces()
		var e *gateway.Error
		if _, err := s.Usage(t.Context(), q); !errors.As(err, &e) || e.Kind != gateway.Invalid || e.Param != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	if _, err := s.Usage(t.Context(), telemetry.UsageQuery{Since: since, Until: until}); err == nil {
		t.Error("without a scope there is an answer")
	}
}
