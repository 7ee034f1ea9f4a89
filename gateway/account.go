package gateway

import (
	"context"
	"io"
	"sync"
	"sync/atomic"
)

// Account calls done exactly once for each exchange that next answers: with the error that
// next or a later Next returned, with nil after io.EOF, with ErrClosed if the stream was
// closed before its end, or with the panic as an error if next panicked. All counts, charges
// and recorded rows depend on it.
//
// done may read the Facts that inner stages write, because it never runs during a Next. For
// this reason Close, which unblocks a running Next, waits for that Next to return.
func Account(next Handler, done func(ex *Exchange, err error)) Handler {
	return func(ctx context.Context, ex *Exchange) (s Stream, err error) {
		a := &accounted{ex: ex, done: done}
		defer func() {
			if p := recover(); p != nil {
				s, err = nil, Recovered("gateway.Account", p)
			}
			if err != nil {
				a.end(err)
			}
		}()
		if a.stream, err = next(ctx, ex); err != nil {
			return nil, err
		}
		return a, nil
	}
}

// accounted calls done at the end of its stream.
type accounted struct {
	stream Stream
	ex     *Exchange
	done   func(*Exchange, error)
	once   sync.Once
	next   sync.Mutex // held while Next runs
	closed atomic.Bool
}

func (a *accounted) Next() (c Chunk, err error) {
	a.next.Lock()
	defer a.next.Unlock()
	defer func() {
		if p := recover(); p != nil {
			c, err = Chunk{}, Recovered("gateway.Account", p)
		}
		switch {
		case err == nil:
		case err == io.EOF:
			a.end(nil)
		case a.closed.Load(): // Close caused this error
			a.end(ErrClosed)
		default:
			a.end(err)
		}
	}()
	return a.stream.Next()
}

func (a *accounted) Close() error {
	a.closed.Store(true)
	err := a.stream.Close()
	a.next.Lock()
	defer a.next.Unlock()
	a.end(ErrClosed)
	return err
}

func (a *accounted) end(err error) { a.once.Do(func() { a.done(a.ex, err) }) }
