package replicas

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sluicegate/sluice/internal/store/sql/db/dbtest"
)

func TestExclusively(t *testing.T) {
	var inside, ran atomic.Int64
	var wg sync.WaitGroup
	for _, d := range dbtest.Replicas(t, 3) {
		s := New(d)
		wg.Go(func() {
			err := s.Exclusively(t.Context(), func(context.Context) error {
				if inside.Add(1) > 1 {
					t.Error("two run at once")
				}
				time.Sleep(20 * time.Millisecond)
				inside.Add(-1)
				ran.Add(1)
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if ran.Load() != 3 {
		t.Errorf("%d of 3 ran", ran.Load())
	}
}
