package telemetry

import (
	"sync"
	"time"
)

// queue holds what has ended and is not recorded yet. It is bounded by rows and bytes.
type queue struct {
	rows, bytes int           // bounds
	wait        time.Duration // for room

	mu     sync.Mutex
	list   []*entry
	size   int
	closed bool

	wake   chan struct{} // something arrived
	urgent chan struct{} // somebody waits for it
	room   chan struct{} // closed and renewed whenever the list was taken
}

func newQueue(rows, bytes int, wait time.Duration) *queue {
	return &queue{rows: rows, bytes: bytes, wait: wait,
		wake: make(chan struct{}, 1), urgent: make(chan struct{}, 1), room: make(chan struct{})}
}

type pushed uint8

const (
	pushOK pushed = iota
	pushShed
	pushFull
	pushClosed
)

// push adds e. A full queue makes the caller wait for room; bytes beyond the bound cost e
// its bodies.
func (q *queue) push(e *entry) pushed {
	q.mu.Lock()
	for !q.closed && len(q.list) >= q.rows {
		room := q.room
		q.mu.Unlock()
		t := time.NewTimer(q.wait)
		select {
		case <-room:
			t.Stop()
		case <-t.C:
			return pushFull
		}
		q.mu.Lock()
	}
	defer q.mu.Unlock()
	if q.closed {
		return pushClosed
	}
	result := pushOK
	if e.size > 0 && q.size+e.size > q.bytes {
		e.drop()
		result = pushShed
	}
	q.size += e.size
	q.list = append(q.list, e)
	signal(q.wake)
	if e.done != nil {
		signal(q.urgent)
	}
	return result
}

// take moves up to n entries into buf.
func (q *queue) take(buf []*entry, n int) []*entry {
	q.mu.Lock()
	defer q.mu.Unlock()
	n = min(n, len(q.list))
	buf = append(buf, q.list[:n]...)
	for _, e := range buf {
		q.size -= e.size
	}
	rest := copy(q.list, q.list[n:])
	clear(q.list[rest:])
	q.list = q.list[:rest]
	if n > 0 {
		close(q.room)
		q.room = make(chan struct{})
	}
	return buf
}

func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.closed {
		q.closed = true
		close(q.room)
		q.room = make(chan struct{})
	}
	signal(q.wake)
	signal(q.urgent)
}

func (q *queue) depth() (rows, bytes int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.list), q.size
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
