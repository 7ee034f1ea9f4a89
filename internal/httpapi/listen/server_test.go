package listen

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// run serves until the test ends and gives the address.
func run(t *testing.T, handler http.Handler, cfg Config) (address string, s *Server) {
	t.Helper()
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	s, err := New(handler, cfg)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- s.Serve(l) }()
	t.Cleanup(func() {
		s.Close()
		if err := <-done; err != http.ErrServerClosed {
			t.Errorf("Serve: %v", err)
		}
	})
	return l.Addr().String(), s
}

// hello answers with the protocol and the length of the body.
var hello = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	b, _ := io.ReadAll(r.Body)
	fmt.Fprintf(w, "%s %d", r.Proto, len(b))
})

// writePair makes a certificate for 127.0.0.1 with this serial number.
func writePair(t *testing.T, dir string, serial int64) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "test"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for file, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: raw}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

func get(t *testing.T, c *http.Client, url string) string {
	t.Helper()
	res, err := c.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestTLSAndHTTP2(t *testing.T) {
	cert, key := writePair(t, t.TempDir(), 1)
	address, _ := run(t, hello, Config{Cert: cert, Key: key})
	pool := x509.NewCertPool()
	text, err := os.ReadFile(cert)
	if err != nil {
		t.Fatal(err)
	}
	pool.AppendCertsFromPEM(text)
	for want, two := range map[string]bool{"HTTP/2.0 0": true, "HTTP/1.1 0": false} {
		transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: two}
		if got := get(t, &http.Client{Transport: transport}, "https://"+address); got != want {
			t.Errorf("%q, want %q", got, want)
		}
		transport.CloseIdleConnections()
	}
	if _, err := exec.LookPath("curl"); err == nil {
		for _, c := range [][2]string{{"--http2", "HTTP/2.0 3"}, {"--http1.1", "HTTP/1.1 3"}} {
			out, err := exec.Command("curl", "-sS", c[0], "--cacert", cert, "-d", "abc", "https://"+address+"/").CombinedOutput()
			if err != nil || string(out) != c[1] {
				t.Errorf("curl %s: %s, %v", c[0], out, err)
			}
		}
	}
	if _, err := New(hello, Config{Cert: cert, Key: "/nowhere", Log: slog.New(slog.DiscardHandler)}); err == nil {
		t.Error("a server without its key")
	}
}

func TestCertificateIsReloaded(t *testing.T) {
	dir := t.TempDir()
	certFile, keyFile := writePair(t, dir, 1)
	c, err := newCertificate(certFile, keyFile, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	serial := func() int64 {
		c.mu.Lock()
		c.looked = time.Time{}
		c.mu.Unlock()
		pair, err := c.get(nil)
		if err != nil {
			t.Fatal(err)
		}
		return pair.Leaf.SerialNumber.Int64()
	}
	if n := serial(); n != 1 {
		t.Fatal(n)
	}
	writePair(t, dir, 2)
	later := time.Now().Add(time.Minute)
	_ = os.Chtimes(certFile, later, later)
	if n := serial(); n != 2 {
		t.Errorf("serial %d after the files changed", n)
	}
	if err := os.WriteFile(keyFile, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if n := serial(); n != 2 {
		t.Errorf("serial %d while the key is broken", n)
	}
	os.Remove(certFile)
	if n := serial(); n != 2 {
		t.Errorf("serial %d without a file", n)
	}
	writePair(t, dir, 3)
	if n := serial(); n != 3 {
		t.Errorf("serial %d after the files came back", n)
	}
}

func TestH2C(t *testing.T) {
	address, _ := run(t, hello, Config{H2C: true})
	transport := &http.Transport{Protocols: new(http.Protocols)}
	transport.Protocols.SetUnencryptedHTTP2(true)
	defer transport.CloseIdleConnections()
	if got := get(t, &http.Client{Transport: transport}, "http://"+address); got != "HTTP/2.0 0" {
		t.Errorf("%q", got)
	}
	one := &http.Transport{}
	defer one.CloseIdleConnections()
	if got := get(t, &http.Client{Transport: one}, "http://"+address); got != "HTTP/1.1 0" {
		t.Errorf("%q", got)
	}
}

func dial(t *testing.T, address string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	return c
}

// status sends a request on the connection and reads the answer's status; 0 = none came.
func status(c net.Conn, request string) int {
	go func() { _, _ = io.WriteString(c, request) }()
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return 0
	}
	_, _ = io.Copy(io.Discard, res.Body)
	res.Body.Close()
	return res.StatusCode
}

const plain = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

func TestConnectionLimits(t *testing.T) {
	for name, x := range map[string]struct {
		limits  Limits
		proxies []netip.Prefix
		want    int // connections that are answered, of four
	}{
		"in all":             {Limits{Connections: 2}, nil, 2},
		"per address":        {Limits{PerAddress: 3}, nil, 3},
		"of a trusted proxy": {Limits{PerAddress: 1}, []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, 4},
	} {
		t.Run(name, func(t *testing.T) {
			address, _ := run(t, hello, Config{Limits: x.limits, TrustedProxies: x.proxies})
			var open []net.Conn
			for range 4 {
				c := dial(t, address)
				if status(c, plain) == 200 {
					open = append(open, c)
				}
			}
			if len(open) != x.want {
				t.Errorf("%d connections were answered, want %d", len(open), x.want)
			}
			open[0].Close() // makes room for another one
			for end := time.Now().Add(5 * time.Second); ; time.Sleep(10 * time.Millisecond) {
				if status(dial(t, address), plain) == 200 {
					break
				}
				if time.Now().After(end) {
					t.Fatal("a closed connection still counts")
				}
			}
		})
	}
}

func TestClientAddress(t *testing.T) {
	for text, want := range map[string]string{"192.0.2.1": "192.0.2.1", "::ffff:192.0.2.1": "192.0.2.1", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::", "fe80::1%eth0": "fe80::", "x": "invalid IP"} {
		if got := Client(text).String(); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

func TestHeads(t *testing.T) {
	address, _ := run(t, hello, Config{Limits: Limits{Header: 200 * time.Millisecond}})
	long := "GET / HTTP/1.1\r\nHost: a\r\nX-Long: " + strings.Repeat("a", 300<<10) + "\r\n\r\n"
	if n := status(dial(t, address), long); n != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("a head of 300 KiB: %d", n)
	}
	fits := "GET / HTTP/1.1\r\nHost: a\r\nX-Long: " + strings.Repeat("a", 200<<10) + "\r\n\r\n"
	if n := status(dial(t, address), fits); n != 200 {
		t.Errorf("a head of 200 KiB: %d", n)
	}
	c := dial(t, address)
	begin := time.Now()
	_, _ = io.WriteString(c, "GET / HTTP/1.1\r\nHos")
	b, err := io.ReadAll(c)
	if d := time.Since(begin); err != nil || d > 5*time.Second || bytes.Contains(b, []byte(" 200 ")) {
		t.Errorf("half a head: %q, %v after %v", b, err, d)
	}
}

// TestStalledWrite: a caller that reads nothing loses its connection; one that reads slowly
// does not.
func TestStalledWrite(t *testing.T) {
	const size = 32 << 20
	ended := make(chan error, 1)
	address, _ := run(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, err := w.Write(make([]byte, size))
		ended <- err
	}), Config{Limits: Limits{WriteStall: 300 * time.Millisecond}})
	_, _ = io.WriteString(dial(t, address), plain)
	select {
	case err := <-ended:
		if err == nil {
			t.Error("the write went well although nobody read")
		}
	case <-time.After(8 * time.Second):
		t.Fatal("the write still waits")
	}
	c := dial(t, address)
	_, _ = io.WriteString(c, plain)
	begin, part, got := time.Now(), make([]byte, 1<<20), 0
	for got < size {
		if time.Since(begin) < time.Second { // slower than the stall as a whole
			time.Sleep(100 * time.Millisecond)
		}
		n, err := c.Read(part)
		if got += n; err != nil {
			t.Fatalf("a slow reader was cut off after %d bytes: %v", got, err)
		}
	}
	if err := <-ended; err != nil {
		t.Errorf("a slow reader: %v", err)
	}
}

// TestCloseWaits: the handlers have returned when Close does.
func TestCloseWaits(t *testing.T) {
	began := make(chan struct{})
	var returned atomic.Bool
	address, s := run(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(began)
		<-r.Context().Done()
		time.Sleep(50 * time.Millisecond)
		returned.Store(true)
	}), Config{})
	_, _ = io.WriteString(dial(t, address), plain)
	<-began
	s.Close()
	if !returned.Load() {
		t.Error("a handler still runs")
	}
}

func TestDrain(t *testing.T) {
	began, release := make(chan struct{}), make(chan struct{})
	address, s := run(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(began)
		<-release
		_, _ = io.WriteString(w, "whole")
	}), Config{})
	c := dial(t, address)
	_, _ = io.WriteString(c, plain)
	<-began
	done := make(chan error, 1)
	go func() { done <- s.Shutdown(context.Background()) }()
	for end := time.Now().Add(5 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		late, err := net.Dial("tcp", address)
		if err != nil {
			break // it accepts no more
		}
		late.Close()
		if time.Now().After(end) {
			t.Fatal("it still accepts")
		}
	}
	close(release)
	b, err := io.ReadAll(c)
	if err != nil || !bytes.HasSuffix(b, []byte("whole")) {
		t.Errorf("%q, %v", b, err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}
