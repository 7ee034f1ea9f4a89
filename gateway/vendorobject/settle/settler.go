package settle

import (
	"context"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/vendorobject"
)

// Settler settles the work of objects.
type Settler struct {
	Store vendorobject.Store
	Now   func() time.Time
}

// Answer returns what is asked of an answer that shows an object of a workspace: what it tells of the
// cost, if the object's work has ended and nobody was told before.
func (s Settler) Answer(ctx context.Context, workspace, id string, work *vendorobject.Work) func(answer []byte, used *gateway.Usage) *gateway.SettledWork {
	ctx = context.WithoutCancel(ctx)
	return func(answer []byte, _ *gateway.Usage) *gateway.SettledWork {
		if is := stateOf(work, answer); is.usageKnown {
			return s.settle(ctx, workspace, id, is.used)
		}
		return nil
	}
}

// Results reads along with the file of the results of an object.
func (s Settler) Results(ctx context.Context, workspace, id string) gateway.WorkResults {
	return &results{usageReader: &usageReader{}, settle: s.settling(ctx, workspace, id)}
}

// settling settles an object with what its results tell.
func (s Settler) settling(ctx context.Context, workspace, id string) func([]gateway.ModelUsage) *gateway.SettledWork {
	return func(used []gateway.ModelUsage) *gateway.SettledWork {
		return s.settle(context.WithoutCancel(ctx), workspace, id, used)
	}
}

// settle notes that an object is settled. It returns nil if it was before, or if nobody can note it.
func (s Settler) settle(ctx context.Context, workspace, id string, used []gateway.ModelUsage) *gateway.SettledWork {
	object, first, err := s.Store.SettleObject(ctx, workspace, id)
	if err != nil || !first {
		return nil
	}
	if r := object.Reservation; r != nil && s.Now().After(r.Until) { // it counts as spent
		return nil
	}
	return &gateway.SettledWork{Used: used, Reservation: object.Reservation}
}

// results implements gateway.WorkResults for the last of the files that a reader reads.
type results struct {
	*usageReader
	settle func([]gateway.ModelUsage) *gateway.SettledWork
}

// End implements gateway.WorkResults.
func (r *results) End() *gateway.SettledWork {
	used, ok := r.end()
	if !ok {
		return nil
	}
	return r.settle(used)
}
