package provider

import (
	"bufio"
	"context"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
	"github.com/sluicegate/sluice/gateway/provider/codec"
)

const okBody = `{"id":"1","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"hello"},"finish_reason":"stop"}]}`

func TestOverTLS(t *testing.T) {
	for _, major := range []int{1, 2} {
		up := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.ProtoMajor != major {
				t.Errorf("HTTP/%d, want HTTP/%d", r.ProtoMajor, major)
			}
			b, _ := io.ReadAll(r.Body)
			if strings.Contains(string(b), `"stream":true`) {
				w.Header().Set("Content-Type", "text/event-stream")
				io.WriteString(w, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"hello\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n")
				return
			}
			io.WriteString(w, okBody)
		}))
		up.EnableHTTP2 = major == 2
		up.StartTLS()
		ca := x509.NewCertPool()
		ca.AddCert(up.Certificate())
		target := gatewaytest.WithTarget(&gateway.Target{Path: "config", Provider: "openai", BaseURL: up.URL + "/v1", Credential: gateway.NewSecret(testKey)})
		r := newRig(t, Config{RootCAs: ca})
		for _, stream := range []bool{false, true} {
			if got, err := r.answer("openai", chat("m", stream), target); err != nil || got.Choices[0].Text() != "hello" {
				t.Errorf("HTTP/%d stream=%v: %v", major, stream, err)
			}
		}
		if _, err := newRig(t, Config{}).answer("openai", chat("m", false), target); gateway.AsError(err).Kind != gateway.BadUpstream {
			t.Errorf("a certificate signed by nobody we trust: %v", err)
		}
		r.Client.Close()
		up.Close()
	}
}

// TestNoCallIsRepeated: a connection that the vendor closes once it has read the request is
// an error, also on a reused connection. The transport does not send the request again.
func TestNoCallIsRepeated(t *testing.T) {
	var calls atomic.Int64
	up := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if calls.Add(1) == 1 {
			io.WriteString(w, okBody)
			return
		}
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		conn.Close()
	}))
	defer up.Close()
	r := newRig(t, Config{})
	target := gatewaytest.WithTarget(&gateway.Target{Path: "config", Provider: "openai", BaseURL: up.URL + "/v1", Credential: gateway.NewSecret(testKey)})
	if _, err := r.answer("openai", chat("m", false), target); err != nil {
		t.Fatal(err)
	}
	_, err := r.answer("openai", chat("m", false), target)
	if e := gateway.AsError(err); e == nil || e.Kind != gateway.BadUpstream || !e.Retryable() {
		t.Errorf("a connection that was closed without an answer: %v", err)
	}
	if n := calls.Load(); n != 2 {
		t.Errorf("the vendor was called %d times, want 2", n)
	}
}

// proxyServer is a plain forwarding proxy that counts.
func proxyServer(t *testing.T) (*url.URL, *atomic.Int64) {
	n := new(atomic.Int64)
	p := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n.Add(1)
		r.RequestURI = ""
		res, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		defer res.Body.Close()
		w.Header().Set("Content-Type", res.Header.Get("Content-Type"))
		w.WriteHeader(res.StatusCode)
		_, _ = io.Copy(w, res.Body)
	}))
	t.Cleanup(func() { p.Close(); http.DefaultTransport.(*http.Transport).CloseIdleConnections() })
	u, err := url.Parse(p.URL)
	if err != nil {
		t.Fatal(err)
	}
	return u, n
}

func TestProxy(t *testing.T) {
	at, through := proxyServer(t)
	use := true
	r := newRig(t, Config{TrustedHosts: []string{"127.0.0.1"}, Proxy: func(q *http.Request) (*url.URL, error) {
		switch {
		case q.Method != http.MethodPost || q.URL.Host == "":
			t.Errorf("asked with %s %v", q.Method, q.URL)
		case strings.HasPrefix(q.URL.Path, "/wrong"):
			return nil, errors.New("parse \"http://user:hunter2@proxy\"")
		case use:
			return at, nil
		}
		return nil, nil
	}})
	for _, stream := range []bool{false, true} {
		if got, err := r.answer("openai", chat("m", stream)); err != nil || got.Choices[0].Text() == "" {
			t.Errorf("stream=%v: %v", stream, err)
		}
	}
	if through.Load() != 2 {
		t.Errorf("%d calls took the proxy, want 2", through.Load())
	}
	custom := r.target("openai")
	custom.CustomHost = true
	if _, err := r.answer("openai", gatewaytest.Hello, gatewaytest.WithTarget(custom)); err != nil || through.Load() != 2 {
		t.Errorf("a caller's host took the proxy, or failed: %v", err)
	}
	use = false
	if _, err := r.answer("openai", gatewaytest.Hello); err != nil || through.Load() != 2 {
		t.Errorf("no proxy for this one: %v", err)
	}
	wrong := r.target("openai")
	wrong.BaseURL = "http://127.0.0.1/wrong"
	if _, err := r.answer("openai", gatewaytest.Hello, gatewaytest.WithTarget(wrong)); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("a proxy that is set up wrong: %v", err)
	}
}

// TestTransport: addresses that a caller chose are guarded, unless they are trusted.
func TestTransport(t *testing.T) {
	c := New(Config{})
	defer c.Close()
	for _, x := range []struct {
		url             string
		custom, trusted bool
		want            *http.Transport
	}{
		{"https://api.openai.com/v1", false, true, c.direct}, {"https://api.openai.com/v1", true, false, c.publicOnly}, {"http://localhost/v1", true, true, c.direct},
	} {
		u, err := url.Parse(x.url)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := c.transport(codec.NewPost(u, nil, false), x.custom, x.trusted); err != nil || got != x.want {
			t.Errorf("%s custom=%v trusted=%v: %v", x.url, x.custom, x.trusted, err)
		}
	}
}

// TestUnaryMemory: the chunk stays as it is until Next is called again, though its stream
// was closed by another goroutine and others have answered since.
func TestUnaryMemory(t *testing.T) {
	r := newRig(t, Config{})
	for _, closed := range []bool{true, false} {
		s, err := r.ask(context.Background(), "openai", chat("first", false))
		if err != nil {
			t.Fatal(err)
		}
		c, err := s.Next()
		if err != nil {
			t.Fatal(err)
		}
		before := string(c.Raw)
		if closed {
			s.Close()
		}
		for range 20 {
			if _, err := r.answer("openai", chat("another-one", false)); err != nil {
				t.Fatal(err)
			}
		}
		if string(c.Raw) != before {
			t.Errorf("closed=%v: the chunk was overwritten: %s", closed, c.Raw)
		}
		for range 2 {
			if _, err := s.Next(); err != io.EOF {
				t.Errorf("after the chunk: %v", err)
			}
		}
		s.Close()
	}
}

// TestMalformedAnswer: an answer that cannot be parsed is a BadUpstream error, after which
// Router may try another target.
func TestMalformedAnswer(t *testing.T) {
	for _, head := range []string{"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", "garbage\r\n\r\n",
		"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 300<<10) + "\r\n\r\n"} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			conn, err := l.Accept()
			if err != nil {
				return
			}
			defer conn.Close()
			if q, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
				_, _ = io.Copy(io.Discard, q.Body)
				io.WriteString(conn, head+okBody)
			}
		}()
		r := newRig(t, Config{})
		target := &gateway.Target{Path: "config", Provider: "openai", BaseURL: "http://" + l.Addr().String(), Credential: gateway.NewSecret(testKey)}
		_, err = r.answer("openai", gatewaytest.Hello, gatewaytest.WithTarget(target))
		if e := gateway.AsError(err); e == nil || e.Kind != gateway.BadUpstream || !e.Retryable() {
			t.Errorf("%.60q: %v", head, err)
		}
		l.Close()
		<-done
	}
}
