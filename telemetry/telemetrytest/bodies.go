package telemetrytest

import (
	"testing"

	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/listing"
)

// listedBodies compares pages with bodies with what was written.
func listedBodies(t *testing.T, s telemetry.Store) {
	all := Fill(t, s, NewGenerator(14, Begin()), 70)
	Newest(all)
	for _, scope := range []listing.Scope{listing.AllWorkspaces(), listing.Workspace("ws1"), listing.Workspace("nobody's")} {
		var want, got []*telemetry.Record
		for _, r := range all {
			if scope.Contains(r.Workspace) {
				want = append(want, r)
			}
		}
		q := telemetry.Query{Scope: scope, Bodies: true, Limit: 11}
		for {
			p, err := s.Logs(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, p.Records...)
			if q.Cursor = p.Next; q.Cursor == "" {
				break
			}
		}
		if d := Same(want, got); d != "" {
			t.Fatal(d)
		}
	}
}
