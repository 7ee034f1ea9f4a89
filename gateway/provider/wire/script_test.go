package wire

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// script is a server that does with each connection what play says. It counts what came.
type script struct {
	t        testing.TB
	l        net.Listener
	accepted atomic.Int64
	requests atomic.Int64 // read whole

	mu    sync.Mutex
	conns map[net.Conn]bool
	wg    sync.WaitGroup
}

type peer struct {
	net.Conn
	in *bufio.Reader
	s  *script
}

func newScript(t testing.TB, play func(p *peer)) *script {
	s := &script{t: t, l: listen(), conns: map[net.Conn]bool{}}
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		for {
			c, err := s.l.Accept()
			if err != nil {
				return
			}
			s.accepted.Add(1)
			s.mu.Lock()
			s.conns[c] = true
			s.mu.Unlock()
			s.wg.Add(1)
			go func() {
				defer s.wg.Done()
				defer s.forget(c)
				play(&peer{c, bufio.NewReader(c), s})
			}()
		}
	}()
	t.Cleanup(func() { s.l.Close(); s.hangUp(); s.wg.Wait() })
	return s
}

func (s *script) forget(c net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, c)
	c.Close()
}

// hangUp closes all connections.
func (s *script) hangUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		c.Close()
	}
}

// read takes one request; "" means that there is none.
func (p *peer) read() (body string, ok bool) {
	r, err := http.ReadRequest(p.in)
	if err != nil {
		return "", false
	}
	b, err := io.ReadAll(r.Body)
	if err != nil {
		return "", false
	}
	p.s.requests.Add(1)
	return string(b), true
}

func (p *peer) say(s string) bool {
	_, err := io.WriteString(p, s)
	return err == nil
}

// always answers every request with the same bytes.
func always(answer string) func(p *peer) {
	return func(p *peer) {
		for {
			if _, ok := p.read(); !ok || !p.say(answer) {
				return
			}
		}
	}
}

func (s *script) endpoint() *Endpoint { return endpointOf(s.t, "http://"+s.l.Addr().String()+"/v1") }

func endpointOf(t testing.TB, at string) *Endpoint {
	t.Helper()
	u, err := url.Parse(at)
	if err != nil {
		t.Fatal(err)
	}
	e, err := NewEndpoint(u)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func newClient(t testing.TB, cfg Config) *Client {
	c := New(cfg)
	t.Cleanup(c.Close)
	return c
}

// ask sends body and reads the whole answer.
func ask(ctx context.Context, c *Client, to *Endpoint, body string) (status int, answer string, err error) {
	res, err := c.Do(ctx, Request{To: to, Body: []byte(body)})
	if err != nil {
		return 0, "", err
	}
	defer res.Close()
	b, err := io.ReadAll(res)
	return res.Status, string(b), err
}

func soon(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	t.Cleanup(cancel)
	return ctx
}

const ok2 = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
