package httpapi

import (
	"context"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// watcher closes a stream exactly once. That is done by end, on the handler's goroutine,
// unless the caller goes away and Next does not come back on its own: then, after a
// grace, the watcher closes it from its own goroutine, which end waits for.
type watcher struct {
	stream gateway.Stream
	left   chan struct{} // closed when the handler is done with the stream
	done   chan bool     // gets one word from the watcher: has it closed the stream?
	stop   func() bool
}

func watch(ctx context.Context, stream gateway.Stream, grace time.Duration) *watcher {
	w := &watcher{stream: stream, left: make(chan struct{}), done: make(chan bool, 1)}
	w.stop = context.AfterFunc(ctx, func() {
		timer := time.NewTimer(grace)
		defer timer.Stop()
		select {
		case <-w.left:
			w.done <- false
		case <-timer.C:
			_ = stream.Close() // the answer has nobody to go to
			w.done <- true
		}
	})
	return w
}

func (w *watcher) end() {
	close(w.left)
	if !w.stop() && <-w.done {
		return
	}
	_ = w.stream.Close() // it has been read, or given up
}
