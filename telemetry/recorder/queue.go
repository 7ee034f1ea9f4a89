package recorder

import (
	"sync"
	"time"
)

// maxBatchBytes is how many bytes of bodies make a batch full.
const maxBatchBytes = 8 << 20

// queue holds entries until the recorder takes them. It is bounded by rows and by bytes of
// bodies. Any goroutine may push; one takes.
type queue struct {
	maxRows, maxBytes int
	batchRows         int           // so many entries are taken without further waiting
	wait              time.Duration // how long push waits for a place

	mu      sync.Mutex
	entries []*entry
	bytes   int
	closed  bool
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

// push adds e. In a full queue it waits for a place. If e's bodies would exceed the bound of
// bytes, e loses them.
func (q *queue) push(e *entry) pushResult {
	q.mu.Lock()
	for !q.closed && len(q.entries) >= q.maxRows {
		taken := q.taken
		q.mu.Unlock()
		t := time.NewTimer(q.wait)
		select {
		case <-taken:
			t.Stop()
		case <-t.C:
			return queueFull
		}
		q.mu.Lock()
	}
	defer q.mu.Unlock()
	if q.closed {
		return queueClosed
	}
	result := pushed
	if e.size > 0 && q.bytes+e.size > q.maxBytes {
		e.dropBodies()
		result = pushedWithoutBodies
	}
	q.bytes += e.size
	q.entries = append(q.entries, e)
	signal(q.arrived)
	if e.written != nil || len(q.entries) >= q.batchRows || q.bytes >= maxBatchBytes {
		signal(q.urgent)
	}
	return result
}

// take removes up to n entries, fewer if their bodies fill a batch.
func (q *queue) take(n int) []*entry {
	q.mu.Lock()
	defer q.mu.Unlock()
	count, bytes := 0, 0
	for count < min(n, len(q.entries)) && bytes < maxBatchBytes {
		bytes += q.entries[count].size
		count++
	}
	if count == 0 {
		return nil
	}
	batch := q.entries[:count:count]
	q.entries = append([]*entry(nil), q.entries[count:]...)
	q.bytes -= bytes
	close(q.taken)
	q.taken = make(chan struct{})
	return batch
}

// close refuses entries from now on. Those in the queue stay.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.closed {
		q.closed = true
		close(q.taken)
		q.taken = make(chan struct{})
	}
}

func (q *queue) depth() (rows, bytes int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.entries), q.bytes
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
