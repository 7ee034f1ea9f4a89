package telemetrytest

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/listing"
)

// ofTraces compares with the exchanges that match and have one of the traces or ids.
func ofTraces(t *testing.T, s telemetry.Store) {
	all := Fill(t, s, NewGenerator(21, Begin()), 300)
	Newest(all)
	var traces []gateway.TraceID
	var ids []string
	for i := 0; i < len(all); i += 9 {
		traces, ids = append(traces, all[i].Trace.ID), append(ids, all[(i+3)%len(all)].ID, all[i].ID) // one is both
	}
	traces, ids = append(traces, gateway.TraceIDFrom("nobody's"), all[0].Trace.ID), append(ids, "no id", ids[0])
	for i, q := range Queries(all) {
		if i%5 != 0 {
			continue // the filters are those of listings
		}
		q.Limit = 0
		var want, got []*telemetry.Record
		for _, r := range all {
			if q.Match(r) && (slices.Contains(traces, r.Trace.ID) || slices.Contains(ids, r.ID)) {
				want = append(want, listed(r))
			}
		}
		if err := s.OfTraces(t.Context(), q, traces, ids, func(r *telemetry.Record) error { got = append(got, r); return nil }); err != nil {
			t.Fatalf("%+v: %v", q, err)
		}
		byID := func(a, b *telemetry.Record) int { return strings.Compare(a.ID, b.ID) }
		slices.SortFunc(want, byID)
		slices.SortFunc(got, byID)
		if d := Same(want, got); d != "" {
			t.Fatalf("%+v: %s", q, d)
		}
	}
	q := telemetry.Query{Scope: listing.AllWorkspaces()}
	enough := errors.New("enough")
	if err := s.OfTraces(t.Context(), q, traces, ids, func(*telemetry.Record) error { return enough }); !errors.Is(err, enough) {
		t.Errorf("the reader's error: %v", err)
	}
	if err := s.OfTraces(t.Context(), q, nil, nil, func(*telemetry.Record) error { return enough }); err != nil {
		t.Errorf("nothing is asked for: %v", err)
	}
	if err := s.OfTraces(t.Context(), telemetry.Query{}, traces, nil, func(*telemetry.Record) error { return nil }); err == nil {
		t.Error("without a scope there is an answer")
	}
}
