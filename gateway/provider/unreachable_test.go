package provider

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// Each way in which a connection fails has its own words.
func TestUnreachable(t *testing.T) {
	closed := httptest.NewServer(nil)
	closed.Close()
	plain := httptest.NewServer(nil)
	defer plain.Close()
	untrusted := httptest.NewTLSServer(nil)
	defer untrusted.Close()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	for url, want := range map[string]string{
		closed.URL: "the connection was refused",
		"https://" + plain.Listener.Addr().String(): "it does not speak TLS",
		untrusted.URL:                       "its certificate is not trusted",
		"https://" + silent.Addr().String(): "the connection was not made in time",
		"http://no-such-name.invalid./v1":   "its name was not found",
		"http://user:pass@[::1]:bad-port/":  "",
	} {
		client := &http.Client{Timeout: 3 * time.Second, Transport: &http.Transport{TLSHandshakeTimeout: 100 * time.Millisecond, DialContext: dialOrNotFound}}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
		if err == nil {
			var res *http.Response
			if res, err = client.Do(req); err == nil {
				_ = res.Body.Close()
			}
		}
		if got := unreachable(err); got != want {
			t.Errorf("%s: %v: got %q, want %q", url, err, got, want)
		}
	}
	if got := unreachable(&net.DNSError{Err: "server misbehaving", IsTemporary: true}); got != "its name could not be looked up" {
		t.Error(got)
	}
}

// dialOrNotFound looks up no name, so that the test needs no network.
func dialOrNotFound(ctx context.Context, network, addr string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	if net.ParseIP(host) == nil {
		return nil, &net.OpError{Op: "dial", Net: network, Err: &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}}
	}
	return new(net.Dialer).DialContext(ctx, network, addr)
}

// A deadline that is set again while its timer is on its way does not cancel the call.
func TestDeadlineSetAgain(t *testing.T) {
	k := newUpstreamCall(t.Context(), &Config{IdleStream: time.Hour}, "mock")
	defer k.release()
	k.setDeadline(time.Hour, idleTimeout)
	k.deadlinePassed() // of the deadline before
	if err := k.ctx.Err(); err != nil {
		t.Fatal("a timer that was late cancelled the call:", err)
	}
	k.setDeadline(time.Millisecond, idleTimeout)
	select {
	case <-k.ctx.Done():
	case <-time.After(10 * time.Second):
		t.Fatal("the deadline did not cancel the call")
	}
	if e := k.cancelError(); e == nil || errors.Is(e, context.Canceled) {
		t.Error(e)
	}
}
