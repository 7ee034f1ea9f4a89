package promise_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluicegate/sluice/cache/promise"
)

// TestRestore holds that a group goes on after a restart as if there had been none.
func TestRestore(t *testing.T) {
	group := promise.Group{Workspace: "w", Model: "m"}
	before := promise.NewGroups()
	r := rand.New(rand.NewPCG(3, 14))
	traffic := world{near: .7, centre: .5, spread: 2.5, slope: 1}
	run(before.Controller(group, .02), r, traffic, 5000, 0)
	after := promise.NewGroups()
	for _, record := range before.Records() {
		after.Restore(&record)
	}
	was, is := before.Of("w")[0], after.Of("w")[0]
	if diff := was.Threshold - is.Threshold; diff > .01 || diff < -.01 {
		t.Errorf("the threshold was %f and is %f", was.Threshold, is.Threshold)
	}
	was.Threshold, is.Threshold = 0, 0
	if diff := cmp.Diff(was, is); diff != "" {
		t.Error(diff)
	}
}

// TestGroupsAreBounded holds that one workspace's many groups leave those of others alone.
func TestGroupsAreBounded(t *testing.T) {
	g := promise.NewGroups()
	g.Controller(promise.Group{Workspace: "quiet"}, .01).Decide(.5)
	for i := range 1000 {
		g.Controller(promise.Group{Workspace: "loud", Model: fmt.Sprint(i)}, .01).Decide(.5)
	}
	if n := len(g.Of("loud")); n != 64 {
		t.Errorf("%d groups of one workspace", n)
	}
	if len(g.Of("quiet")) != 1 {
		t.Error("the other workspace's group is gone")
	}
}

// TestAlarm holds that a change to the worse is found, and that nothing is served meanwhile.
func TestAlarm(t *testing.T) {
	c := promise.New(promise.Settings{MaxError: .02})
	r := rand.New(rand.NewPCG(5, 14))
	run(c, r, world{near: .8, centre: 2, spread: 2, slope: 1}, 4000, 0)
	if s := c.State(); s.Alarms != 0 || s.Threshold >= 1 || s.Served == 0 {
		t.Fatalf("%+v", s)
	}
	for range 2000 {
		if c.Decide(.9) != promise.Serve {
			c.Label(.9, false, 0)
		}
		if s := c.State(); s.Alarmed {
			if s.Threshold != 1 || c.Decide(.999999) != promise.Miss {
				t.Errorf("served after an alarm: %+v", s)
			}
			return
		}
	}
	t.Errorf("no alarm: %+v", c.State())
}

// TestChanges holds that changes, repeated over an older record, lead to the same state, also after
// an alarm, and that repeating them twice changes nothing.
func TestChanges(t *testing.T) {
	group := promise.Group{Workspace: "w", Model: "m"}
	before := promise.NewGroups()
	r := rand.New(rand.NewPCG(5, 9))
	run(before.Controller(group, .02), r, world{near: .7, centre: .5, spread: 2.5, slope: 1}, 2000, 0)
	old := before.Records()
	before.Changes()
	var changes []promise.Change
	for _, slope := range []float64{1, -1, 1} { // a change to the worse, which alarms, and back
		for range 8 {
			run(before.Controller(group, .02), r, world{near: .7, centre: .5, spread: 2.5, slope: slope}, 400, 0)
			changes = append(changes, before.Changes()...)
		}
	}
	if len(before.Changes()) != 0 {
		t.Error("what was told is told again")
	}
	after := promise.NewGroups()
	for i := range old {
		after.Restore(&old[i])
	}
	for range 2 {
		for i := range changes {
			after.Apply(&changes[i])
		}
	}
	if diff := cmp.Diff(before.Records(), after.Records()); diff != "" {
		t.Error(diff)
	}
}
