package wire

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// secure serves over TLS with a CA of its own.
func secure(t *testing.T, h http.HandlerFunc) (*httptest.Server, *x509.CertPool) {
	s := httptest.NewUnstartedServer(h)
	s.EnableHTTP2 = true // ours is to choose HTTP/1.1 all the same
	s.Config.ErrorLog = nil
	s.StartTLS()
	t.Cleanup(s.Close)
	pool := x509.NewCertPool()
	pool.AddCert(s.Certificate())
	return s, pool
}

func TestTLS(t *testing.T) {
	var mu sync.Mutex
	conns, resumed := map[string]bool{}, 0
	s, ca := secure(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if !conns[r.RemoteAddr] && r.TLS.DidResume {
			resumed++
		}
		conns[r.RemoteAddr] = true
		if r.ProtoMajor != 1 {
			t.Errorf("spoke %s", r.Proto)
		}
		b, _ := io.ReadAll(r.Body)
		w.Write(b)
	})
	c := newClient(t, Config{RootCAs: ca})
	for i, size := range []int{3, 100, joined + 1, 1 << 20} {
		body := strings.Repeat("x", size)
		if _, got, err := ask(soon(t), c, endpointOf(t, s.URL), body); err != nil || got != body {
			t.Fatalf("%d: %v, %d bytes", size, err, len(got))
		}
		if i == 1 {
			s.CloseClientConnections() // the next one resumes the session
		}
	}
	mu.Lock()
	if len(conns) != 2 || resumed != 1 {
		t.Errorf("%d connections, %d resumed", len(conns), resumed)
	}
	mu.Unlock()
	if _, _, err := ask(soon(t), newClient(t, Config{}), endpointOf(t, s.URL), "x"); err == nil || !errors.As(err, new(*tls.CertificateVerificationError)) {
		t.Errorf("a certificate of nobody: %v", err)
	}
	if _, _, err := ask(soon(t), c, endpointOf(t, strings.Replace(s.URL, "127.0.0.1", "localhost", 1)), "x"); !errors.As(err, new(x509.HostnameError)) {
		t.Errorf("a certificate for another name: %v", err)
	}
}

// gathered holds back what is written, so that two records leave in one segment.
type gathered struct {
	net.Conn
	hold bool
	held []byte
}

func (g *gathered) Write(p []byte) (int, error) {
	g.held = append(g.held, p...)
	if g.hold {
		return len(p), nil
	}
	_, err := g.Conn.Write(g.held)
	g.held = g.held[:0]
	return len(p), err
}

// TestTLSGarbage: what TLS has read ahead, behind the answer, is not seen on the socket.
func TestTLSGarbage(t *testing.T) {
	s, ca := secure(t, nil)
	accepted := 0
	var mu sync.Mutex
	raw := newScript(t, func(p *peer) {
		mu.Lock()
		accepted++
		mu.Unlock()
		g := &gathered{Conn: p.Conn}
		sc := tls.Server(g, &tls.Config{Certificates: s.TLS.Certificates})
		in := bufio.NewReader(sc)
		for {
			r, err := http.ReadRequest(in)
			if err != nil {
				return
			}
			_, _ = io.Copy(io.Discard, r.Body)
			g.hold = true
			_, _ = io.WriteString(sc, ok2)
			g.hold = false
			_, _ = io.WriteString(sc, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")
		}
	})
	c := newClient(t, Config{RootCAs: ca})
	to := endpointOf(t, "https://"+raw.l.Addr().String()+"/")
	for range 20 {
		if _, body, err := ask(soon(t), c, to, "{}"); err != nil || body != "ok" {
			t.Fatalf("%q, %v", body, err)
		}
		time.Sleep(time.Millisecond)
	}
	mu.Lock()
	defer mu.Unlock()
	if accepted != 20 {
		t.Errorf("%d connections for 20 calls", accepted)
	}
}

func TestTLSHandshake(t *testing.T) {
	stall := make(chan struct{})
	defer close(stall)
	s := newScript(t, func(*peer) { <-stall })
	to := endpointOf(t, "https://"+s.l.Addr().String())
	c := newClient(t, Config{Connect: 30 * time.Millisecond})
	within(t, "handshake", func() {
		if _, _, err := ask(context.Background(), c, to, "x"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("nobody shakes hands: %v", err)
		}
	})
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(10*time.Millisecond, cancel)
	within(t, "cancelled handshake", func() {
		if _, _, err := ask(ctx, newClient(t, Config{}), to, "x"); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled: %v", err)
		}
	})
	plain := newScript(t, func(p *peer) { p.say("HTTP/1.1 400 Bad Request\r\n\r\n") })
	if _, _, err := ask(soon(t), newClient(t, Config{}), endpointOf(t, "https://"+plain.l.Addr().String()), "x"); err == nil {
		t.Error("TLS with a server that has none")
	}
	var ne net.Error
	if _, _, err := ask(soon(t), c, endpointOf(t, "http://127.0.0.1:1/"), "x"); !errors.As(err, &ne) {
		t.Errorf("nobody listens: %v", err)
	}
}

// TestTLSStale: the same promise as without TLS.
func TestTLSStale(t *testing.T) {
	n := 0
	var mu sync.Mutex
	s, ca := secure(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		n++
		mu.Unlock()
		io.WriteString(w, "ok")
	})
	c := newClient(t, Config{RootCAs: ca})
	to := endpointOf(t, s.URL)
	for i := range 10 {
		if _, body, err := ask(soon(t), c, to, "{}"); err != nil || body != "ok" {
			t.Fatalf("%q, %v", body, err)
		}
		s.CloseClientConnections()
		if i%2 == 0 {
			time.Sleep(2 * time.Millisecond)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	if n != 10 {
		t.Errorf("executed %d times", n)
	}
}
