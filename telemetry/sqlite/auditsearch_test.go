package sqlite

import (
	"database/sql"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/audit"
	"github.com/sluicegate/sluice/telemetry/listing"
	"github.com/sluicegate/sluice/telemetry/telemetrytest"
)

// TestAuditIsLookedUp: a search by request or member does not read the whole trail.
func TestAuditIsLookedUp(t *testing.T) {
	s, err := Open(t.Context(), t.TempDir()+"/t.db")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for name, c := range map[string]struct {
		query audit.Query
		want  []string
	}{
		"request": {audit.Query{RequestID: "x"}, []string{"audit_by_request_id (request_id=? AND chain_id=?"}},
		"member":  {audit.Query{Member: "x"}, []string{"audit_by_caller (caller=? AND chain_id=?"}},
		"chain":   {audit.Query{}, []string{"PRIMARY KEY (chain_id=?)"}},
	} {
		c.query.Scope = listing.AllWorkspaces()
		sections, err := s.auditSections(t.Context(), &c.query)
		if err != nil {
			t.Fatal(err)
		}
		var plans strings.Builder
		for _, in := range sections {
			query, args := auditQuery(&c.query, "n", in, nil)
			plans.WriteString(explain(t, s, query, args...))
		}
		for _, want := range c.want {
			if plan := plans.String(); !strings.Contains(plan, want) || strings.Contains(plan, "SCAN") || strings.Contains(plan, "TEMP B-TREE") {
				t.Errorf("%s: want %s in\n%s", name, want, plan)
			}
		}
	}
}

// TestOldAuditRows: the events of an older version stay as they are, and are found like new ones.
func TestOldAuditRows(t *testing.T) {
	path := t.TempDir() + "/t.db"
	writeOldFile(t, path, "testdata/goose_3.sql", telemetrytest.NewGenerator(1, time.Now()).Record())
	var head audit.Head
	link := func(request string) audit.Row {
		return head.Append("n", &audit.Event{Workspace: "ws1", Member: "m1", MemberName: "ann", Action: "chat", Outcome: audit.OutcomeOK, RequestID: request}, time.Now())
	}
	old, late := link("r-old"), link("r-late")
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?)", old.Chain, old.Seq, old.Time.UnixMicro(), old.Workspace, old.Prev[:], old.Hash[:], string(old.Canonical)); err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Write(t.Context(), &telemetry.Batch{ID: "late", Audit: []audit.Row{late}}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		query audit.Query
		want  []uint64
	}{
		{audit.Query{Member: "m1"}, []uint64{2, 1}}, {audit.Query{Member: "ann"}, []uint64{2, 1}}, {audit.Query{Member: "bob"}, nil},
		{audit.Query{RequestID: "r-old"}, []uint64{1}}, {audit.Query{RequestID: "r-late"}, []uint64{2}}, {audit.Query{}, []uint64{2, 1}},
	} {
		c.query.Scope = listing.AllWorkspaces()
		page, err := s.AuditLogs(t.Context(), c.query)
		if err != nil {
			t.Fatal(err)
		}
		var got []uint64
		for _, r := range page.Rows {
			got = append(got, r.Seq)
		}
		if d := telemetrytest.Same(c.want, got); d != "" {
			t.Errorf("%+v: %s", c.query, d)
		}
	}
	if vs, err := audit.Verify(t.Context(), s, audit.VerifyOptions{}); err != nil || len(vs) != 1 || vs[0].Bad != 0 || vs[0].Rows != 2 {
		t.Errorf("%+v, %v", vs, err)
	}
}
