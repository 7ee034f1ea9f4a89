package telemetrytest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/audit"
	"github.com/sluicegate/sluice/telemetry/listing"
)

// Newest sorts records in the order of Logs.
func Newest(rs []*telemetry.Record) {
	slices.SortFunc(rs, func(a, b *telemetry.Record) int {
		if c := b.Time.Compare(a.Time); c != 0 {
			return c
		}
		return strings.Compare(b.ID, a.ID)
	})
}

func chains(t *testing.T, s telemetry.Store, n int) []audit.Row {
	t.Helper()
	var all []audit.Row
	heads := map[string]*audit.Head{"node-a": {}, "node-b": {}}
	for i := range n {
		chain := []string{"node-a", "node-b", "node-a"}[i%3]
		row := Link(heads[chain], chain, i)
		if err := s.Write(t.Context(), &telemetry.Batch{ID: fmt.Sprintf("audit-%d", i), Audit: []audit.Row{row}, Sync: true}); err != nil {
			t.Fatal(err)
		}
		all = append(all, row)
	}
	slices.Reverse(all)
	return all
}

func auditTrail(t *testing.T, s telemetry.Store) {
	all := chains(t, s, 40)
	for _, q := range []audit.Query{{}, {Member: "m1"}, {Action: "api_key.create"}, {Action: "api_key.*"}, {Action: "x.*"}, {Resource: "api_key", Outcome: "ok"},
		{Outcome: "denied"}, {Since: all[20].Time}, {Until: all[20].Time}, {Since: all[30].Time, Until: all[10].Time, Member: "m0"}} {
		for _, scope := range []listing.Scope{listing.AllWorkspaces(), listing.Workspace("ws1"), listing.Workspace("else")} {
			q.Scope, q.Cursor, q.Limit = scope, "", 6
			var want, got []audit.Row
			for i := range all {
				e, err := all[i].Event()
				if err != nil {
					t.Fatal(err)
				}
				if q.Match(&all[i], &e) {
					want = append(want, all[i])
				}
			}
			for {
				p, err := s.AuditLogs(t.Context(), q)
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, p.Rows...)
				if q.Cursor = p.Next; q.Cursor == "" {
					break
				}
			}
			if d := Same(want, got); d != "" {
				t.Fatalf("%+v: %s", q, d)
			}
		}
	}
	vs, err := audit.Verify(t.Context(), s, audit.VerifyOptions{})
	if err != nil || len(vs) != 2 || vs[0].Bad != 0 || vs[1].Bad != 0 || vs[0].Rows+vs[1].Rows != 40 {
		t.Fatalf("%+v, %v", vs, err)
	}
	if _, err := s.AuditLogs(t.Context(), audit.Query{}); err == nil {
		t.Fatal("no scope sees audit rows")
	}
}

func continues(t *testing.T, s telemetry.Store) {
	if h, err := s.Head(t.Context(), "node-a"); err != nil || h.Seq != 0 {
		t.Fatalf("%+v, %v", h, err)
	}
	all := chains(t, s, 10)
	h, err := s.Head(t.Context(), "node-a")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range all {
		if r.Chain == "node-a" {
			if h.Seq != r.Seq || h.Hash != r.Hash || !h.Time.Equal(r.Time) {
				t.Fatalf("%+v, want %+v", h, r)
			}
			break
		}
	}
}

func retention(t *testing.T, s telemetry.Store) {
	all := Fill(t, s, NewGenerator(7, Begin()), 90)
	trail := chains(t, s, 20)
	cut := all[50].Time
	if _, err := s.Prune(t.Context(), cut, time.Time{}); err != nil {
		t.Fatal(err)
	}
	p, err := s.Logs(t.Context(), telemetry.Query{Scope: listing.AllWorkspaces(), Limit: 500})
	if err != nil {
		t.Fatal(err)
	}
	want := 0
	for _, r := range all {
		if !r.Time.Before(cut) {
			want++
		}
	}
	if len(p.Records) != want {
		t.Fatalf("%d records are left, want %d", len(p.Records), want)
	}
	count := func() int {
		n := 0
		for _, c := range []string{"node-a", "node-b"} {
			rs, err := s.Chain(t.Context(), c, 0, 100)
			if err != nil {
				t.Fatal(err)
			}
			n += len(rs)
		}
		return n
	}
	if n := count(); n != len(trail) {
		t.Fatalf("%d audit rows are left of %d", n, len(trail))
	}
	if _, err := s.Prune(t.Context(), time.Time{}, trail[7].Time); err != nil {
		t.Fatal(err)
	}
	if n := count(); n != 8 {
		t.Fatalf("%d audit rows are left, want 8", n)
	}
	vs, err := audit.Verify(t.Context(), s, audit.VerifyOptions{Pruned: true})
	if err != nil || len(vs) != 2 || vs[0].Bad != 0 || vs[1].Bad != 0 {
		t.Fatalf("%+v, %v", vs, err)
	}
}
