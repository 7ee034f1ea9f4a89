//go:build !386

package socket

import (
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"unsafe"
)

// Wrap makes c, if it is a TCP connection, one that reads and writes directly.
func Wrap(c net.Conn) net.Conn {
	tcp, ok := c.(*net.TCPConn)
	if !ok {
		return c
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return c
	}
	w := &conn{TCPConn: tcp, raw: raw}
	w.reading.step, w.writing.step = w.reading.receive, w.writing.send
	return w
}

type conn struct {
	*net.TCPConn
	raw              syscall.RawConn
	reading, writing transfer
}

// transfer is one direction. Its fields are those of the call under way; step is made once,
// so that a call allocates nothing.
type transfer struct {
	mu   sync.Mutex
	data []byte
	done int
	err  syscall.Errno
	step func(fd uintptr) bool
}

func (t *transfer) begin(p []byte) {
	t.mu.Lock()
	t.data, t.done, t.err = p, 0, 0
}

func (t *transfer) end() (int, syscall.Errno) {
	n, err := t.done, t.err
	t.data = nil
	t.mu.Unlock()
	return n, err
}

// Read implements net.Conn.
func (c *conn) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	c.reading.begin(p)
	err := c.raw.Read(c.reading.step)
	n, errno := c.reading.end()
	switch {
	case err != nil || errno != 0:
		return n, c.failure("read", err, errno)
	case n == 0:
		return 0, io.EOF
	}
	return n, nil
}

// Write implements net.Conn.
func (c *conn) Write(p []byte) (int, error) {
	c.writing.begin(p)
	err := c.raw.Write(c.writing.step)
	n, errno := c.writing.end()
	if err != nil || errno != 0 {
		return n, c.failure("write", err, errno)
	}
	return n, nil
}

// receive reads once. False: there is nothing yet, ask again when there is.
func (t *transfer) receive(fd uintptr) bool {
	n, err := TryRead(fd, t.data)
	if err == syscall.EAGAIN {
		return false
	}
	t.done, t.err = n, err
	return true
}

// send writes until all is written. False: there is no room, ask again when there is.
func (t *transfer) send(fd uintptr) bool {
	for t.done < len(t.data) {
		n, err := TryWrite(fd, t.data[t.done:])
		if err == syscall.EAGAIN {
			return false
		}
		if err != 0 {
			t.err = err
			return true
		}
		t.done += n
	}
	return true
}

// TryRead reads from a socket of this runtime, within a call of its RawConn. EAGAIN says that
// there is nothing yet.
func TryRead(fd uintptr, p []byte) (int, syscall.Errno) { return call(syscall.SYS_RECVFROM, fd, p) }

// TryWrite writes to one. EAGAIN says that there is no room.
func TryWrite(fd uintptr, p []byte) (int, syscall.Errno) { return call(syscall.SYS_SENDTO, fd, p) }

// call is a system call that the scheduler does not hear of, repeated when a signal came. It
// is one of sockets: those of files look for a position to go on at, and for watchers.
func call(trap, fd uintptr, p []byte) (int, syscall.Errno) {
	for {
		n, _, err := syscall.RawSyscall6(trap, fd, uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)), syscall.MSG_NOSIGNAL, 0, 0)
		switch err {
		case syscall.EINTR:
		case 0:
			return int(n), 0
		default:
			return 0, err
		}
	}
}

// failure is the error as the connection itself would give it.
func (c *conn) failure(op string, err error, errno syscall.Errno) error {
	var waiting *net.OpError
	switch {
	case errno != 0:
		err = os.NewSyscallError(op, errno)
	case errors.As(err, &waiting): // it was closed meanwhile, or it is too late
		err = waiting.Err
	}
	return &net.OpError{Op: op, Net: "tcp", Source: c.LocalAddr(), Addr: c.RemoteAddr(), Err: err}
}
