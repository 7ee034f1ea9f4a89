package gateway

import "context"

// Handler answers an exchange. The returned stream is primed. ctx lives until that stream is
// closed.
type Handler func(ctx context.Context, ex *Exchange) (Stream, error)

// Stage is one link of the pipeline.
type Stage struct {
	Name string
	Wrap func(next Handler) Handler
}

// Chain runs the stages in the given order, the first one outermost, then end, which is
// timed under name. A panic in a stage, or in Next or Close of its stream, becomes an
// Internal error and does not end the process or another exchange.
//
// The times are in Facts.Timing: one per stage in order, then end's.
func Chain(name string, end Handler, stages ...Stage) Handler {
	names := make([]string, len(stages)+1)
	names[len(stages)] = name
	h := timed(len(stages), end)
	for i := len(stages) - 1; i >= 0; i-- {
		names[i] = stages[i].Name
		h = timed(i, stages[i].Wrap(h))
	}
	return func(ctx context.Context, ex *Exchange) (Stream, error) {
		if ex.Facts.Timing == nil {
			ex.Facts.Timing = make([]StageTime, len(names))
			for i, n := range names {
				ex.Facts.Timing[i].Name = n
			}
		}
		return h(ctx, ex)
	}
}
