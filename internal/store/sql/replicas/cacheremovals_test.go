package replicas

import (
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway/replica"
	"github.com/sluicegate/sluice/internal/store/sql/db"
	"github.com/sluicegate/sluice/internal/store/sql/db/dbtest"
)

// TestCacheRemovals holds that other processes are told what was removed from the cache, and that
// it is kept for a day.
func TestCacheRemovals(t *testing.T) {
	dbtest.Twice(t, func(t *testing.T, a, b *db.DB) {
		one, other := New(a), New(b)
		before, err := other.Position(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		now := time.Now()
		for id, at := range map[string]time.Time{"old": now.Add(-25 * time.Hour), "new": now} {
			if err := one.AddCacheRemoval(t.Context(), id, []byte(`{"id":"`+id+`"}`), at); err != nil {
				t.Fatal(err)
			}
		}
		page, err := other.Changes(t.Context(), before)
		if err != nil || len(page.Changes) != 2 || page.Changes[0].Kind != replica.CacheRemoval {
			t.Fatalf("%+v %v", page, err)
		}
		if got, err := other.CacheRemovals(t.Context(), "new"); err != nil || len(got) != 1 || string(got[0]) != `{"id":"new"}` {
			t.Errorf("%s %v", got, err)
		}
		if err := one.AddCacheRemoval(t.Context(), "newer", []byte(`{}`), now.Add(time.Second)); err != nil {
			t.Fatal(err)
		}
		all, err := other.CacheRemovals(t.Context())
		if err != nil || len(all) != 2 || !strings.Contains(string(all[0]), "new") {
			t.Errorf("%s %v", all, err)
		}
	})
}
