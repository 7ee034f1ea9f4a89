package replicas

import (
	"testing"
	"time"

	"github.com/sluicegate/sluice/internal/store/sql/db"
	"github.com/sluicegate/sluice/internal/store/sql/db/dbtest"
)

// TestLease: one node at a time has what a name stands for, goes on having it, and another one gets it
// when the lease is over.
func TestLease(t *testing.T) {
	dbtest.Twice(t, func(t *testing.T, a, b *db.DB) {
		one, other := New(a), New(b)
		want := func(s *Store, node, name string, lease time.Duration, want bool) {
			t.Helper()
			if got, err := s.Lease(t.Context(), name, node, lease); err != nil || got != want {
				t.Errorf("%s asks for %s: %v %v", node, name, got, err)
			}
		}
		want(one, "a", "x", time.Hour, true)
		want(other, "b", "x", time.Hour, false)
		want(other, "b", "y", time.Hour, true)
		want(one, "a", "x", time.Nanosecond, true)
		time.Sleep(time.Millisecond)
		want(other, "b", "x", time.Hour, true)
		want(one, "a", "x", time.Hour, false)
	})
}
