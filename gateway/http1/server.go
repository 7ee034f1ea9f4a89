// Package http1 serves HTTP/1.1 and 1.0 to any [net/http.Handler], for less than net/http's
// server asks: with everything on, a tenth of what a request of Sluice costs was that
// server's own work (docs/adr/0008).
//
// A connection has one goroutine: it waits for a request, lets the handler answer it, sends
// the answer, and waits again. What is a request, and which one, net/http decides
// ([net/http.ReadRequest], and the checks that its server adds). Four things are done
// differently:
//
//   - A request whose head has nothing unusual in it is parsed here, into one string and one
//     list of values, with the same result. At the least doubt net/http gets the bytes as they
//     came (plain.go).
//   - There is no second goroutine that listens for the caller's hanging up. The server looks
//     at all connections ten times a second, and asks the kernel about those whose handler
//     has been running for a while. A caller that hangs up is therefore noticed within a
//     fifth of a second, and the request's context ends.
//   - The same round ends what has waited too long: no timers and no deadlines per request.
//   - The head of an answer is written out by WriteHeader, from a header map that the
//     connection uses again, and from what a handler has given to SetHeader, which spares
//     the map.
//
// What follows for handlers: after ServeHTTP has returned, the ResponseWriter and its Header
// are not theirs any longer; the body is to be read before the answer begins, because the
// rest of it is thrown away then. There are no trailers, no informational answers, no
// hijacking, no TLS and no HTTP/2: those are for the proxy in front (docs/deploy.md).
//
// What a client that breaks the rules sees is what net/http shows it, which a test holds by
// sending the same bytes to both.
package http1

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// Server answers connections. The zero value with a Handler serves.
type Server struct {
	Handler http.Handler
	MaxHead int           // bytes of a request's first line and headers; 0 = 1 MiB
	Head    time.Duration // how long those may take to come once they have begun; 0 = for ever
	Idle    time.Duration // how long a connection may wait for a request; 0 = for ever

	// Refusal makes the answer to what is no request, or too large a head: its headers and its
	// body. The status is the server's, why says more of it or is empty, and the connection ends.
	// Nil: a line of text, as net/http has it.
	Refusal func(status int, why string) (http.Header, []byte)

	rounds  atomic.Int64 // of watch; the clock of all connections
	date    atomic.Pointer[[]byte]
	closing atomic.Bool

	mu        sync.Mutex
	listeners map[net.Listener]bool
	conns     map[*conn]bool
	watched   chan struct{} // closed when watch has ended; nil before it began
	changed   chan struct{} // tells watch that it may be over
}

// Serve answers the connections of l until Shutdown, Close or a failure of l, which it
// closes. It returns http.ErrServerClosed, or the failure. Connections go on until Shutdown
// or Close ends them.
func (s *Server) Serve(l net.Listener) error {
	defer l.Close()
	if !s.open(l) {
		return http.ErrServerClosed
	}
	defer s.forget(l)
	var wait time.Duration
	for {
		rwc, err := l.Accept()
		switch {
		case err == nil:
			wait = 0
			if c := newConn(s, rwc); s.admit(c) {
				go c.serve()
			} else {
				_ = rwc.Close()
			}
		case s.closing.Load():
			return http.ErrServerClosed
		case passing(err):
			wait = min(max(5*time.Millisecond, 2*wait), time.Second)
			time.Sleep(wait)
		default:
			return err
		}
	}
}

// passing errors of Accept are those of a machine short of something.
func passing(err error) bool {
	for _, e := range []error{syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM, syscall.ECONNABORTED} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// Shutdown stops accepting, ends connections that wait for a request, and waits until the
// others have answered theirs, or until ctx ends.
func (s *Server) Shutdown(ctx context.Context) error {
	watched := s.close(func(c *conn) { c.endIdle() })
	if watched == nil {
		return nil
	}
	select {
	case <-watched:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Close ends everything at once: contexts of requests end, connections are closed. It does
// not wait for handlers to return.
func (s *Server) Close() error {
	s.close(func(c *conn) { c.abort() })
	return nil
}

// close ends listening and hands every connection to end. The channel is closed when the
// last one is gone.
func (s *Server) close(end func(*conn)) chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closing.Store(true)
	for l := range s.listeners {
		_ = l.Close() // its Serve tells
	}
	for c := range s.conns {
		end(c)
	}
	s.nudge()
	return s.watched
}

// open begins to serve l; false: the server is closed.
func (s *Server) open(l net.Listener) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing.Load() {
		return false
	}
	if s.watched == nil {
		s.listeners, s.conns = map[net.Listener]bool{}, map[*conn]bool{}
		s.watched, s.changed = make(chan struct{}), make(chan struct{}, 1)
		s.stamp(time.Now())
		go s.watch()
	}
	s.listeners[l] = true
	return true
}

func (s *Server) forget(l net.Listener) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.listeners, l)
}

func (s *Server) admit(c *conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing.Load() {
		return false
	}
	s.conns[c] = true
	return true
}

func (s *Server) dismiss(c *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, c)
	if s.closing.Load() {
		s.nudge()
	}
}

func (s *Server) nudge() {
	select {
	case s.changed <- struct{}{}:
	default: // it knows already, or there is nobody
	}
}
