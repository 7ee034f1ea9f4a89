package e2e

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestBodyThatNeverComes: a call whose body does not come is answered 408, one with a bad key
// 401 without waiting for the body, and both leave their rows.
func TestBodyThatNeverComes(t *testing.T) {
	s := start(t, "limits: {body: 1s}\n", nil)
	for _, c := range []struct {
		key    string
		status int64
		within time.Duration
	}{{ownerKey, 408, 5 * time.Second}, {"sk-sl-unknown", 401, 900 * time.Millisecond}} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
		begin := time.Now()
		fmt.Fprintf(conn, "POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer %s\r\nContent-Length: 30000000\r\n\r\n{", c.key)
		res, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if d := time.Since(begin); int64(res.StatusCode) != c.status || d > c.within {
			t.Errorf("%d after %v, want %d within %v", res.StatusCode, d, c.status, c.within)
		}
		if row := s.logged(res.Header.Get("X-Sluice-Trace-Id")); row.Get("status").Int() != c.status {
			t.Errorf("the row says %s", row.Get("status"))
		}
	}
}

// TestTLS: HTTPS with HTTP/2, spoken by Go and by curl, and a new certificate without a restart.
func TestTLS(t *testing.T) {
	dir := t.TempDir()
	certificate(t, dir, 1)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	write(t, filepath.Join(dir, "sluice.yaml"), "listen: "+address+"\ntls: {cert: cert.pem, key: key.pem}\n")
	binary, err := build()
	if err != nil {
		t.Fatal(err)
	}
	var out output
	cmd := exec.Command(binary, "serve", "--config", "sluice.yaml")
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, &out
	cmd.Env = append(os.Environ(), "SLUICE_API_KEY="+ownerKey)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		if err := cmd.Wait(); err != nil {
			t.Errorf("%v\n%s", err, &out)
		}
	}()
	get := func() (proto string, serial int64) {
		tr := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true} // the certificate is its own
		defer tr.CloseIdleConnections()
		res, err := (&http.Client{Transport: tr, Timeout: 5 * time.Second}).Get("https://" + address + "/readyz")
		if err != nil {
			return "", 0
		}
		defer res.Body.Close()
		_, _ = io.Copy(io.Discard, res.Body)
		return res.Proto, res.TLS.PeerCertificates[0].SerialNumber.Int64()
	}
	until := func(want int64) {
		t.Helper()
		for end := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
			proto, serial := get()
			if proto == "HTTP/2.0" && serial == want {
				return
			}
			if time.Now().After(end) {
				t.Fatalf("%q with certificate %d, want %d\n%s", proto, serial, want, &out)
			}
		}
	}
	until(1)
	if !strings.Contains(out.String(), "https://"+address) {
		t.Errorf("the welcome text:\n%s", &out)
	}
	if _, err := exec.LookPath("curl"); err == nil {
		answer, err := exec.Command("curl", "-sS", "--http2", "--cacert", filepath.Join(dir, "cert.pem"), "-w", " %{http_version} %{http_code}", "-H", "Authorization: Bearer "+ownerKey,
			"-d", `{"model":"mock/echo","messages":[{"role":"user","content":"hi"}]}`, "https://"+address+"/v1/chat/completions").CombinedOutput()
		if err != nil || !strings.HasSuffix(string(answer), " 2 200") {
			t.Errorf("curl: %s %v", answer, err)
		}
	}
	certificate(t, dir, 2)
	until(2)
}

// certificate writes cert.pem and key.pem for 127.0.0.1.
func certificate(t *testing.T, dir string, serial int64) {
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
	write(t, filepath.Join(dir, "cert.pem"), string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	write(t, filepath.Join(dir, "key.pem"), string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw})))
}
