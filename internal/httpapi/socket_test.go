package httpapi

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sluicegate/sluice/internal/httpapi/listen"
)

// open serves s on a real listener until the test ends.
func open(t *testing.T, s *Server) (address string) {
	t.Helper()
	server, err := listen.New(s, listen.Config{Limits: s.settings.Limits, TrustedProxies: s.settings.TrustedProxies, H2C: true, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }()
	t.Cleanup(func() { server.Close(); <-done })
	return l.Addr().String()
}

func dial(t *testing.T, address string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	return c
}

// answer reads one answer, and whether the server then closed the connection.
func answer(t *testing.T, c net.Conn) (res *http.Response, body string, closed bool) {
	t.Helper()
	r := bufio.NewReader(c)
	res, err := http.ReadResponse(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.Close {
		_, err = r.ReadByte()
	}
	var late net.Error // else it ended, or was reset because of what had not been read
	return res, string(b), err != nil && !(errors.As(err, &late) && late.Timeout())
}

const head = "POST /v1/test HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer good\r\n"

func limits(l listen.Limits) func(*Settings) { return func(s *Settings) { s.Limits = l } }

// TestBodyThatNeverComes: 408 within the limit, and the announced length costs nothing.
func TestBodyThatNeverComes(t *testing.T) {
	s := serve(length, limits(listen.Limits{Body: 300 * time.Millisecond}))
	address := open(t, s)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	begin := time.Now()
	var wg sync.WaitGroup
	for i := range 20 {
		c := dial(t, address)
		path := "/v1/test"
		if i%2 == 1 {
			path = "/api/v1/test"
		}
		fmt.Fprintf(c, "POST %s HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer good\r\nContent-Length: %d\r\n\r\n{", path, 30<<20)
		wg.Go(func() {
			res, body, closed := answer(t, c)
			if res.StatusCode != http.StatusRequestTimeout || !closed || !strings.Contains(body, "did not arrive in time") || res.Header.Get("X-Sluice-Trace-Id") == "" {
				t.Errorf("%d %s, closed %v", res.StatusCode, body, closed)
			}
			if i%2 == 1 != strings.Contains(body, `"error_type":"timeout"`) {
				t.Errorf("not the caller's dialect: %s", body)
			}
		})
	}
	time.Sleep(100 * time.Millisecond)
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 20<<20 {
		t.Errorf("the heap grew by %d MiB for 20 bodies that are only announced", grown>>20)
	}
	if used := s.memory.used.Load(); used > 20*8192 {
		t.Errorf("%d bytes are reserved", used)
	}
	wg.Wait()
	if d := time.Since(begin); d > 5*time.Second {
		t.Errorf("it took %v", d)
	}
}

// TestStreamBodyThatNeverComes is the same over HTTP/2: the one stream is answered, and its
// connection serves on.
func TestStreamBodyThatNeverComes(t *testing.T) {
	address := open(t, serve(length, limits(listen.Limits{Body: 300 * time.Millisecond})))
	transport := http2Transport(t)
	for key, want := range map[string]int{"Bearer good": 408, "Bearer bad": 401} {
		body, never := io.Pipe()
		defer never.Close()
		r, _ := http.NewRequest("POST", "http://"+address+"/v1/test", body)
		r.Header.Set("Authorization", key)
		res, err := transport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		b, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if res.StatusCode != want || res.ProtoMajor != 2 || !strings.Contains(string(b), `"message"`) {
			t.Errorf("%s %d %s, want %d", res.Proto, res.StatusCode, b, want)
		}
	}
}

// http2Transport speaks HTTP/2 without TLS.
func http2Transport(t *testing.T) *http.Transport {
	transport := &http.Transport{Protocols: new(http.Protocols)}
	transport.Protocols.SetUnencryptedHTTP2(true)
	t.Cleanup(transport.CloseIdleConnections)
	return transport
}

// TestSlowBody: a body may be slow if it keeps the rate, and not otherwise.
func TestSlowBody(t *testing.T) {
	address := open(t, serve(length, limits(listen.Limits{Body: 200 * time.Millisecond, BodyRate: 10_000})))
	for pause, want := range map[time.Duration]int{20 * time.Millisecond: 200, 400 * time.Millisecond: 408} {
		c := dial(t, address)
		fmt.Fprintf(c, "%sContent-Length: 15000\r\n\r\n", head)
		go func() {
			for range 15 { // of 1000 bytes: 50,000 or 2,500 bytes a second
				if _, err := c.Write(bytes.Repeat([]byte("x"), 1000)); err != nil {
					return
				}
				time.Sleep(pause)
			}
		}()
		if res, body, _ := answer(t, c); res.StatusCode != want {
			t.Errorf("a pause of %v: %d %s, want %d", pause, res.StatusCode, body, want)
		}
	}
}

// TestConnectionServesOn: the deadline of one body is not the next request's.
func TestConnectionServesOn(t *testing.T) {
	address := open(t, serve(func(c *Call) error {
		if _, err := c.Body(); err != nil {
			return err
		}
		time.Sleep(150 * time.Millisecond) // longer than the body may take
		return c.Context().Err()
	}, limits(listen.Limits{Body: 100 * time.Millisecond, BodyRate: 1 << 30})))
	c := dial(t, address)
	for range 3 {
		fmt.Fprintf(c, "%sContent-Length: 2\r\n\r\n{}", head)
		res, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil || res.StatusCode != 200 {
			t.Fatalf("%v %v", res, err)
		}
		_, _ = io.Copy(io.Discard, res.Body)
	}
}

// TestRefusedBeforeTheBody: nobody waits for a body that is not read.
func TestRefusedBeforeTheBody(t *testing.T) {
	read := make(chan int, 8)
	s := serve(func(c *Call) error {
		raw, err := c.Body()
		read <- len(raw)
		return err
	})
	address := open(t, s)
	for name, x := range map[string]struct {
		request string
		status  int
	}{
		"no key":              {"POST /v1/test HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n", 401},
		"a bad key":           {"POST /v1/test HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer bad\r\nContent-Length: 100000\r\n\r\n{", 401},
		"a bad key, chunked":  {"POST /v1/test HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer bad\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", 401},
		"a bad key, expects":  {"POST /v1/test HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer bad\r\nExpect: 100-continue\r\nContent-Length: 100000\r\n\r\n", 401},
		"no route":            {"POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n", 404},
		"a route without one": {"GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n", 200},
		"too large":           {head + "Content-Length: 99999999999\r\n\r\n", 413},
	} {
		t.Run(name, func(t *testing.T) {
			begin := time.Now()
			c := dial(t, address)
			_, _ = io.WriteString(c, x.request)
			res, body, closed := answer(t, c)
			if d := time.Since(begin); res.StatusCode != x.status || !closed || d > 3*time.Second {
				t.Errorf("%d %s, closed %v after %v", res.StatusCode, body, closed, d)
			}
		})
	}
	close(read)
	for n := range read {
		if n > 0 {
			t.Errorf("%d bytes were read", n)
		}
	}
}

// TestUpgrade takes over a connection through the whole chain of middleware.
func TestUpgrade(t *testing.T) {
	var out bytes.Buffer
	s := serve(func(c *Call) error {
		conn, rw, err := http.NewResponseController(c.Writer()).Hijack()
		if err != nil {
			return err
		}
		defer conn.Close()
		_, _ = rw.WriteString("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
		_ = rw.Flush()
		line, _ := rw.ReadString('\n')
		_, _ = rw.WriteString("you said " + line)
		return rw.Flush()
	}, func(s *Settings) { s.AllowedOrigins = []string{"*"} }, logTo(&out))
	c := dial(t, open(t, s))
	_, _ = io.WriteString(c, "GET /v1/test HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer good\r\nOrigin: https://a.example\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
	r := bufio.NewReader(c)
	res, err := http.ReadResponse(r, nil)
	if err != nil || res.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("%v %v", res, err)
	}
	_, _ = io.WriteString(c, "hello\n")
	if line, err := r.ReadString('\n'); line != "you said hello\n" {
		t.Errorf("%q %v", line, err)
	}
}

func TestMemoryForBodies(t *testing.T) {
	release, inside := make(chan struct{}), make(chan struct{}, 1)
	s := serve(func(c *Call) error {
		raw, err := c.Body()
		if err != nil {
			return err
		}
		if len(raw) > 100_000 {
			inside <- struct{}{}
			<-release
		}
		return nil
	}, limits(listen.Limits{Memory: 400_000}))
	server := httptest.NewServer(s)
	defer server.Close()
	post := func(n int) *http.Response {
		r, _ := http.NewRequest("POST", server.URL+"/v1/test", bytes.NewReader(make([]byte, n)))
		r.Header.Set("Authorization", "Bearer good")
		res, err := server.Client().Do(r)
		if err != nil {
			t.Error(err)
			return &http.Response{}
		}
		res.Body.Close()
		return res
	}
	done := make(chan *http.Response, 1)
	go func() { done <- post(300_000) }()
	<-inside
	if res := post(200_000); res.StatusCode != http.StatusServiceUnavailable || res.Header.Get("Retry-After") != "1" {
		t.Errorf("beyond the memory: %d %v", res.StatusCode, res.Header)
	}
	if res := post(1000); res.StatusCode != 200 {
		t.Errorf("a small body: %d", res.StatusCode)
	}
	close(release)
	if res := <-done; res.StatusCode != 200 {
		t.Errorf("the large body: %d", res.StatusCode)
	}
	<-time.After(20 * time.Millisecond)
	if used := s.memory.used.Load(); used != 0 {
		t.Errorf("%d bytes are still reserved", used)
	}
}

// TestRequestsOfOneAddress: behind a trusted proxy the forwarded address counts, and nobody
// else's X-Forwarded-For is believed.
func TestRequestsOfOneAddress(t *testing.T) {
	for name, x := range map[string]struct {
		proxies []netip.Prefix
		want    map[string]int // status by X-Forwarded-For while a request of 192.0.2.1 is in flight
		seen    string
	}{
		"a trusted proxy": {[]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, map[string]int{"192.0.2.1": 429, "192.0.2.2": 200, "192.0.2.1, 127.0.0.9": 429, "192.0.2.1, 192.0.2.3": 200}, "192.0.2.1"},
		"anybody":         {nil, map[string]int{"192.0.2.1": 429, "192.0.2.2": 429}, "127.0.0.1"},
	} {
		t.Run(name, func(t *testing.T) {
			release, inside := make(chan struct{}), make(chan string, 1)
			var first atomic.Bool
			s := serve(func(c *Call) error {
				if first.CompareAndSwap(false, true) {
					inside <- c.ClientIP()
					<-release
				}
				return nil
			}, limits(listen.Limits{PerAddress: 1}), func(s *Settings) { s.TrustedProxies = x.proxies })
			server := httptest.NewServer(s) // without the listener's own limit
			defer server.Close()
			get := func(forwarded string) int {
				r, _ := http.NewRequest("GET", server.URL+"/v1/test", nil)
				r.Header.Set("Authorization", "Bearer good")
				r.Header.Set("X-Forwarded-For", forwarded)
				res, err := server.Client().Do(r)
				if err != nil {
					t.Error(err)
					return 0
				}
				res.Body.Close()
				return res.StatusCode
			}
			done := make(chan int, 1)
			go func() { done <- get("192.0.2.1") }()
			if ip := <-inside; ip != x.seen {
				t.Errorf("the client is %s, want %s", ip, x.seen)
			}
			for forwarded, want := range x.want {
				if got := get(forwarded); got != want {
					t.Errorf("%s: %d, want %d", forwarded, got, want)
				}
			}
			close(release)
			if n := <-done; n != 200 {
				t.Errorf("the first request: %d", n)
			}
			if n := get("192.0.2.1"); n != 200 {
				t.Errorf("after it: %d", n)
			}
		})
	}
}

// TestStalledStream: a caller that takes nothing of its HTTP/2 stream loses it, and a stream
// that only waits does not.
func TestStalledStream(t *testing.T) {
	ended := make(chan error, 2)
	address := open(t, serve(func(c *Call) error {
		if c.Query("wait") != "" {
			_, _ = io.WriteString(c.Writer(), "a")
			_ = c.Flush()
			time.Sleep(400 * time.Millisecond)
			_, err := io.WriteString(c.Writer(), "b")
			ended <- err
			return nil
		}
		_, err := c.Writer().Write(make([]byte, 64<<20))
		ended <- err
		return nil
	}, limits(listen.Limits{WriteStall: 200 * time.Millisecond})))
	transport := http2Transport(t)
	get := func(path string) *http.Response {
		r, _ := http.NewRequest("GET", "http://"+address+path, nil)
		r.Header.Set("Authorization", "Bearer good")
		res, err := transport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		return res
	}
	waits := get("/v1/test?wait=1")
	if b, err := io.ReadAll(waits.Body); string(b) != "ab" || err != nil {
		t.Errorf("a stream that waits: %q %v", b, err)
	}
	waits.Body.Close()
	<-ended
	stalled := get("/v1/test")
	defer stalled.Body.Close()
	select {
	case err := <-ended:
		if err == nil {
			t.Error("the write went well although nobody read")
		}
	case <-time.After(10 * time.Second):
		t.Fatal("the write still waits")
	}
}
