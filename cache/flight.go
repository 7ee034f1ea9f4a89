package cache

import (
	"bytes"
	"context"
	"io"
	"sync"

	"github.com/sluicegate/sluice/cache/key"
	"github.com/sluicegate/sluice/gateway"
)

// flight is one call upstream that identical calls share. The first caller leads: its goroutine
// pulls the answer, also after it has left, as long as others follow. Followers that came before
// the first chunk read along; later ones, and those whose body differs in what is no part of the
// key, wait for the stored answer.
type flight struct {
	raw    []byte // the leader's request
	shared bool   // followers may read along
	cancel context.CancelCauseFunc

	mu        sync.Mutex
	changed   chan struct{} // closed and replaced after each change
	followers int
	gone      bool // the leader has left
	begun     bool // the first chunk has passed
	kept      bool // chunks are kept, because a follower reads along
	chunks    []gateway.Chunk
	size      int    // of chunks, in bytes
	done      bool   // the answer has ended, or failed
	answer    *entry // once the answer is complete; its body may be missing
	err       error  // of an answer that broke off
}

// flights are the calls that are under way. Each is for one key.
type flights struct {
	mu    sync.Mutex
	byKey map[key.Digest]*flight
}

// lead returns the flight of a key and whether the caller leads it. ctx of a leader is replaced
// by one that outlives its caller while others follow.
func (fs *flights) lead(ctx context.Context, id key.Digest, ex *gateway.Exchange) (*flight, context.Context, bool) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	if f := fs.byKey[id]; f != nil {
		return f, ctx, false
	}
	f := &flight{raw: ex.Request.Raw, shared: !ex.Plan.Redact.On(), changed: make(chan struct{})}
	own, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	f.cancel = cancel
	if fs.byKey == nil {
		fs.byKey = map[key.Digest]*flight{}
	}
	fs.byKey[id] = f
	return f, own, true
}

// end ends a flight. No later caller joins it.
func (fs *flights) end(id key.Digest, f *flight, answer *entry, err error) {
	fs.mu.Lock()
	if fs.byKey[id] == f {
		delete(fs.byKey, id)
	}
	fs.mu.Unlock()
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.done {
		return
	}
	f.done, f.answer, f.err = true, answer, err
	f.wake()
}

// wake tells the followers that something has changed. mu is held.
func (f *flight) wake() {
	close(f.changed)
	f.changed = make(chan struct{})
}

// leaderLeft stops the call, unless others follow.
func (f *flight) leaderLeft(cause error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.gone = true; f.followers == 0 {
		f.cancel(cause)
	}
}

// leaderCloses notes that the leader reads no more, and reports whether somebody waits for the
// answer.
func (f *flight) leaderCloses() (followed bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.gone = true
	return f.followers > 0
}

// followed reports whether somebody waits for the answer.
func (f *flight) followed() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.followers > 0
}

// publish keeps a chunk for those who read along.
func (f *flight) publish(c *gateway.Chunk, limit int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.begun = true
	if !f.kept {
		return
	}
	if f.size += len(c.Raw); f.size > limit {
		f.kept, f.chunks, f.done, f.err = false, nil, true, errTooLargeToShare
	} else {
		f.chunks = append(f.chunks, c.Clone())
	}
	f.wake()
}

var errTooLargeToShare = &gateway.Error{Op: "cache.flight", Kind: gateway.BadUpstream, Public: "The answer is too large to be shared with the call that asked for it first."}

// join adds a follower and reports whether it reads along.
func (f *flight) join(raw []byte) (along bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.followers++
	along = f.shared && !f.begun && !f.done && bytes.Equal(f.raw, raw)
	f.kept = f.kept || along
	return along
}

// leave removes a follower. The last one stops the call if the leader has left.
func (f *flight) leave() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.followers--; f.followers == 0 && f.gone {
		f.cancel(context.Canceled)
	}
}

// chunk returns chunk i, waiting for it. At the end it returns the state of a flight that is
// done.
func (f *flight) chunk(ctx context.Context, i int) (c gateway.Chunk, ok bool, err error) {
	for {
		f.mu.Lock()
		changed := f.changed
		switch {
		case i < len(f.chunks):
			c = f.chunks[i].Clone()
			f.mu.Unlock()
			return c, true, nil
		case f.done:
			err = f.err
			f.mu.Unlock()
			return c, false, err
		}
		f.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return c, false, callerLeft(ctx)
		}
	}
}

// ended waits until the flight is done.
func (f *flight) ended(ctx context.Context) error {
	for {
		f.mu.Lock()
		changed, done := f.changed, f.done
		f.mu.Unlock()
		if done {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return callerLeft(ctx)
		}
	}
}

// follow answers from a flight. It returns nil without an error if the caller must call by
// itself, because the flight has failed or its answer was not stored.
func (s *Service) follow(ctx context.Context, ex *gateway.Exchange, l *lookup, f *flight) (gateway.Stream, error) {
	fact := &ex.Facts.Cache
	if f.join(ex.Request.Raw) {
		own, cancel := context.WithCancel(ctx)
		w := &follower{ctx: own, cancel: cancel, exchange: ex, flight: f}
		first, ok, err := f.chunk(own, 0)
		if ok {
			w.first = &first
			s.noteShared(fact)
			return w, nil
		}
		w.close()
		if ctx.Err() == nil {
			err = nil // the leader's failure
		}
		return nil, err
	}
	err := f.ended(ctx)
	f.leave()
	if err != nil {
		return nil, err
	}
	e := s.findStored(ctx, l, l.Exact, fact)
	if e == nil {
		return nil, nil
	}
	s.noteShared(fact)
	return replay(ctx, ex, e), nil
}

func (s *Service) noteShared(fact *gateway.CacheFact) {
	s.shared.Add(1)
	fact.Status, fact.Tier, fact.Reason = gateway.CacheHit, "exact", "shared with a call that was under way"
}

// callerLeft is the error of a follower whose own time is over.
func callerLeft(ctx context.Context) error {
	return &gateway.Error{Op: "cache.flight", Kind: gateway.Cancelled, Public: "The caller closed the connection.", Err: context.Cause(ctx)}
}

// follower is the stream of a caller that reads along.
type follower struct {
	ctx      context.Context // ends with Close
	cancel   context.CancelFunc
	exchange *gateway.Exchange
	flight   *flight
	first    *gateway.Chunk
	read     int
	closed   sync.Once
}

// Next implements gateway.Stream.
func (w *follower) Next() (gateway.Chunk, error) {
	if c := w.first; c != nil {
		w.first, w.read = nil, 1
		return *c, nil
	}
	c, ok, err := w.flight.chunk(w.ctx, w.read)
	if ok {
		w.read++
		return c, nil
	}
	if err != nil {
		return gateway.Chunk{}, err
	}
	w.flight.mu.Lock()
	answer := w.flight.answer
	w.flight.mu.Unlock()
	if answer == nil {
		return gateway.Chunk{}, errEndedEarly
	}
	recordReplay(w.exchange, answer)
	return gateway.Chunk{}, io.EOF
}

// Close implements gateway.Stream.
func (w *follower) Close() error {
	w.close()
	return nil
}

func (w *follower) close() {
	w.closed.Do(func() {
		w.cancel()
		w.flight.leave()
	})
}

// errEndedEarly is for those who share a call that ends before its answer does.
var errEndedEarly = &gateway.Error{Op: "cache.flight", Kind: gateway.Unavailable, Public: "The call that this one shared has ended early."}
