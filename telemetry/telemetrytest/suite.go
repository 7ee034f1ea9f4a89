package telemetrytest

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/audit"
	"github.com/sluicegate/sluice/telemetry/listing"
)

// Store runs the suite. open returns an empty store, which the suite closes.
func Store(t *testing.T, open func(t *testing.T) telemetry.Store) {
	for _, c := range []struct {
		name string
		run  func(*testing.T, telemetry.Store)
	}{
		{"what is written is read", writtenIsRead},
		{"a repeated batch changes nothing", repeated},
		{"queries agree with their definition", queries},
		{"usage agrees with its definition", usage},
		{"analytics agree with their definition", analytics},
		{"facets agree with their definition", facets},
		{"exchanges are found by their traces and ids", ofTraces},
		{"facets keep the filter of a right", keptFacets},
		{"sessions agree with their definition", sessions},
		{"pages are complete and disjoint", pages},
		{"a listing has bodies where they are wanted", listedBodies},
		{"texts are found by their words", searches},
		{"a trace is found by every name", byTrace},
		{"no workspace sees another's", isolation},
		{"the audit trail is kept", auditTrail},
		{"the chain continues", continues},
		{"retention deletes what is old", retention},
		{"foreign spans are found by their trace", foreign},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := open(t)
			defer func() {
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			}()
			c.run(t, s)
		})
	}
}

// Begin is the time of the first generated record.
func Begin() time.Time { return time.Now().UTC().Add(-time.Hour).Truncate(time.Second) }

// Fill writes n generated records in batches and returns them.
func Fill(t *testing.T, s telemetry.Writer, g *Generator, n int) []*telemetry.Record {
	t.Helper()
	var all []*telemetry.Record
	for len(all) < n {
		b := &telemetry.Batch{ID: fmt.Sprintf("batch-%d-%d", g.seq, len(all))}
		for len(b.Rows) < min(n-len(all), 37) {
			b.Rows = append(b.Rows, g.Record())
		}
		if err := s.Write(t.Context(), b); err != nil {
			t.Fatal(err)
		}
		all = append(all, b.Rows...)
	}
	return all
}

// Same compares records. The order in which numbers were added up does not matter.
func Same(a, b any) string {
	return cmp.Diff(a, b, cmpopts.EquateEmpty(), cmpopts.EquateApprox(1e-9, 0))
}

func listed(r *telemetry.Record) *telemetry.Record {
	c := *r
	c.DropBodies()
	return &c
}

func writtenIsRead(t *testing.T, s telemetry.Store) {
	for _, want := range Fill(t, s, NewGenerator(1, Begin()), 60) {
		got, err := s.Log(t.Context(), listing.AllWorkspaces(), want.ID)
		if err != nil {
			t.Fatal(err)
		}
		if d := Same([]*telemetry.Record{want}, got); d != "" {
			t.Fatal(d)
		}
	}
}

func repeated(t *testing.T, s telemetry.Store) {
	g := NewGenerator(2, Begin())
	head := audit.Head{}
	b := &telemetry.Batch{ID: "same", Rows: []*telemetry.Record{g.Record(), g.Record()}, Audit: []audit.Row{Link(&head, "c", 1), Link(&head, "c", 2)}}
	for range 3 {
		if err := s.Write(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	p, err := s.Logs(t.Context(), telemetry.Query{Scope: listing.AllWorkspaces()})
	if err != nil || len(p.Records) != 2 {
		t.Fatalf("%d records, %v", len(p.Records), err)
	}
	a, err := s.Chain(t.Context(), "c", 0, 10)
	if err != nil || len(a) != 2 {
		t.Fatalf("%d audit rows, %v", len(a), err)
	}
}

// Queries returns queries that use every filter.
func Queries(all []*telemetry.Record) []telemetry.Query {
	mid := all[len(all)/2]
	qs := []telemetry.Query{{}, {Since: mid.Time}, {Until: mid.Time}, {Since: mid.Time, Until: all[len(all)/4].Time},
		{Model: []string{"gpt-5"}}, {Model: []string{`o'hara "x"`}}, {Model: []string{"gpt-5-2026"}}, {Provider: []string{"anthropic"}}, {VirtualKey: []string{"vk_a"}}, {Status: []int{429}}, {Status: []int{4}}, {Status: []int{2}},
		{Outcome: []string{"ok"}}, {Outcome: []string{"error"}}, {Outcome: []string{"denied"}}, {Member: []string{"m1"}}, {Member: []string{"ann"}}, {APIKey: []string{"k2"}}, {Team: []string{"t1"}}, {Team: []string{"ml"}}, {Trace: mid.Trace.Ref}, {Trace: "order-3"},
		{Cache: []string{"HIT"}}, {Cache: []string{"SEMANTIC HIT"}}, {Cache: []string{"DISABLED"}}, {Config: []string{"prod"}}, {Prompt: []string{"support"}}, {Prompt: []string{"p1"}}, {Variant: []string{"a"}}, {Variant: []string{"b", "c"}, Prompt: []string{"support"}}, {Variant: []string{"a"}, Metadata: map[string]string{"team": "red"}}, {Session: "s1"}, {Session: "s1", Model: []string{"gpt-5"}}, {Verdict: []string{"none"}}, {Verdict: []string{"allow"}}, {Verdict: []string{"flag"}}, {Verdict: []string{"deny"}, Status: []int{2}},
		{Metadata: map[string]string{"_user": "ü 'x'"}}, {Metadata: map[string]string{"_user": "u1", "team": "red"}}, {Metadata: map[string]string{"team": "none"}},
		{Model: []string{"gpt-5"}, Status: []int{2}, Member: []string{"m2"}, Cache: []string{"MISS"}, Limit: 3}}
	several := []telemetry.Query{{Model: []string{"gpt-5", "claude-opus-4-7"}, Provider: []string{"openai", "anthropic"}}, {Status: []int{429, 502}}, {Status: []int{2, 400}, Outcome: []string{"ok", "client_error"}}, {Outcome: []string{"error", "ok"}},
		{Outcome: []string{"denied", "rate_limited"}}, {Member: []string{"m1", "bob"}, Team: []string{"t1", "ml"}}, {APIKey: []string{"k1", "k3"}, VirtualKey: []string{"vk_a", "vk_b"}}, {Cache: []string{"HIT", "SEMANTIC HIT"}},
		{Config: []string{"prod", "test"}, Prompt: []string{"p1", "other"}}, {Verdict: []string{"deny", "flag"}}, {Verdict: []string{"none", "redact"}}, {Model: []string{"nobody's", "none"}}}
	var out []telemetry.Query
	for _, scope := range []listing.Scope{listing.AllWorkspaces(), listing.Workspace("ws1"), listing.Workspace("ws3"), listing.Workspace("nobody's")} {
		for _, q := range qs {
			q.Scope = scope
			out = append(out, q)
		}
	}
	for _, q := range several {
		q.Scope = listing.AllWorkspaces()
		out = append(out, q)
	}
	return out
}

// queries compares with Match, newest first.
func queries(t *testing.T, s telemetry.Store) {
	all := Fill(t, s, NewGenerator(3, Begin()), 300)
	Newest(all)
	for _, q := range Queries(all) {
		limit := q.Limit
		if q.Limit == 0 {
			q.Limit = listing.MaxPage
			limit = q.Limit
		}
		var want []*telemetry.Record
		for _, r := range all {
			if q.Match(r) && len(want) < limit {
				want = append(want, listed(r))
			}
		}
		p, err := s.Logs(t.Context(), q)
		if err != nil {
			t.Fatalf("%+v: %v", q, err)
		}
		if d := Same(want, p.Records); d != "" {
			t.Fatalf("%+v: want %d, got %d: %s", q, len(want), len(p.Records), d)
		}
	}
	for _, q := range []telemetry.Query{{}, {Scope: listing.Workspace("")}, {Scope: listing.AllWorkspaces(), Status: []int{7}}, {Scope: listing.AllWorkspaces(), Outcome: []string{"fine"}},
		{Scope: listing.AllWorkspaces(), Verdict: []string{"fine"}},
		{Scope: listing.AllWorkspaces(), Cursor: "x"}, {Scope: listing.AllWorkspaces(), Since: time.Now(), Until: Begin()}} {
		var e *gateway.Error
		if _, err := s.Logs(t.Context(), q); !errors.As(err, &e) || e.HTTPStatus() >= 500 {
			t.Errorf("%+v: %v", q, err)
		}
	}
}

func pages(t *testing.T, s telemetry.Store) {
	all := Fill(t, s, NewGenerator(4, Begin()), 130)
	Newest(all)
	for _, size := range []int{1, 7, 130, 500} {
		var got []*telemetry.Record
		q := telemetry.Query{Scope: listing.AllWorkspaces(), Limit: size}
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
		if len(got) != len(all) {
			t.Fatalf("pages of %d: %d records", size, len(got))
		}
		for i := range all {
			if all[i].ID != got[i].ID {
				t.Fatalf("pages of %d: record %d is %s, want %s", size, i, got[i].ID, all[i].ID)
			}
		}
	}
}

func byTrace(t *testing.T, s telemetry.Store) {
	all := Fill(t, s, NewGenerator(5, Begin()), 80)
	count := map[gateway.TraceID]int{}
	for _, r := range all {
		count[r.Trace.ID]++
	}
	for _, r := range all {
		for _, name := range []string{r.Trace.Ref, r.Trace.ID.String()} {
			got, err := s.Log(t.Context(), listing.AllWorkspaces(), name)
			if err != nil || len(got) != count[r.Trace.ID] {
				t.Fatalf("%s: %d of %d, %v", name, len(got), count[r.Trace.ID], err)
			}
			for i := 1; i < len(got); i++ {
				if got[i].Time.Before(got[i-1].Time) {
					t.Fatalf("%s: not oldest first", name)
				}
			}
		}
	}
}

func isolation(t *testing.T, s telemetry.Store) {
	all := Fill(t, s, NewGenerator(6, Begin()), 120)
	p, err := s.Logs(t.Context(), telemetry.Query{Scope: listing.AllWorkspaces(), Limit: 40})
	if err != nil {
		t.Fatal(err)
	}
	for _, ws := range []string{"ws1", "ws2", "ws3"} {
		for _, r := range all {
			for _, name := range []string{r.ID, r.Trace.Ref} {
				got, err := s.Log(t.Context(), listing.Workspace(ws), name)
				var e *gateway.Error
				if err != nil && (!errors.As(err, &e) || e.Kind != gateway.NotFound) {
					t.Fatal(err)
				}
				if r.Workspace == ws && err != nil {
					t.Fatalf("%s does not see its own %s", ws, name)
				}
				for _, g := range got {
					if g.Workspace != ws {
						t.Fatalf("%s sees %s of %q", ws, g.ID, g.Workspace)
					}
				}
			}
		}
		foreign, err := s.Logs(t.Context(), telemetry.Query{Scope: listing.Workspace(ws), Cursor: p.Next, Limit: 500})
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range foreign.Records {
			if g.Workspace != ws {
				t.Fatalf("%s sees %s by a foreign cursor", ws, g.ID)
			}
		}
	}
	if _, err := s.Log(context.Background(), listing.Scope{}, all[0].ID); err == nil {
		t.Fatal("no scope sees a row")
	}
}

// Link returns the next row of a chain, as a recorder would make it.
func Link(h *audit.Head, chain string, n int) audit.Row {
	at := Begin().Add(time.Duration(n) * time.Second)
	h.Seq++
	ws := []string{"ws1", "ws2"}[n%2]
	r := audit.Row{Chain: chain, Seq: h.Seq, Time: at, Workspace: ws, Prev: h.Hash}
	r.Canonical = fmt.Appendf(nil, `{"action":"api_key.%s","chain":%q,"member":"m%d","outcome":"ok","resource":"api_key","seq":%d,"status":200,"time_us":%d,"workspace":%q}`,
		[]string{"create", "delete", "disable"}[n%3], chain, n%2, h.Seq, at.UnixMicro(), ws)
	r.Hash = sha256.Sum256(append(r.Prev[:], r.Canonical...))
	h.Hash, h.Time = r.Hash, at
	return r
}
