package httpapi

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sluicegate/sluice/internal/httpapi/listen"
)

// TestUnfinishedChunks: 60 callers whose chunked bodies never end take no more memory together
// than limits.memory. Who is beyond it gets 503 with Retry-After, the others 408, and all memory
// comes back.
func TestUnfinishedChunks(t *testing.T) {
	const bound = 8 << 20
	s := serve(length, limits(listen.Limits{Memory: bound, Body: 1500 * time.Millisecond}))
	address := open(t, s)
	stop := make(chan struct{})
	var most atomic.Int64
	var watch sync.WaitGroup
	watch.Go(func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(time.Millisecond):
				most.Store(max(most.Load(), s.memory.used.Load()))
			}
		}
	})
	chunk := fmt.Appendf(nil, "%x\r\n%s\r\n", 64<<10, bytes.Repeat([]byte("x"), 64<<10))
	var refused, late atomic.Int64
	var callers sync.WaitGroup
	for range 60 {
		c := dial(t, address)
		callers.Go(func() {
			fmt.Fprintf(c, "%sTransfer-Encoding: chunked\r\n\r\n", head)
			for range 16 { // 1 MiB, and no last chunk
				if _, err := c.Write(chunk); err != nil {
					break // refused already
				}
			}
			res, _, closed := answer(t, c)
			switch {
			case res.StatusCode == http.StatusServiceUnavailable && res.Header.Get("Retry-After") == "1":
				refused.Add(1)
			case res.StatusCode == http.StatusRequestTimeout:
				late.Add(1)
			default:
				t.Errorf("%d, Retry-After %q", res.StatusCode, res.Header.Get("Retry-After"))
			}
			if !closed {
				t.Error("the connection stays open")
			}
		})
	}
	callers.Wait()
	close(stop)
	watch.Wait()
	if refused.Load() < 40 || late.Load() == 0 {
		t.Errorf("%d refused, %d timed out", refused.Load(), late.Load())
	}
	if most.Load() > bound+60<<20>>4 { // a refused reservation counts for a moment
		t.Errorf("%d bytes were reserved, of %d", most.Load(), bound)
	}
	for end := time.Now().Add(5 * time.Second); s.memory.used.Load() != 0; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d bytes stay reserved", s.memory.used.Load())
		}
	}
}

// TestHealthWaitsForNoBody: routes that need no body answer at once, whatever was announced.
func TestHealthWaitsForNoBody(t *testing.T) {
	address := open(t, serve(length, func(s *Settings) {
		s.Metrics = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "up 1\n") })
	}))
	for _, path := range []string{"/healthz", "/readyz", "/metrics"} {
		for name, framing := range map[string]string{
			"a length": "Content-Length: 100000\r\n\r\n", "a part": "Content-Length: 100000\r\n\r\n{",
			"chunks": "Transfer-Encoding: chunked\r\n\r\n", "half a chunk": "Transfer-Encoding: chunked\r\n\r\nff\r\nab",
			"expects": "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n",
		} {
			begin := time.Now()
			c := dial(t, address)
			fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: a\r\n%s", path, framing)
			res, body, closed := answer(t, c)
			if d := time.Since(begin); res.StatusCode != 200 || !closed || d > 5*time.Second {
				t.Errorf("%s with %s: %d %s, closed %v after %v", path, name, res.StatusCode, body, closed, d)
			}
		}
	}
}

// TestRefusalReachesWhoStillWrites: a caller whose body is refused unread can write the rest of
// it after the response has come. A reset would make its client lose the response.
func TestRefusalReachesWhoStillWrites(t *testing.T) {
	half := bytes.Repeat([]byte("x"), 35<<10)
	address := open(t, serve(length, func(s *Settings) { s.MaxBody = 64 << 10 }))
	c := dial(t, address)
	fmt.Fprintf(c, "%sContent-Length: %d\r\n\r\n%s", head, 2*len(half), half)
	var begun [1]byte
	if _, err := c.Read(begun[:]); err != nil { // the response is on its way, half of the body is not
		t.Fatal(err)
	}
	time.Sleep(50 * time.Millisecond)
	for _, part := range [][]byte{half[:len(half)/2], half[len(half)/2:]} {
		if _, err := c.Write(part); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Millisecond)
	}
	rest, err := io.ReadAll(c)
	if !strings.HasPrefix(string(begun[:])+string(rest), "HTTP/1.1 413 ") || err != nil {
		t.Errorf("%v after %s", err, rest)
	}
}

// TestPipelinedWithoutReading: a caller that asks for /metrics again and again and reads nothing
// loses its connection after limits.write_stall.
func TestPipelinedWithoutReading(t *testing.T) {
	page := []byte(strings.Repeat("sluice_requests_total 1\n", 4000))
	var served atomic.Int64
	address := open(t, serve(length, limits(listen.Limits{WriteStall: 300 * time.Millisecond}), func(s *Settings) {
		s.Metrics = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { served.Add(1); _, _ = w.Write(page) })
	}))
	c := dial(t, address)
	begin := time.Now()
	request := []byte("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n")
	var err error
	for err == nil { // until the buffers are full, then until the server closes
		_, err = c.Write(bytes.Repeat(request, 1000))
	}
	if d := time.Since(begin); d > 10*time.Second {
		t.Errorf("the connection ended after %v with %v", d, err)
	}
	n := served.Load()
	time.Sleep(300 * time.Millisecond)
	if served.Load() != n {
		t.Error("it still serves the connection")
	}
}
