package limit_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway/limit"
	"github.com/sluicegate/sluice/gateway/limit/limittest"
)

func TestMemory(t *testing.T) {
	limittest.Counters(t, func(*testing.T) (limit.Counters, func(time.Duration)) {
		now := time.Unix(1_800_000_000, 0)
		return limit.NewMemory(func() time.Time { return now }), func(d time.Duration) { now = now.Add(d) }
	})
}

// TestMemoryIsBounded: counters that say no more than new ones are removed, and when too many
// are in use, a call that needs another one is refused.
func TestMemoryIsBounded(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	m := limit.NewMemory(func() time.Time { return now })
	limit.SetMax(m, 3000)
	take := func(i int) error {
		_, err := m.Take(t.Context(), []limit.Claim{{Counter: fmt.Sprint(i), Amount: 1, Limit: 10, Period: time.Minute}})
		return err
	}
	for i := range 2000 {
		if err := take(i); err != nil {
			t.Fatal(err)
		}
	}
	now = now.Add(time.Minute)
	for i := 2000; i < 5000; i++ {
		if err := take(i); err != nil {
			t.Fatal("empty counters are kept:", err)
		}
	}
	if err := take(5000); err == nil {
		t.Error("there is no bound")
	}
	if err := take(4999); err != nil {
		t.Error("a known caller is refused:", err)
	}
	now = now.Add(time.Minute)
	if err := take(5001); err != nil {
		t.Error("it stays full:", err)
	}
}
