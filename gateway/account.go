package gateway

import (
	"context"
	"io"
	"sync"
)

// Account calls done exactly once for each exchange that next is asked to answer: with the
// error that next or a later Next returned, with nil after io.EOF, with ErrClosed if the
// stream was closed before either, and with the panic as an error if next panics. Every
// count, charge and row depends on it.
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

// accounted reports the end of its stream.
type accounted struct {
	stream Stream
	ex     *Exchange
	done   func(*Exchange, error)
	once   sync.Once
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
	return a.stream.Next()
}

func (a *accounted) Close() error {
	err := a.stream.Close()
	a.end(ErrClosed)
	return err
}

func (a *accounted) end(err error) { a.once.Do(func() { a.done(a.ex, err) }) }
