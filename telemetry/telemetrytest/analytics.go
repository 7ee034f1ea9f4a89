package telemetrytest

import (
	"errors"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/listing"
)

// dimensions are all dimensions, with those of metadata keys.
func dimensions() []telemetry.Dimension {
	return append(telemetry.Dimensions(), telemetry.DimensionOfMetadata("team"), telemetry.DimensionOfMetadata("o'hara"))
}

// analytics compares sums with those of telemetry.AnalyticsSum.
func analytics(t *testing.T, s telemetry.Store) {
	all := Fill(t, s, NewGenerator(11, Begin()), 300)
	since, until := all[0].Time.Add(-time.Minute), all[len(all)-1].Time.Add(time.Minute)
	period := telemetry.Query{Since: since, Until: until}
	ask := func(q telemetry.AnalyticsQuery) {
		t.Helper()
		sum := telemetry.NewAnalyticsSum(&q)
		for _, r := range all {
			if q.Match(r) {
				sum.Record(r)
			}
		}
		want, err := sum.Rows()
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.Analytics(t.Context(), q)
		if err != nil {
			t.Fatalf("%+v: %v", q, err)
		}
		if d := Same(want, got); d != "" {
			t.Fatalf("%+v: %s", q, d)
		}
	}
	for _, scope := range []listing.Scope{listing.AllWorkspaces(), listing.Workspace("ws1"), listing.Workspace("nobody's")} {
		for _, d := range append(dimensions(), "") {
			q := telemetry.AnalyticsQuery{Query: period, GroupBy: d, Latencies: true, Users: true}
			q.Scope = scope
			ask(q)
			q.Spread = true
			ask(q)
			q.Interval, q.Latencies, q.Spread = time.Second, false, false
			ask(q)
		}
	}
	Newest(all)
	for i, q := range Queries(all) {
		if i%3 != 0 {
			continue // the filters are those of listings
		}
		if q.Since.IsZero() || q.Until.IsZero() {
			q.Since, q.Until = since, until
		}
		q.Limit = 0
		ask(telemetry.AnalyticsQuery{Query: q, Interval: 2 * time.Second, GroupBy: telemetry.DimensionMember, Users: true})
	}
	for field, change := range map[string]func(*telemetry.AnalyticsQuery){
		"group_by": func(q *telemetry.AnalyticsQuery) { q.GroupBy = "colour" }, "since": func(q *telemetry.AnalyticsQuery) { q.Since = since.AddDate(-2, 0, 0) },
		"until": func(q *telemetry.AnalyticsQuery) { q.Since, q.Until = until, since }, "interval": func(q *telemetry.AnalyticsQuery) { q.Interval = time.Millisecond },
		"status": func(q *telemetry.AnalyticsQuery) { q.Status = []int{7} },
	} {
		q := telemetry.AnalyticsQuery{Query: period}
		q.Scope = listing.AllWorkspaces()
		change(&q)
		var e *gateway.Error
		if _, err := s.Analytics(t.Context(), q); !errors.As(err, &e) || e.Kind != gateway.Invalid || e.Param != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	if _, err := s.Analytics(t.Context(), telemetry.AnalyticsQuery{Query: period}); err == nil {
		t.Error("without a scope there is an answer")
	}
}

// facets compares counts with those of telemetry.CountFacets.
func facets(t *testing.T, s telemetry.Store) {
	all := Fill(t, s, NewGenerator(12, Begin()), 300)
	Newest(all)
	for i, exchanges := range Queries(all) {
		for most, step := range map[int]int{0: 37, 100: 3, 1: 100} { // the filters are those of listings
			if i%step != 0 {
				continue
			}
			exchanges.Limit = 0
			q := telemetry.FacetQuery{Query: exchanges, Dimensions: dimensions(), Most: most}
			want, err := telemetry.CountFacets(&q, func(q telemetry.Query, limit int) (telemetry.FacetRows, error) {
				var found telemetry.RecordRows
				for _, r := range all {
					if len(found) < limit && q.Match(r) {
						found = append(found, r)
					}
				}
				return found, nil
			})
			if err != nil {
				t.Fatal(err)
			}
			got, err := s.Facets(t.Context(), q)
			if err != nil {
				t.Fatalf("%+v: %v", q, err)
			}
			if d := Same(want, got); d != "" {
				t.Fatalf("%+v: %s", q, d)
			}
		}
	}
	var e *gateway.Error
	for _, q := range []telemetry.FacetQuery{{Dimensions: []telemetry.Dimension{"colour"}}, {Dimensions: []telemetry.Dimension{"model", "model"}}, {Dimensions: []telemetry.Dimension{"metadata."}}} {
		q.Scope = listing.AllWorkspaces()
		if _, err := s.Facets(t.Context(), q); !errors.As(err, &e) || e.Kind != gateway.Invalid || e.Param != "facets" {
			t.Errorf("%v: %v", q.Dimensions, err)
		}
	}
}

// keptFacets: a filter that is a right of the caller stays for the facet of its dimension.
func keptFacets(t *testing.T, s telemetry.Store) {
	Fill(t, s, NewGenerator(13, Begin()), 60)
	q := telemetry.FacetQuery{Query: telemetry.Query{Scope: listing.AllWorkspaces(), Member: []string{"m1"}, Model: []string{"gpt-5"}},
		Dimensions: []telemetry.Dimension{telemetry.DimensionMember, telemetry.DimensionModel}, Keep: telemetry.DimensionMember}
	got, err := s.Facets(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	members, models := got.Values[telemetry.DimensionMember].Values, got.Values[telemetry.DimensionModel].Values
	if len(members) != 1 || members[0].Value != "m1" || len(models) < 2 {
		t.Errorf("%+v", got)
	}
}
