package documents

import (
	"fmt"
	"sync"
	"testing"

	"github.com/sluicegate/sluice/gateway/route"
	"github.com/sluicegate/sluice/internal/store/sql/db/dbtest"
	"github.com/sluicegate/sluice/prompts"
)

// Writers of one record come one after the other, also on different replicas: each gets a
// version of its own.
func TestVersionsOfParallelWriters(t *testing.T) {
	var replicas []*Store
	for _, d := range dbtest.Replicas(t, 3) {
		replicas = append(replicas, New(d))
	}
	ctx := t.Context()
	if err := replicas[0].PutTemplate(ctx, prompts.Template{ID: "p", Workspace: "w", Slug: "p"}); err != nil {
		t.Fatal(err)
	}
	const writers = 8
	var wg sync.WaitGroup
	for n := range writers {
		for _, s := range replicas {
			body := fmt.Appendf(nil, `{"x":%d}`, n)
			wg.Go(func() {
				if _, err := s.PutConfig(ctx, route.Saved{Workspace: "w", Slug: "c", Config: body}); err != nil {
					t.Error(err)
				}
				if _, err := s.AddVersion(ctx, prompts.Version{Template: "p", Body: body}); err != nil {
					t.Error(err)
				}
			})
		}
	}
	wg.Wait()
	last, err := replicas[0].Version(ctx, "p", 0)
	if err != nil || last.Number < writers {
		t.Errorf("the last version is %d, %v; want at least %d", last.Number, err, writers)
	}
	if c, err := replicas[0].Config(ctx, "w", "c"); err != nil || c.Version < writers {
		t.Errorf("the config's version is %d, %v; want at least %d", c.Version, err, writers)
	}
}
