package sqlite

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/listing"
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

// TestOldFileGivesSpaceBack: a file of a version that did not care for its size becomes one that
// shrinks, once most of it is free. What is written meanwhile and afterwards is there.
func TestOldFileGivesSpaceBack(t *testing.T) {
	path := t.TempDir() + "/t.db"
	g := telemetrytest.NewGenerator(6, time.Now().Add(-time.Hour))
	writeOldFile(t, path, "testdata/user_version_2.sql", g.Record())
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	b := &telemetry.Batch{ID: "many"}
	for range 2000 {
		r := g.Record()
		r.Request = fmt.Appendf(nil, "%x%x%x%x%x%x", r.Trace.ID, r.Trace.Root, r.ID, r.Time, r.Trace.ID, r.Trace.Root)
		b.Rows = append(b.Rows, r)
	}
	if err := s.Write(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	all := b.Rows
	size := func() int64 {
		if _, err := s.write.Exec("PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	full := size()
	if _, err := s.Prune(t.Context(), all[500].Time, time.Time{}); err != nil { // a quarter: not worth it
		t.Fatal(err)
	}
	if now := size(); now < full {
		t.Fatalf("%d bytes of %d: rebuilt although most of it is in use", now, full)
	}
	if _, err := s.Prune(t.Context(), all[1500].Time, time.Time{}); err != nil {
		t.Fatal(err)
	}
	quarter := size()
	if quarter > full/2 {
		t.Fatalf("%d bytes of %d are left", quarter, full)
	}
	write(t, s, "later", g.Record())
	if _, err := s.Prune(t.Context(), all[1990].Time, time.Time{}); err != nil { // in small steps from now on
		t.Fatal(err)
	}
	if now := size(); now >= quarter {
		t.Errorf("%d bytes of %d are left", now, quarter)
	}
	want := 1
	for _, r := range all {
		if !r.Time.Before(all[1990].Time) {
			want++
		}
	}
	page, err := s.Logs(t.Context(), telemetry.Query{Scope: listing.AllWorkspaces()})
	if err != nil || len(page.Records) != want {
		t.Errorf("%d records of %d, %v", len(page.Records), want, err)
	}
}
