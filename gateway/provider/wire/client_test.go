package wire

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

func TestRequestOnTheWire(t *testing.T) {
	got := make(chan string, 1)
	s := newScript(t, func(p *peer) {
		buf := make([]byte, 4096)
		n, _ := p.Read(buf) // one write of the client's, so one read
		got <- string(buf[:n])
		p.say(ok2)
	})
	c := newClient(t, Config{})
	res, err := c.Do(soon(t), Request{To: s.endpoint(), Header: []Field{{"Authorization", "Bearer k"}, {"X-A", ""}}, Body: []byte(`{"a":1}`)})
	if err != nil {
		t.Fatal(err)
	}
	res.Close()
	if want := "POST /v1 HTTP/1.1\r\nHost: " + s.l.Addr().String() + "\r\nAuthorization: Bearer k\r\nX-A: \r\nContent-Length: 7\r\n\r\n{\"a\":1}"; <-got != want {
		t.Error("the request is not what it should be")
	}
	for _, f := range []Field{{"A", "b\r\nEvil: 1"}, {"A", "b\x00"}, {"A b", "c"}, {"", "c"}, {"A:", "c"}, {"A", "k\n"}} {
		if _, err := c.Do(soon(t), Request{To: s.endpoint(), Header: []Field{f}}); err == nil || f.Value != "c" && strings.Contains(err.Error(), f.Value) {
			t.Errorf("header %q: %v", f, err)
		}
	}
}

func TestOddAddresses(t *testing.T) {
	for _, at := range []string{"ftp://a/", "http://", "http://user@a/", "http://a:/", "http://a:0/", "http://a:70000/", "http://[fe80::1%25eth0]/", "http://b\u00fccher.example/", "http://a!/"} {
		u, err := url.Parse(at)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := NewEndpoint(u); !errors.Is(err, ErrOdd) {
			t.Errorf("%s: %v", at, err)
		}
	}
	if e := endpointOf(t, "https://API.example.com/a%20b?c=d#e"); e.host.addr != "api.example.com:443" || e.prefix != "POST /a%20b?c=d HTTP/1.1\r\nHost: API.example.com\r\n" {
		t.Errorf("%+v", e)
	}
	if e := endpointOf(t, "http://[::1]"); e.host.addr != "[::1]:80" || e.prefix != "POST / HTTP/1.1\r\nHost: [::1]\r\n" {
		t.Errorf("%+v", e)
	}
}

// TestReuse: how an answer ended decides about its connection.
func TestReuse(t *testing.T) {
	for name, c := range map[string]struct {
		answer string
		conns  int64 // for three calls
	}{
		"counted":            {ok2, 1},
		"chunked":            {chunkHead + "2\r\nok\r\n0\r\nA: b\r\n\r\n", 1},
		"after 1xx":          {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\nA: b\r\n\r\n" + ok2, 1},
		"204":                {"HTTP/1.1 204 No Content\r\n\r\n", 1},
		"304":                {"HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\n", 1},
		"Connection: close":  {"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", 3},
		"HTTP/1.0":           {"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok", 3},
		"bytes after it":     {ok2 + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil", 3},
		"bytes after chunks": {chunkHead + "2\r\nok\r\n0\r\n\r\n" + ok2, 3},
		"both lengths":       {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", 3},
	} {
		s := newScript(t, always(c.answer))
		client := newClient(t, Config{})
		for range 3 {
			if _, body, err := ask(soon(t), client, s.endpoint(), "{}"); err != nil || body != "ok" && body != "" {
				t.Errorf("%s: %q, %v", name, body, err)
			}
		}
		if n := s.accepted.Load(); n != c.conns {
			t.Errorf("%s: %d connections for three calls, want %d", name, n, c.conns)
		}
	}
}

// TestLateGarbage: bytes that come after the answer was read, while the connection is idle.
func TestLateGarbage(t *testing.T) {
	go1 := make(chan bool)
	s := newScript(t, func(p *peer) {
		for {
			if _, ok := p.read(); !ok || !p.say(ok2) || !<-go1 || !p.say("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil") {
				return
			}
			go1 <- true
		}
	})
	defer close(go1)
	c := newClient(t, Config{})
	for range 3 {
		if _, body, err := ask(soon(t), c, s.endpoint(), "{}"); err != nil || body != "ok" {
			t.Fatalf("%q, %v", body, err)
		}
		go1 <- true
		<-go1
		time.Sleep(2 * time.Millisecond) // loopback delivers at once; let the other side's stack have its turn
	}
	if n := s.accepted.Load(); n != 3 {
		t.Errorf("%d connections, want a new one each time", n)
	}
}

func TestHeadsThatAreTooLarge(t *testing.T) {
	many := strings.Repeat("X-Header-Of-Many: value\r\n", 900)
	for name, c := range map[string]struct {
		head string
		ok   bool
	}{
		"many headers":         {"HTTP/1.1 200 OK\r\n" + many + "Content-Length: 2\r\n\r\nok", true},
		"one long header":      {"HTTP/1.1 200 OK\r\nA: " + strings.Repeat("a", 60<<10) + "\r\nContent-Length: 2\r\n\r\nok", true},
		"too many headers":     {"HTTP/1.1 200 OK\r\n" + strings.Repeat("A: b\r\n", 1100) + "Content-Length: 2\r\n\r\nok", false},
		"over the limit":       {"HTTP/1.1 200 OK\r\nA: " + strings.Repeat("a", 70<<10) + "\r\nContent-Length: 2\r\n\r\nok", false},
		"over it with 1xx":     {strings.Repeat("HTTP/1.1 103 Early Hints\r\nA: "+strings.Repeat("a", 1000)+"\r\n\r\n", 70) + ok2, false},
		"never an end of line": {strings.Repeat("a", 80<<10), false},
	} {
		s := newScript(t, always(c.head))
		_, body, err := ask(soon(t), newClient(t, Config{MaxHead: 64 << 10}), s.endpoint(), "{}")
		if (err == nil) != c.ok || c.ok && body != "ok" {
			t.Errorf("%s: %q, %v", name, body, err)
		}
	}
}

func TestLargeBodies(t *testing.T) {
	var mu sync.Mutex
	last := ""
	s := newScript(t, func(p *peer) {
		for {
			body, ok := p.read()
			mu.Lock()
			last = body
			mu.Unlock()
			if !ok || !p.say("HTTP/1.1 200 OK\r\nContent-Length: "+strconv.Itoa(len(body))+"\r\n\r\n"+body) {
				return
			}
		}
	})
	c := newClient(t, Config{})
	for _, n := range []int{0, 1, joined - 1, joined, joined + 1, 1 << 20} {
		body := strings.Repeat("0123456789abcdef", n/16+1)[:n]
		_, got, err := ask(soon(t), c, s.endpoint(), body)
		mu.Lock()
		if err != nil || got != body || last != body {
			t.Errorf("%d bytes: %v, %d came back", n, err, len(got))
		}
		mu.Unlock()
	}
	if s.accepted.Load() != 1 {
		t.Errorf("%d connections", s.accepted.Load())
	}
}

// TestEarlyRefusal: a peer that answers, and hangs up, before it has read a large body.
func TestEarlyRefusal(t *testing.T) {
	s := newScript(t, func(p *peer) {
		_, _ = p.in.Peek(1)
		p.say("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig")
		_ = p.Conn.(*net.TCPConn).CloseWrite()
		time.Sleep(20 * time.Millisecond)
	})
	status, body, err := ask(soon(t), newClient(t, Config{}), s.endpoint(), strings.Repeat("x", 8<<20))
	if err != nil || status != 413 || body != "big" {
		t.Errorf("%d %q, %v", status, body, err)
	}
}

func TestCloseBeforeTheEnd(t *testing.T) {
	s := newScript(t, always("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nok"))
	c := newClient(t, Config{})
	for range 2 {
		res, err := c.Do(soon(t), Request{To: s.endpoint()})
		if err != nil {
			t.Fatal(err)
		}
		res.Close()
		res.Close()
		if _, err := res.Read(make([]byte, 1)); err == nil || err == io.EOF {
			t.Errorf("read after Close: %v", err)
		}
	}
	if s.accepted.Load() != 2 {
		t.Errorf("%d connections: one that still had an answer to give was used again", s.accepted.Load())
	}
}

func TestControl(t *testing.T) {
	s := newScript(t, always(ok2))
	no := errors.New("not there")
	c := newClient(t, Config{Control: func(context.Context, string, string, syscall.RawConn) error { return no }})
	if _, _, err := ask(soon(t), c, s.endpoint(), "{}"); !errors.Is(err, no) || s.accepted.Load() != 0 {
		t.Errorf("%v, %d connections", err, s.accepted.Load())
	}
}

// TestManyClients: each gets its own answer, over few connections.
func TestManyClients(t *testing.T) {
	s := newScript(t, func(p *peer) {
		for {
			body, ok := p.read()
			if !ok || !p.say(chunkHead+strconv.FormatInt(int64(len(body)), 16)+"\r\n"+body+"\r\n0\r\n\r\n") {
				return
			}
		}
	})
	c := newClient(t, Config{})
	var wg sync.WaitGroup
	for i := range 64 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for n := range 50 {
				body := strings.Repeat(strconv.Itoa(i*1000+n)+",", 1+n*7)
				if status, got, err := ask(context.Background(), c, s.endpoint(), body); err != nil || got != body || status != http.StatusOK {
					t.Errorf("%d %v: somebody else's answer, or none", status, err)
				}
			}
		}()
	}
	wg.Wait()
	if n := s.accepted.Load(); n > 64 || s.requests.Load() != 64*50 {
		t.Errorf("%d connections, %d requests", n, s.requests.Load())
	}
}
