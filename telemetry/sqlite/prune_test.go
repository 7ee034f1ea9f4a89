package sqlite

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/telemetrytest"
)

// TestRetentionGivesSpaceBack: what retention deletes makes the file smaller.
func TestRetentionGivesSpaceBack(t *testing.T) {
	s, err := Open(t.Context(), t.TempDir()+"/t.db")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	g := telemetrytest.NewGenerator(5, time.Now().Add(-time.Hour))
	b := &telemetry.Batch{ID: "b"}
	for i := range 2000 {
		r := g.Record()
		r.Request = fmt.Appendf(nil, `{"n":%d,"text":%q}`, i, r.Trace.ID)
		b.Rows = append(b.Rows, r)
	}
	if err := s.Write(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	pages := func() (n int) {
		if err := s.write.QueryRowContext(context.Background(), "PRAGMA page_count").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := pages()
	if _, err := s.Prune(t.Context(), time.Now().Add(time.Hour), time.Time{}); err != nil {
		t.Fatal(err)
	}
	if after := pages(); after > before/2 {
		t.Errorf("%d pages of %d are left", after, before)
	}
}

// TestAuditIsLookedUp: a search by request or member does not read the whole trail.
func TestAuditIsLookedUp(t *testing.T) {
	s, err := Open(t.Context(), t.TempDir()+"/t.db")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for condition, want := range map[string]string{byRequest: "audit_by_request", byMember: "audit_by_member_name"} {
		args := []any{"n", "x", "x"}[:1+strings.Count(condition, "?")]
		rows, err := s.read.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+auditSelect+"+chain_id = ? AND "+condition+" ORDER BY seq DESC", args...)
		if err != nil {
			t.Fatal(err)
		}
		var plan string
		for rows.Next() {
			var id, parent, unused int
			var detail string
			if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
				t.Fatal(err)
			}
			plan += detail + "\n"
		}
		rows.Close()
		if !strings.Contains(plan, want) || strings.Contains(plan, "SCAN") {
			t.Errorf("%s:\n%s", condition, plan)
		}
	}
}
