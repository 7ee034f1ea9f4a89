// Package replicatest holds the conformance suite of replica.Feed.
package replicatest

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sluicegate/sluice/gateway/replica"
)

// Process is one of several on a database.
type Process struct {
	Feed replica.Feed
	// Change changes a record of any kind, and returns what the feed must tell of it.
	Change func(t *testing.T, record string) replica.Change
}

// Feed runs the suite. open returns two processes on an empty database. kept is how many changes
// the feed keeps.
func Feed(t *testing.T, open func(t *testing.T) (one, two Process), kept int) {
	t.Run("Changes", func(t *testing.T) { one, two := open(t); changes(t, one, two) })
	t.Run("Gap", func(t *testing.T) { one, two := open(t); gap(t, one, two, kept) })
	t.Run("Listen", func(t *testing.T) { one, two := open(t); listen(t, one, two) })
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A process is told what others changed, in order, and not what it changed itself.
func changes(t *testing.T, one, two Process) {
	start, err := one.Feed.Position(t.Context())
	must(t, err)
	want := []replica.Change{two.Change(t, "a")}
	one.Change(t, "own")
	want = append(want, two.Change(t, "b"))
	page, err := one.Feed.Changes(t.Context(), start)
	must(t, err)
	if d := cmp.Diff(want, page.Changes); d != "" || page.Gap || page.Next != start+3 {
		t.Errorf("next %d, gap %v (-want +got):\n%s", page.Next-start, page.Gap, d)
	}
	again, err := one.Feed.Changes(t.Context(), page.Next)
	must(t, err)
	if len(again.Changes) > 0 || again.Gap || again.Next != page.Next {
		t.Errorf("nothing new: %+v", again)
	}
}

// A process that was away for too long is told so.
func gap(t *testing.T, one, two Process, kept int) {
	start, err := one.Feed.Position(t.Context())
	must(t, err)
	for range kept + 1 {
		two.Change(t, "a")
	}
	page, err := one.Feed.Changes(t.Context(), start)
	must(t, err)
	newest, err := one.Feed.Position(t.Context())
	must(t, err)
	if !page.Gap || page.Next != newest {
		t.Errorf("gap %v, next %d; want a gap and %d", page.Gap, page.Next, newest)
	}
}

// A feed either tells of changes or says at once that it does not.
func listen(t *testing.T, one, two Process) {
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	woken, ended := make(chan struct{}, 100), make(chan error, 1)
	go func() { ended <- one.Feed.Listen(ctx, func() { woken <- struct{}{} }) }()
	change := time.NewTicker(50 * time.Millisecond) // until the connection is made
	defer change.Stop()
	for {
		select {
		case <-woken:
			cancel()
			<-ended
			return
		case err := <-ended:
			if must(t, err); ctx.Err() != nil {
				t.Error("nothing was told in 30 s")
			}
			return
		case <-change.C:
			two.Change(t, "a")
		}
	}
}
