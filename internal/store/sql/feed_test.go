package sqlstore

import (
	"testing"

	"github.com/sluicegate/sluice/gateway/replica"
	"github.com/sluicegate/sluice/gateway/replica/replicatest"
	"github.com/sluicegate/sluice/gateway/route"
	"github.com/sluicegate/sluice/internal/store/sql/db"
	"github.com/sluicegate/sluice/internal/store/sql/db/dbtest"
)

func process(s *Store) replicatest.Process {
	n := 0
	return replicatest.Process{Feed: s, Change: func(t *testing.T, record string) replica.Change {
		t.Helper()
		n++
		if _, err := s.PutConfig(t.Context(), route.Saved{Workspace: "w", Slug: record, Config: []byte("{}"), FromFile: n%2 == 0}); err != nil {
			t.Fatal(err)
		}
		return replica.Change{Kind: replica.Config, Workspace: "w", ID: record}
	}}
}

func TestFeed(t *testing.T) {
	for name, open := range map[string]func(t testing.TB) (one, two *db.DB){"sqlite": dbtest.OpenTwice, "postgres": dbtest.OpenPostgresTwice} {
		t.Run(name, func(t *testing.T) {
			replicatest.Feed(t, func(t *testing.T) (replicatest.Process, replicatest.Process) {
				one, two := open(t)
				return process(newStore(one)), process(newStore(two))
			}, db.KeptChanges)
		})
	}
}
