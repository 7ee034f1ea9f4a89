package outbox_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/sluicegate/sluice/cache/outbox"
)

// TestOutbox: what waits is sent once, in order, also what came while others were sent; after a failure
// it is sent again, and what does not fit is counted.
func TestOutbox(t *testing.T) {
	o := outbox.New[int](3)
	if any, err := o.Send(func([]int) error { t.Error("sent nothing"); return nil }); any || err != nil {
		t.Error(any, err)
	}
	for n := range 5 {
		o.Add(n)
	}
	away := errors.New("away")
	if any, err := o.Send(func([]int) error { return away }); !any || !errors.Is(err, away) {
		t.Error(any, err)
	}
	var got []int
	take := func(list []int) error { got = append(got, list...); return nil }
	for range 2 {
		if _, err := o.Send(take); err != nil {
			t.Error(err)
		}
	}
	o.Add(7)
	if _, err := o.Send(func(list []int) error { o.Add(8); return take(list) }); err != nil {
		t.Error(err)
	}
	if _, err := o.Send(take); err != nil || !slices.Equal(got, []int{0, 1, 2, 7, 8}) || o.Dropped() != 2 {
		t.Errorf("%v, %d dropped, %v", got, o.Dropped(), err)
	}
}
