package recorder

import (
	"slices"
	"sync"
	"time"
)

// maxBatchBytes is how many bytes of bodies make a batch full.
const maxBatchBytes = 8 << 20

// queue holds entries until the recorder takes them. Exchanges are bounded by rows and by bytes
// of bodies. Events of admin actions are not, and come before exchanges: somebody waits for them.
// Any goroutine may push; one takes.
type queue struct {
	maxRows, maxBytes int
	batchRows         int           // so many entries are taken without further waiting
	wait              time.Duration // how long push waits for a place

	mu      sync.Mutex
	events  []*entry // of admin actions
	entries []*entry // exchanges
	bytes   int
	closed  bool
	stalled bool          // a push waited in vain, and nothing was taken since: the next do not wait
	taken   chan struct{} // closed and replaced when entries were taken

	arrived chan struct{} // capacity 1: an entry was pushed
	urgent  chan struct{} // capacity 1: a batch is full, or somebody waits for an entry
}

func newQueue(cfg *Config) *queue {
	return &queue{maxRows: cfg.QueueRows, maxBytes: cfg.QueueBytes, batchRows: cfg.Rows, wait: cfg.Wait,
		taken: make(chan struct{}), arrived: make(chan struct{}, 1), urgent: make(chan struct{}, 1)}
}

type pushResult uint8

const (
	pushed pushResult = iota
	pushedWithoutBodies
	queueFull
	queueClosed
)

// push adds e. An exchange waits for a place in a full queue, but only one at a time does so in
// vain: a store that takes nothing must not hold up every request. If e's bodies would exceed the
// bound of bytes, e loses them.
func (q *queue) push(e *entry) pushResult {
	q.mu.Lock()
	for !q.closed && e.event == nil && len(q.entries) >= q.maxRows {
		taken, stalled := q.taken, q.stalled
		q.mu.Unlock()
		if stalled || !waitFor(taken, q.wait) {
			q.mu.Lock()
			q.stalled = q.stalled || taken == q.taken
			q.mu.Unlock()
			return queueFull
		}
		q.mu.Lock()
	}
	defer q.mu.Unlock()
	if q.closed {
		return queueClosed
	}
	if e.event != nil {
		q.events = append(q.events, e)
		signal(q.arrived)
		signal(q.urgent)
		return pushed
	}
	result := pushed
	if e.size > 0 && q.bytes+e.size > q.maxBytes {
		e.dropBodies()
		result = pushedWithoutBodies
	}
	q.bytes += e.size
	q.entries = append(q.entries, e)
	signal(q.arrived)
	if len(q.entries) >= q.batchRows || q.bytes >= maxBatchBytes {
		signal(q.urgent)
	}
	return result
}

// waitFor reports whether c is closed within d.
func waitFor(c <-chan struct{}, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-c:
		return true
	case <-t.C:
		return false
	}
}

// take removes all events and up to n exchanges, fewer if their bodies fill a batch.
func (q *queue) take(n int) []*entry {
	q.mu.Lock()
	defer q.mu.Unlock()
	count, bytes := 0, 0
	for count < min(n, len(q.entries)) && bytes < maxBatchBytes {
		bytes += q.entries[count].size
		count++
	}
	if count+len(q.events) == 0 {
		return nil
	}
	batch := slices.Concat(q.events, q.entries[:count])
	q.events, q.entries = nil, slices.Clone(q.entries[count:])
	q.bytes -= bytes
	q.announce()
	return batch
}

// waiting returns the events that nobody has taken yet.
func (q *queue) waiting() []*entry {
	q.mu.Lock()
	defer q.mu.Unlock()
	return slices.Clone(q.events)
}

// announce wakes those who wait for a place. The caller holds mu.
func (q *queue) announce() {
	close(q.taken)
	q.taken, q.stalled = make(chan struct{}), false
}

// close refuses entries from now on. Those in the queue stay.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.closed {
		q.closed = true
		q.announce()
	}
}

func (q *queue) depth() (rows, bytes int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.events) + len(q.entries), q.bytes
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
