// Package alerttest holds the conformance suite of alert.Store.
package alerttest

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing/alert"
)

var at = time.Unix(1_800_000_000, 123).UTC()

// Store runs the suite. open returns an empty store each time.
func Store(t *testing.T, open func(t *testing.T) alert.Store) {
	for name, test := range map[string]func(*testing.T, alert.Store){"targets": targets, "announced once": announcedOnce, "due": due, "forget": forget} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func targets(t *testing.T, s alert.Store) {
	ctx := t.Context()
	check := func(want ...alert.SealedTarget) {
		t.Helper()
		got, err := s.AlertTargets(ctx)
		if d := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmp.AllowUnexported(gateway.Secret{})); d != "" || err != nil {
			t.Error(err, d)
		}
	}
	one := alert.SealedTarget{Target: alert.Target{ID: "a", Name: "ops", Workspace: "w", Format: alert.Webhook, CreatedAt: at, UpdatedAt: at}, Sealed: []byte{1, 0, 255}}
	two := one
	two.ID, two.Workspace = "b", ""
	check()
	must(t, s.PutAlertTarget(ctx, two))
	must(t, s.PutAlertTarget(ctx, one))
	check(one, two)
	twin := one
	twin.ID = "c"
	if err := s.PutAlertTarget(ctx, twin); gateway.AsError(err).Kind != gateway.Conflict {
		t.Errorf("the same name: %v", err)
	}
	first(t, s, "acc", 50, "a", "b")
	must(t, s.DeleteAlertTarget(ctx, "a"))
	if err := s.DeleteAlertTarget(ctx, "a"); gateway.AsError(err).Kind != gateway.NotFound {
		t.Errorf("deleted again: %v", err)
	}
	check(two)
	if got := take(t, s, at, "a", "b"); !slices.Equal(got, []string{"acc-b"}) {
		t.Errorf("due after a target is gone: %v", got)
	}
}

// first announces a share of an account to targets, and fails if it was announced before.
func first(t *testing.T, s alert.Store, account string, percent int64, targets ...string) {
	t.Helper()
	var deliveries []alert.Delivery
	for _, target := range targets {
		deliveries = append(deliveries, alert.Delivery{ID: account + "-" + target, Target: target, Event: []byte(`{"percent":50}`), Made: at})
	}
	ok, err := s.Announce(t.Context(), alert.Announcement{Account: account, Limit: 100, Percent: percent, At: at, Ends: at.Add(time.Hour)}, deliveries)
	if err != nil || !ok {
		t.Fatalf("announced %v, %v", ok, err)
	}
}

// take takes what is due, for a minute.
func take(t *testing.T, s alert.Store, now time.Time, targets ...string) (ids []string) {
	t.Helper()
	got, err := s.Due(t.Context(), targets, now, now.Add(time.Minute), 10)
	must(t, err)
	for _, d := range got {
		if d.Target == "" || string(d.Event) != `{"percent":50}` || !d.Made.Equal(at) {
			t.Errorf("%+v", d)
		}
		ids = append(ids, d.ID)
	}
	slices.Sort(ids)
	return ids
}

// Of many processes that learn of a crossing, one announces it.
func announcedOnce(t *testing.T, s alert.Store) {
	var firsts atomic.Int32
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			ok, err := s.Announce(context.WithoutCancel(t.Context()), alert.Announcement{Account: "acc", Limit: 100, Percent: 80, At: at},
				[]alert.Delivery{{ID: "acc-a", Target: "a", Event: []byte(`{"percent":50}`), Made: at}})
			if err != nil {
				t.Error(err)
			}
			if ok {
				firsts.Add(1)
			}
		})
	}
	all.Wait()
	if n := firsts.Load(); n != 1 {
		t.Errorf("announced %d times", n)
	}
	if got := take(t, s, at, "a"); !slices.Equal(got, []string{"acc-a"}) {
		t.Errorf("due %v", got)
	}
	for _, a := range []alert.Announcement{{Account: "acc", Limit: 100, Percent: 100}, {Account: "acc", Limit: 200, Percent: 80}, {Account: "next period", Limit: 100, Percent: 80}} {
		a.At = at
		if ok, err := s.Announce(t.Context(), a, nil); err != nil || !ok {
			t.Errorf("%+v: announced %v, %v", a, ok, err)
		}
	}
}

// A delivery is taken by one of many, until its time runs out, it is postponed or delivered.
func due(t *testing.T, s alert.Store) {
	ctx := t.Context()
	first(t, s, "acc", 50, "a", "b", "c")
	var mu sync.Mutex
	var taken []string
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			got, err := s.Due(context.WithoutCancel(ctx), []string{"a", "b"}, at, at.Add(time.Minute), 1)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			for _, d := range got {
				taken = append(taken, d.ID)
			}
		})
	}
	all.Wait()
	for len(taken) < 2 { // one that waited for another's transaction may have found nothing left of its choice
		got := take(t, s, at, "a", "b")
		if len(got) == 0 {
			break
		}
		taken = append(taken, got...)
	}
	if slices.Sort(taken); !slices.Equal(taken, []string{"acc-a", "acc-b"}) {
		t.Errorf("taken %v", taken)
	}
	if got := take(t, s, at.Add(time.Second), "a", "b"); len(got) != 0 {
		t.Errorf("taken twice: %v", got)
	}
	must(t, s.Delivered(ctx, "acc-a"))
	must(t, s.Postpone(ctx, "acc-b", at.Add(time.Hour)))
	if got := take(t, s, at.Add(2*time.Minute), "a", "b"); len(got) != 0 {
		t.Errorf("due before its time: %v", got)
	}
	got, err := s.Due(ctx, []string{"a", "b"}, at.Add(time.Hour), at.Add(2*time.Hour), 10)
	if must(t, err); len(got) != 1 || got[0].ID != "acc-b" || got[0].Attempts != 1 {
		t.Errorf("due after an hour: %+v", got)
	}
	if got, err := s.Due(ctx, nil, at.Add(time.Hour), at, 10); err != nil || len(got) != 0 {
		t.Errorf("due for nobody: %+v, %v", got, err)
	}
}

func forget(t *testing.T, s alert.Store) {
	first(t, s, "acc", 50, "a", "b")
	n, err := s.Forget(t.Context(), at)
	if must(t, err); n != 0 {
		t.Errorf("%d new deliveries forgotten", n)
	}
	n, err = s.Forget(t.Context(), at.Add(2*time.Hour))
	if must(t, err); n != 2 {
		t.Errorf("%d of 2 deliveries forgotten", n)
	}
	first(t, s, "acc", 50) // the period has ended
}
