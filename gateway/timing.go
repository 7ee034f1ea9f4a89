package gateway

import (
	"context"
	"sync"
	"time"
)

// StageTime is the time that one stage took. Incl is the time from entry to return, plus the
// time of every Next. Self is Incl without the inner stages.
type StageTime struct {
	Name       string
	Start      time.Duration // from Exchange.Start to entry
	Incl, Self time.Duration
	Entered    bool
	Failed     bool // it returned an error instead of a stream
}

// timed measures h and its stream in slot i of Facts.Timing, and turns its panics into errors.
func timed(i int, h Handler) Handler {
	return func(ctx context.Context, ex *Exchange) (s Stream, err error) {
		slot := &ex.Facts.Timing[i]
		begin := time.Now()
		slot.Entered, slot.Start = true, begin.Sub(ex.Start)
		defer func() {
			slot.Incl += time.Since(begin)
			if p := recover(); p != nil {
				s, err = nil, Recovered(slot.Name, p)
			}
			slot.Failed = err != nil
		}()
		if s, err = h(ctx, ex); err != nil {
			return nil, err
		}
		if t, passed := s.(*timedStream); passed { // the stage returned the inner stage's stream as it is
			t.share(slot)
			return t, nil
		}
		return &timedStream{stream: s, name: slot.Name, slots: append(make([]*StageTime, 0, 4), slot)}, nil
	}
}

// timedStream adds the time spent in Next to slots: those of the stage that made the stream,
// and of the stages around it that pass it on unchanged. If Close is called during a Next,
// the time until Close counts. After Close, slots are no longer written, so the closer may
// read them.
type timedStream struct {
	stream Stream
	name   string // of the stage that made the stream

	mu      sync.Mutex
	slots   []*StageTime
	running bool
	begin   time.Time // when the running Next began
	closed  bool
}

func (t *timedStream) Next() (c Chunk, err error) {
	t.start()
	defer func() {
		t.stop(false)
		if p := recover(); p != nil {
			c, err = Chunk{}, Recovered(t.name, p)
		}
	}()
	return t.stream.Next()
}

func (t *timedStream) Close() (err error) {
	t.stop(true)
	defer func() {
		if p := recover(); p != nil {
			err = Recovered(t.name, p)
		}
	}()
	return t.stream.Close()
}

// share adds the slot of a stage that passes the stream on.
func (t *timedStream) share(slot *StageTime) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.slots = append(t.slots, slot)
}

func (t *timedStream) start() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.running, t.begin = !t.closed, time.Now()
}

func (t *timedStream) stop(closed bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.running {
		took := time.Since(t.begin)
		for _, slot := range t.slots {
			slot.Incl += took
		}
	}
	t.running, t.closed = false, t.closed || closed
}

// Settle computes the self times. Call it once, after the exchange has ended.
func Settle(timing []StageTime) {
	for i := range timing {
		t := &timing[i]
		t.Self = t.Incl
		if i+1 < len(timing) && timing[i+1].Entered {
			t.Self = max(t.Incl-timing[i+1].Incl, 0)
		}
	}
}
