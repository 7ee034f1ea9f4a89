package listen

import (
	"errors"
	"net"
	"os"
	"sync"
	"time"
)

// conn is a connection whose writes end when they make no progress. It tells its listener
// when it is closed.
type conn struct {
	net.Conn
	stall  time.Duration
	once   sync.Once
	closed func()
}

// Write implements net.Conn. The deadline begins anew whenever the peer has taken a part of p.
func (c *conn) Write(p []byte) (int, error) {
	written := 0
	for {
		if err := c.Conn.SetWriteDeadline(time.Now().Add(c.stall)); err != nil {
			return written, err
		}
		n, err := c.Conn.Write(p[written:])
		written += n
		if err == nil || n == 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
			return written, err
		}
	}
}

// Close implements net.Conn.
func (c *conn) Close() error {
	err := c.Conn.Close()
	c.once.Do(c.closed)
	return err
}

// CloseWrite tells the peer that nothing follows. net/http calls it before it closes a
// connection that the peer may still be writing to, so that the answer is not lost.
func (c *conn) CloseWrite() error {
	if w, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return w.CloseWrite()
	}
	return errors.ErrUnsupported
}
