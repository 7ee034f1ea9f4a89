package httpapi

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sluicegate/sluice/internal/httpapi/listen"
)

// TestMutatedHeads: 10,000 heads with random changes are answered or refused, and the server
// goes on.
func TestMutatedHeads(t *testing.T) {
	var log lockedBuffer
	address := open(t, serve(length, limits(listen.Limits{Header: time.Second, Body: time.Second}), func(s *Settings) { s.AccessLog = slog.New(slog.NewTextHandler(&log, nil)) }))
	seeds := []string{
		"POST /v1/test HTTP/1.1\r\nHost: sluice\r\nAuthorization: Bearer good\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
		"GET /v1/test?x=%41 HTTP/1.1\r\nHost: [::1]:80\r\nConnection: keep-alive\r\nX-Portkey-Metadata: {\"a\":\"b\"}\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n2\r\n{}\r\n0\r\nX: y\r\n\r\n",
		"GET / HTTP/1.0\r\nUpgrade: websocket\r\nConnection: upgrade\r\nTraceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n\r\n",
		"OPTIONS * HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nBaggage: a=b;c,d=%20\r\n\r\n",
	}
	random := rand.New(rand.NewPCG(7, 11))
	pieces := []string{"\r\n", "\n", "\r", ":", " ", "\t", "\x00", "%", "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n", "Host: b\r\n", strings.Repeat("a", 5000), "\xff\xfe"}
	end := time.Now().Add(60 * time.Second)
	sent := 0
	for ; sent < 10_000 && time.Now().Before(end); sent++ {
		head := []byte(seeds[random.IntN(len(seeds))])
		for range random.IntN(4) {
			at := random.IntN(len(head))
			switch random.IntN(4) {
			case 0:
				head[at] = byte(random.IntN(256))
			case 1:
				head = append(head[:at], head[min(len(head), at+1+random.IntN(8)):]...)
			case 2:
				head = append(head[:at:at], append([]byte(pieces[random.IntN(len(pieces))]), head[at:]...)...)
			case 3:
				head = head[:at]
			}
			if len(head) == 0 {
				head = []byte("G")
			}
		}
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		_ = c.SetDeadline(time.Now().Add(5 * time.Second))
		_, _ = c.Write(head)
		_ = c.(*net.TCPConn).CloseWrite()
		_, _ = io.Copy(io.Discard, c)
		c.Close()
	}
	if sent < 10_000 {
		t.Logf("time was up after %d heads", sent)
	}
	c := dial(t, address)
	fmt.Fprintf(c, "%sContent-Length: 2\r\n\r\n{}", head)
	if res, body, _ := answer(t, c); res.StatusCode != 200 {
		t.Errorf("after all of them: %d %s", res.StatusCode, body)
	}
	if text := log.String(); strings.Contains(text, "panic") || !strings.Contains(text, "status=200") {
		t.Errorf("%.2000s", text)
	}
}

// lockedBuffer is a buffer for many goroutines.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
