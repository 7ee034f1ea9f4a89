package telemetrytest

import (
	"slices"
	"testing"

	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/listing"
)

// sessions compares pages of sessions with sums over the records that match.
func sessions(t *testing.T, s telemetry.Store) {
	all := Fill(t, s, NewGenerator(11, Begin()), 300)
	Newest(all)
	mid := all[len(all)/2]
	for _, filter := range []telemetry.Query{{}, {Member: []string{"m1"}}, {Session: "s1"}, {Session: "none"}, {Status: []int{5}, Model: []string{"gpt-5"}}, {Since: mid.Time}, {Until: mid.Time}} {
		for _, scope := range []listing.Scope{listing.AllWorkspaces(), listing.Workspace("ws1"), listing.Workspace("nobody's")} {
			q := filter
			q.Scope = scope
			turns := map[[2]string][]*telemetry.Record{}
			for _, r := range all {
				if k := [2]string{r.Workspace, r.Session}; r.Session != "" && q.Match(r) {
					turns[k] = append(turns[k], r)
				}
			}
			var want []telemetry.Session
			for _, rs := range turns {
				want = append(want, telemetry.SumSession(rs))
			}
			slices.SortFunc(want, func(a, b telemetry.Session) int { return telemetry.CompareSessions(&a, &b) })
			for _, q.Limit = range []int{2, 50} {
				var got []telemetry.Session
				for q.Cursor = ""; ; {
					p, err := s.Sessions(t.Context(), q)
					if err != nil {
						t.Fatal(err)
					}
					got = append(got, p.Sessions...)
					if q.Cursor = p.Next; q.Cursor == "" {
						break
					}
				}
				if d := Same(want, got); d != "" {
					t.Fatalf("%+v: %s", q, d)
				}
			}
		}
	}
	for _, q := range []telemetry.Query{{}, {Scope: listing.AllWorkspaces(), Cursor: "x"}} {
		if _, err := s.Sessions(t.Context(), q); err == nil {
			t.Errorf("%+v is answered", q)
		}
	}
}
