package replicas

import (
	"context"
	"testing"

	"github.com/uptrace/bun"

	"github.com/sluicegate/sluice/gateway/replica"
	"github.com/sluicegate/sluice/gateway/replica/replicatest"
	"github.com/sluicegate/sluice/internal/store/sql/db"
	"github.com/sluicegate/sluice/internal/store/sql/db/dbtest"
)

func process(d *db.DB) replicatest.Process {
	return replicatest.Process{Feed: New(d), Change: func(t *testing.T, record string) replica.Change {
		t.Helper()
		c := replica.Change{Kind: replica.Config, Workspace: "w", ID: record}
		if err := d.Change(t.Context(), c, func(context.Context, bun.Tx) error { return nil }); err != nil {
			t.Fatal(err)
		}
		return c
	}}
}

func TestFeed(t *testing.T) {
	for name, open := range map[string]func(t testing.TB) (one, two *db.DB){"sqlite": dbtest.OpenTwice, "postgres": dbtest.OpenPostgresTwice} {
		t.Run(name, func(t *testing.T) {
			replicatest.Feed(t, func(t *testing.T) (replicatest.Process, replicatest.Process) {
				one, two := open(t)
				return process(one), process(two)
			}, db.KeptChanges)
		})
	}
}
