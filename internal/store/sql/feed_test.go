package sqlstore

import (
	"testing"

	"github.com/sluicegate/sluice/gateway/replica"
	"github.com/sluicegate/sluice/gateway/replica/replicatest"
	"github.com/sluicegate/sluice/gateway/route"
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
	t.Run("sqlite", func(t *testing.T) {
		replicatest.Feed(t, func(t *testing.T) (replicatest.Process, replicatest.Process) {
			s := open(t)
			other := newStore(s.db.now()) // as if another process had the file
			return process(s), process(other)
		}, keptChanges)
	})
	t.Run("postgres", func(t *testing.T) {
		replicatest.Feed(t, func(t *testing.T) (replicatest.Process, replicatest.Process) {
			s := openReplicas(t, 2)
			return process(s[0]), process(s[1])
		}, keptChanges)
	})
}
