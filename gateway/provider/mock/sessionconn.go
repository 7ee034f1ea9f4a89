package mock

import (
	"context"
	"net"
	"sync"

	"github.com/sluicegate/sluice/gateway/provider/socket"
)

// SessionConn is a connection to a session inside this process, with the methods of one over the
// network. It keeps the events that nobody has read, and takes no more of the caller's while there
// are many.
type SessionConn struct {
	events chan []byte
	closed chan struct{}
	once   sync.Once

	mu      sync.Mutex // held while an event is answered
	session vendor
	ended   socket.Closed // how
}

// vendor answers the events of a session. cut tells that the connection breaks off.
type vendor interface {
	Answer(event []byte) (events [][]byte, cut bool)
}

// maxUnread bounds the events that nobody has read.
const maxUnread = 1_024

func newSessionConn(session vendor, first [][]byte) *SessionConn {
	c := &SessionConn{events: make(chan []byte, maxUnread), closed: make(chan struct{}), session: session}
	for _, e := range first {
		c.events <- e
	}
	return c
}

// Read returns the next event of the vendor's. After the session was closed, it first returns those
// that were sent before.
func (c *SessionConn) Read(ctx context.Context) ([]byte, error) {
	select {
	case e := <-c.events:
		return e, nil
	default:
	}
	select {
	case e := <-c.events:
		return e, nil
	case <-c.closed:
		select {
		case e := <-c.events:
			return e, nil
		default:
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		return nil, &c.ended
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Write answers an event of the caller's.
func (c *SessionConn) Write(ctx context.Context, event []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	select {
	case <-c.closed:
		return net.ErrClosed
	default:
	}
	events, cut := c.session.Answer(event)
	for _, e := range events {
		select {
		case c.events <- e:
		case <-c.closed:
			return net.ErrClosed
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if cut {
		c.end(socket.Closed{Code: socket.CodeFailed, Reason: "broken off as asked"})
	}
	return nil
}

// Close ends the session.
func (c *SessionConn) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.end(socket.Closed{Code: socket.CodeNormal})
	return nil
}

// CloseNow ends the session at once.
func (c *SessionConn) CloseNow() error {
	c.once.Do(func() { close(c.closed) })
	return nil
}

// end closes the connection. The caller holds mu.
func (c *SessionConn) end(with socket.Closed) {
	c.once.Do(func() {
		c.ended = with
		close(c.closed)
	})
}
