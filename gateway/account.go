package gateway

import (
	"context"
	"errors"
	"io"
	"sync"
	"sync/atomic"
)

// ErrClosed is reported by Account if the stream was closed before its end.
var ErrClosed = errors.New("gateway: stream closed before its end")

// Account calls done exactly once for each exchange that next answers: with the error that
// next or a later Next returned, with nil after io.EOF, with ErrClosed if the stream was
// closed before its end, or with the panic as an error if next panicked. All counts, charges
// and recorded rows depend on it.
//
// A stage that panics, or forgets its inner stream, loses it: nobody else can close it. Account
// and Contain therefore close what their next left open, so that no inner account misses its
// end. done runs after those of the inner accounts.
//
// done may read the Facts that inner stages write, because it never runs during a Next. For
// this reason Close, which unblocks a running Next, waits for that Next to return.
func Account(next Handler, done func(ex *Exchange, err error)) Handler {
	return func(ctx context.Context, ex *Exchange) (s Stream, err error) {
		a := &accounted{ex: ex, done: done, before: ex.Facts.lastAccount}
		ex.Facts.lastAccount = a
		if a.stream, err = Contain(ctx, "gateway.Account", ex, next); err != nil {
			a.end(err)
			return nil, err
		}
		return a, nil
	}
}

// Contain calls next and turns a panic into an error of op. If there is no answer, it closes
// the streams that next left open.
func Contain(ctx context.Context, op string, ex *Exchange, next Handler) (s Stream, err error) {
	last := ex.Facts.lastAccount
	defer func() {
		if p := recover(); p != nil {
			s, err = nil, Recovered(op, p)
		}
		if err != nil {
			ex.Facts.closeSince(last)
		}
	}()
	return next(ctx, ex)
}

// closeSince closes the streams of all accounts that were made after last and have not ended.
func (f *Facts) closeSince(last *accounted) {
	for a := f.lastAccount; a != nil && a != last; a = a.before {
		if a.stream != nil && !a.ended.Load() {
			_ = a.Close() // its account gets ErrClosed
		}
	}
}

// accounted calls done at the end of its stream.
type accounted struct {
	stream Stream
	ex     *Exchange
	done   func(*Exchange, error)
	before *accounted // the account that was made before it in this exchange
	once   sync.Once
	ended  atomic.Bool
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

func (a *accounted) end(err error) {
	a.once.Do(func() {
		a.ended.Store(true)
		a.ex.Facts.closeSince(a)
		a.done(a.ex, err)
	})
}
