package wire

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/sluicegate/sluice/gateway/lifetime"
	"github.com/sluicegate/sluice/gateway/socket"
)

// conn is one connection. It is used by one goroutine at a time; only abort is called by
// another one.
type conn struct {
	host   host
	rw     net.Conn // what is read and written: TCP, or TLS over it
	tcp    net.Conn
	secure *tls.Conn       // nil without TLS
	raw    syscall.RawConn // of tcp; nil if it has none
	since  time.Time       // when it became idle
	used   bool            // an answer has come over it before
	heard  bool            // something of the present answer has come

	buf   *[]byte // what was read and not taken is buf[r:w]; nil while idle
	r, w  int
	sent  int64    // bytes written, without TLS
	count *counter // the same beneath TLS

	stop     func() bool
	abort    func()
	aborting sync.WaitGroup
	probe    func(fd uintptr) bool // of alive; made once
	quiet    bool                  // its result

	asking  func(fd uintptr) bool // of ask; made once
	request []byte                // what it writes
	asked   int                   // how much of that was written
	all     bool                  // nothing follows it
}

const readSize = 8 << 10

// incoming keeps the memory that idle connections need not hold.
var incoming = sync.Pool{New: func() any { b := make([]byte, readSize); return &b }}

func newConn(h host, tcp net.Conn, secure *tls.Conn) (*conn, error) {
	cn := &conn{host: h, tcp: tcp, secure: secure}
	if secure != nil {
		cn.rw = secure
	} else {
		cn.rw = socket.Wrap(tcp)
	}
	if s, ok := tcp.(syscall.Conn); ok {
		raw, err := s.SyscallConn()
		if err != nil {
			tcp.Close()
			return nil, err
		}
		cn.raw = raw
	}
	cn.abort = func() {
		defer cn.aborting.Done()
		_ = cn.rw.SetDeadline(past) // fails only on a connection that is closed
	}
	cn.probe, cn.asking = cn.probed, cn.visited
	return cn, nil
}

// past is a deadline that is over.
var past = time.Unix(1, 0)

// watch lets the end of ctx unblock whoever reads or writes.
func (cn *conn) watch(ctx context.Context) {
	cn.aborting.Add(1)
	cn.stop = lifetime.AfterFunc(ctx, cn.abort)
}

// unwatch ends that; false: ctx has ended, and the connection is of no use any longer.
func (cn *conn) unwatch() bool {
	if cn.stop == nil {
		return true
	}
	stopped := cn.stop()
	cn.stop = nil
	if stopped {
		cn.aborting.Done()
		return true
	}
	cn.aborting.Wait()
	return false
}

// send writes the request: out, and then rest if there is any. whole: all of it went to
// the kernel.
func (cn *conn) send(out, rest []byte) (whole bool, err error) {
	if len(out)+len(rest) == 0 {
		return true, nil
	}
	if tcp, ok := cn.tcp.(*net.TCPConn); ok && cn.secure == nil && len(rest) > 0 {
		parts := net.Buffers{out, rest}
		n, err := parts.WriteTo(tcp)
		cn.sent += n
		return n == int64(len(out)+len(rest)), err
	}
	n, err := cn.rw.Write(out)
	cn.sent += int64(n)
	if err != nil || len(rest) == 0 {
		return n == len(out), err
	}
	n, err = cn.rw.Write(rest)
	cn.sent += int64(n)
	return n == len(rest), err
}

// written counts the bytes that were written to the socket.
func (cn *conn) written() int64 {
	if cn.count != nil {
		return cn.count.n
	}
	return cn.sent
}

// counter counts what TLS writes.
type counter struct {
	net.Conn
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.n += int64(n)
	return n, err
}

// fill reads once, behind what is there; there must be room.
func (cn *conn) fill() error {
	if cn.buf == nil {
		cn.buf = incoming.Get().(*[]byte)
	}
	if cn.r == cn.w {
		cn.r, cn.w = 0, 0
	} else if cn.r > 0 && cn.w == len(*cn.buf) {
		cn.w = copy(*cn.buf, (*cn.buf)[cn.r:cn.w])
		cn.r = 0
	}
	n, err := cn.read((*cn.buf)[cn.w:])
	cn.w += n
	return err
}

// read reads at least one byte, or fails.
func (cn *conn) read(p []byte) (int, error) {
	for range 100 {
		n, err := cn.rw.Read(p)
		if n > 0 {
			cn.heard = true
			return n, nil // an error comes again
		}
		if err != nil {
			return 0, err
		}
	}
	return 0, io.ErrNoProgress
}

func (cn *conn) buffered() []byte {
	if cn.buf == nil {
		return nil
	}
	return (*cn.buf)[cn.r:cn.w]
}

// readHead reads the head of the answer, passing over those of status 1xx.
func (cn *conn) readHead(limit int) (head, error) {
	for {
		size, err := cn.headEnd(limit)
		if err != nil {
			return head{}, err
		}
		h, err := parseHead(string(cn.buffered()[:size]))
		cn.r += size
		if err != nil || h.status >= 200 {
			return h, err
		}
		if h.status == 101 {
			return h, malformed("it changes the protocol")
		}
		limit -= size
	}
}

// headEnd reads until a head is whole, and gives its size.
func (cn *conn) headEnd(limit int) (int, error) {
	line, at := 0, 0 // where the present line begins, how far it was searched
	for {
		have := cn.buffered()
		for {
			i := bytes.IndexByte(have[at:], '\n')
			if i < 0 {
				at = len(have)
				break
			}
			end := at + i
			at = end + 1
			if end == line || end == line+1 && have[line] == '\r' {
				if at > limit {
					return 0, tooLarge(limit)
				}
				return at, nil // an empty line
			}
			line = at
		}
		if len(have) >= limit {
			return 0, tooLarge(limit)
		}
		if cn.r == 0 && cn.buf != nil && cn.w == len(*cn.buf) {
			grown := make([]byte, 2*len(*cn.buf))
			copy(grown, (*cn.buf)[:cn.w])
			cn.buf = &grown
		}
		if err := cn.fill(); err != nil {
			if err == io.EOF && cn.heard {
				err = io.ErrUnexpectedEOF
			}
			return 0, err
		}
	}
}

func tooLarge(limit int) error {
	return fmt.Errorf("wire: the head of the answer is larger than %d bytes", limit)
}

// alive reports whether the idle connection has nothing to read: no end, and no bytes that
// nobody asked for.
func (cn *conn) alive() bool {
	if cn.secure != nil {
		// What TLS holds back is not seen on the socket. A deadline in the past keeps it
		// from reading more; such an error does not stick to reading.
		var one [1]byte
		_ = cn.tcp.SetReadDeadline(past)
		n, err := cn.secure.Read(one[:])
		_ = cn.tcp.SetReadDeadline(time.Time{})
		if n > 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
			return false
		}
	}
	if cn.raw == nil {
		return true
	}
	cn.quiet = false
	return cn.raw.Read(cn.probe) == nil && cn.quiet
}

// rest gives the buffer back while nothing is read.
func (cn *conn) rest() {
	if cn.buf != nil && len(*cn.buf) == readSize {
		incoming.Put(cn.buf)
	}
	cn.buf, cn.r, cn.w = nil, 0, 0
}

// drop closes a connection in whatever state it is, without a word to the peer.
func (cn *conn) drop() {
	cn.rest()
	cn.tcp.Close()
}

// retire closes an idle connection, saying so in TLS.
func (cn *conn) retire() {
	if cn.secure != nil {
		cn.secure.Close()
		return
	}
	cn.tcp.Close()
}
