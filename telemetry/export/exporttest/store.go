// Package exporttest is the conformance suite that every export.Store must pass, with a store in
// memory.
package exporttest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry/export"
)

var at = time.Date(2026, 11, 30, 1, 2, 3, 456_000, time.UTC)

func job(id, workspace string, after time.Duration) export.Job {
	return export.Job{ID: id, Workspace: workspace, Member: "m", APIKey: "k", Description: "ü 'x'", Format: export.CSV, Fields: []string{"id", "time"}, Bodies: true,
		Filter:      export.Filter{Since: at, Model: []string{"o'hara"}, Status: []int{5}, Metadata: map[string]string{"_user": "ü"}, Limit: 7},
		Destination: export.ToFile, Status: export.Queued, Own: "m", Total: -1, CreatedAt: at.Add(after), UpdatedAt: at.Add(after)}
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
		t.Fatalf("%s: %s", what, d)
	}
}

func kind(t *testing.T, what string, err error, want gateway.Kind) {
	t.Helper()
	if err == nil || gateway.AsError(err).Kind != want {
		t.Fatalf("%s: %v", what, err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Store runs the suite. s is empty.
func Store(t *testing.T, s export.Store) {
	ctx := t.Context()
	first, second, elsewhere := job("e1", "w", 0), job("e2", "w", time.Second), job("e3", "x", 2*time.Second)
	first.Status = export.Draft
	for _, j := range []export.Job{first, second, elsewhere} {
		must(t, s.AddExport(ctx, j))
	}
	list, err := s.Exports(ctx, "w")
	must(t, err)
	same(t, "the jobs of a workspace", list, []export.Job{second, first})
	_, err = s.Export(ctx, "e9")
	kind(t, "a job that is not there", err, gateway.NotFound)
	kind(t, "a draft that is expected to run", s.ReplaceExport(ctx, first, export.Queued, export.InProgress), gateway.Conflict)
	first.Status, first.Fields = export.Queued, nil
	must(t, s.ReplaceExport(ctx, first, export.Draft))
	kind(t, "a job that waits is deleted", s.DeleteExport(ctx, "e1"), gateway.Conflict)
	leases(t, s, first, second)
	must(t, s.DeleteExport(ctx, "e1"))
	kind(t, "deleted twice", s.DeleteExport(ctx, "e1"), gateway.NotFound)
	kind(t, "replaced after it was deleted", s.ReplaceExport(ctx, first, export.Queued), gateway.NotFound)
}

// leases: first and second are of one workspace, and wait; so does a third elsewhere.
func leases(t *testing.T, s export.Store, first, second export.Job) {
	t.Helper()
	ctx := t.Context()
	claim := func(node string, perWorkspace int, lease time.Duration, want string) export.Job {
		t.Helper()
		j, ok, err := s.ClaimExport(ctx, node, perWorkspace, lease)
		if err != nil || ok != (want != "") || j.ID != want {
			t.Fatalf("%s claims %q, %v, %v, not %q", node, j.ID, ok, err, want)
		}
		return j
	}
	got := claim("a", 1, time.Hour, "e1")
	if got.StartedAt.IsZero() {
		t.Fatal("a job that began has no time")
	}
	first.Status, first.Node, first.Tries, first.StartedAt = export.InProgress, "a", 1, got.StartedAt
	same(t, "a claimed job", got, first)
	claim("b", 1, time.Hour, "e3")
	claim("b", 1, time.Hour, "")
	claim("b", 2, 0, "e2") // a lease that has run out at once
	if again := claim("c", 1, time.Hour, ""); again.ID != "" {
		t.Fatal("a workspace runs more than it may")
	}
	if again := claim("c", 2, time.Hour, "e2"); again.Tries != 2 || again.Node != "c" {
		t.Fatalf("a job whose lease has run out: %+v", again)
	}
	has := func(what string, has bool, err error, want bool) {
		t.Helper()
		if err != nil || has != want {
			t.Fatalf("%s: %v, %v", what, has, err)
		}
	}
	ok, err := s.ExtendExport(ctx, "e2", "b", 5, 50, time.Hour)
	has("the runner before extends", ok, err, false)
	ok, err = s.ExtendExport(ctx, "e2", "c", 5, 50, time.Hour)
	has("the runner extends", ok, err, true)
	if j, err := s.Export(ctx, "e2"); err != nil || j.Rows != 5 || j.Bytes != 50 {
		t.Fatalf("progress: %+v, %v", j, err)
	}
	first.Status, first.Reason, first.Rows, first.Bytes, first.Cut = export.Failed, "no", 9, 99, "rows"
	first.EndedAt, first.ExpiresAt = at.Add(time.Hour), at.Add(2*time.Hour)
	ok, err = s.EndExport(ctx, first)
	has("the runner ends its job", ok, err, true)
	ended, err := s.Export(ctx, "e1")
	must(t, err)
	same(t, "a job that ended", ended, first)
	ok, err = s.EndExport(ctx, first)
	has("it ends once", ok, err, false)
	must(t, s.ReleaseExports(ctx, "c"))
	if again := claim("d", 1, time.Hour, "e2"); again.Tries != 3 {
		t.Fatalf("a job whose server came back: %+v", again)
	}
	second.Status = export.Stopped
	must(t, s.ReplaceExport(ctx, second, export.InProgress))
	ok, err = s.ExtendExport(ctx, "e2", "d", 6, 60, time.Hour)
	has("the runner of a job that was cancelled", ok, err, false)
}
