package socket_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/net/nettest"

	"github.com/sluicegate/sluice/gateway/socket"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// pair is two ends of a connection, both wrapped.
func pair(t testing.TB) (a, b net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	accepted := make(chan net.Conn, 1)
	go func() {
		c, err := socket.Listener{Listener: l}.Accept()
		if err != nil {
			t.Error(err)
		}
		accepted <- c
	}()
	dialed, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return socket.Wrap(dialed), <-accepted
}

// TestConn is the suite that every net.Conn must pass: deadlines before and during a call,
// closing under a call, readers and writers at the same time.
func TestConn(t *testing.T) {
	nettest.TestConn(t, func() (c1, c2 net.Conn, stop func(), err error) {
		a, b := pair(t)
		return a, b, func() { a.Close(); b.Close() }, nil
	})
}

// What goes well allocates nothing.
func TestAllocatesNothing(t *testing.T) {
	a, b := pair(t)
	defer a.Close()
	defer b.Close()
	buf := make([]byte, 16)
	if n := testing.AllocsPerRun(200, func() {
		if _, err := a.Write(buf[:1]); err != nil {
			t.Error(err)
		}
		if _, err := b.Read(buf); err != nil {
			t.Error(err)
		}
	}); n > 0 && runtime.GOOS == "linux" {
		t.Errorf("%v allocations", n)
	}
}

func TestWrapped(t *testing.T) {
	a, b := pair(t)
	defer a.Close()
	defer b.Close()
	if _, plain := a.(*net.TCPConn); plain && runtime.GOOS == "linux" {
		t.Error("a TCP connection was not wrapped")
	}
	one, two := net.Pipe()
	defer one.Close()
	defer two.Close()
	if socket.Wrap(one) != one {
		t.Error("what is no TCP connection was wrapped")
	}
}

// A text larger than any socket holds comes out whole and in order, whatever pieces it is
// read in.
func TestLarge(t *testing.T) {
	a, b := pair(t)
	defer b.Close()
	sent := bytes.Repeat([]byte("0123456789abcdef"), 1<<20)
	failed := make(chan error, 1)
	go func() {
		n, err := a.Write(sent)
		if err == nil && n != len(sent) {
			err = io.ErrShortWrite
		}
		failed <- errors.Join(err, a.Close())
	}()
	got, err := io.ReadAll(b)
	if err != nil || !bytes.Equal(got, sent) {
		t.Errorf("got %d bytes, %v", len(got), err)
	}
	if err := <-failed; err != nil {
		t.Error(err)
	}
}

// The errors are those that the connection itself gives.
func TestErrors(t *testing.T) {
	a, b := pair(t)
	_ = a.SetReadDeadline(time.Unix(1, 0))
	_, err := a.Read(make([]byte, 1))
	var ne net.Error
	if !errors.As(err, &ne) || !ne.Timeout() || !errors.Is(err, os.ErrDeadlineExceeded) || !strings.HasPrefix(err.Error(), "read tcp 127.0.0.1:") {
		t.Errorf("after a deadline: %v", err)
	}
	_ = a.SetReadDeadline(time.Time{})
	if err := b.(interface{ SetLinger(int) error }).SetLinger(0); err != nil { // closing resets
		t.Fatal(err)
	}
	b.Close()
	_, err = a.Read(make([]byte, 1))
	var oe *net.OpError
	if !errors.As(err, &oe) || oe.Op != "read" || !strings.HasSuffix(err.Error(), "read: connection reset by peer") {
		t.Errorf("after a reset: %v", err)
	}
	a.Close()
	if _, err := a.Write([]byte("x")); !errors.Is(err, net.ErrClosed) {
		t.Errorf("after closing: %v", err)
	}
}
