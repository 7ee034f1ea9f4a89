package gateway

import (
	"context"
	"io"
	"sync"
	"time"
)

// Handler answers an exchange. The stream it returns is primed; ctx lives until that
// stream is closed.
type Handler func(ctx context.Context, ex *Exchange) (Stream, error)

// Stage is one link of the pipeline.
type Stage struct {
	Name string
	Wrap func(next Handler) Handler
}

// Chain runs the stages in the order given, then end. Each stage is timed and guarded:
// a panic in it becomes an Internal error, of Next too, and never takes the process
// or another exchange with it.
//
// Times go to Facts.Timing in stage order. A stage that hands on the stream of the
// stage inside it as it is costs nothing per chunk, and its time ends where that of the
// stage inside it does: asking the clock is most of what a chain costs.
func Chain(end Handler, stages ...Stage) Handler {
	names := make([]string, len(stages))
	h := end
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

func timed(i int, h Handler) Handler {
	return func(ctx context.Context, ex *Exchange) (s Stream, err error) {
		slot := &ex.Facts.Timing[i]
		begin, left := time.Since(ex.Start), time.Duration(0)
		slot.Entered, slot.Start = true, begin
		defer func() {
			if left == 0 {
				left = time.Since(ex.Start)
			}
			slot.Incl += left - begin
			if p := recover(); p != nil {
				s, err = nil, Recovered(slot.Name, p)
			}
			slot.Failed = err != nil
		}()
		if s, err = h(ctx, ex); err != nil {
			return nil, err
		}
		if inner, ok := s.(*timedStream); ok {
			slot.through, left = true, inner.left
			return inner, nil
		}
		left = time.Since(ex.Start)
		return &timedStream{Stream: s, slot: slot, left: left}, nil
	}
}

// End makes a handler the last stage of a chain, so that it is timed like the others.
func End(name string, h Handler) Stage {
	return Stage{Name: name, Wrap: func(Handler) Handler { return h }}
}

// Settle computes the self times; called once, after the exchange has ended.
func Settle(timing []StageTime) {
	for i := len(timing) - 1; i >= 0; i-- {
		t := &timing[i]
		if i+1 >= len(timing) || !timing[i+1].Entered {
			t.Self = t.Incl
			continue
		}
		if t.through {
			t.Incl += timing[i+1].inner
			t.inner += timing[i+1].inner
		}
		t.Self = max(t.Incl-timing[i+1].Incl, 0)
	}
}

type timedStream struct {
	Stream
	slot *StageTime
	left time.Duration // when its stage returned it, from Exchange.Start
}

// epoch is what streams are timed by: time.Since asks the monotonic clock alone, time.Now
// the wall clock too, and an exchange reads the time thirty times.
var epoch = time.Now()

func (t *timedStream) Next() (c Chunk, err error) {
	begin := time.Since(epoch)
	defer func() {
		d := time.Since(epoch) - begin
		t.slot.Incl += d
		t.slot.inner += d
		if p := recover(); p != nil {
			c, err = Chunk{}, Recovered(t.slot.Name, p)
		}
	}()
	return t.Stream.Next()
}

// Account makes f fire exactly once for each exchange that next is asked for: with the
// error that next or a later Next returned, with nil after io.EOF, with ErrClosed if the
// stream was closed before either, and with the panic as an error if next panics. Every
// count, charge and row hangs on it.
func Account(next Handler, f func(ex *Exchange, err error)) Handler {
	a := &account{next, f}
	return func(ctx context.Context, ex *Exchange) (Stream, error) { return Accounted(ctx, ex, a) }
}

type account struct {
	next Handler
	fire func(*Exchange, error)
}

func (a *account) Answer(ctx context.Context, ex *Exchange) (Stream, error) { return a.next(ctx, ex) }
func (a *account) Ended(ex *Exchange, err error)                            { a.fire(ex, err) }

// Accountant is the two functions of an Account, of one exchange.
type Accountant interface {
	Answer(ctx context.Context, ex *Exchange) (Stream, error)
	Ended(ex *Exchange, err error)
}

// Accounted is what the handler of an Account does.
func Accounted(ctx context.Context, ex *Exchange, by Accountant) (s Stream, err error) {
	done := false
	defer func() {
		if p := recover(); p != nil {
			s, err = nil, Recovered("gateway.Account", p)
		}
		if err != nil && !done {
			done = true
			by.Ended(ex, err)
		}
	}()
	if s, err = by.Answer(ctx, ex); err != nil {
		return nil, err
	}
	return &accounted{Stream: s, ex: ex, by: by}, nil
}

type accounted struct {
	Stream
	once sync.Once
	ex   *Exchange
	by   Accountant
}

func (a *accounted) Next() (c Chunk, err error) {
	defer func() {
		if p := recover(); p != nil {
			c, err = Chunk{}, Recovered("gateway.Account", p)
		}
		if err == io.EOF {
			a.end(nil)
		} else if err != nil {
			a.end(err)
		}
	}()
	return a.Stream.Next()
}

func (a *accounted) Close() error {
	err := a.Stream.Close()
	a.end(ErrClosed)
	return err
}

func (a *accounted) end(err error) { a.once.Do(func() { a.by.Ended(a.ex, err) }) }
