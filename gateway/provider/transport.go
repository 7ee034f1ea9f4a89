package provider

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/url"
	"syscall"
	"time"

	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
)

// control checks an address before it is connected to, as in net.Dialer.
type control func(ctx context.Context, network, address string, c syscall.RawConn) error

// connect makes the transports. None of them starts a goroutine before it is used.
func (c *Client) connect() {
	c.open, c.guarded = c.newTransport(nil, nil), c.newTransport(refusePrivate, nil)
	if c.cfg.Proxy != nil {
		c.proxied = c.newTransport(nil, c.cfg.Proxy)
	}
}

// newTransport makes a transport. It speaks HTTP/2 where the vendor offers it over TLS.
func (c *Client) newTransport(check control, proxy func(*http.Request) (*url.URL, error)) *http.Transport {
	d := &net.Dialer{Timeout: c.cfg.Connect, KeepAlive: 30 * time.Second, ControlContext: check}
	t := &http.Transport{
		DialContext:            d.DialContext,
		Proxy:                  proxy,
		ForceAttemptHTTP2:      true,
		HTTP2:                  &http.HTTP2Config{SendPingTimeout: 30 * time.Second, PingTimeout: 15 * time.Second},
		TLSClientConfig:        &tls.Config{RootCAs: c.cfg.RootCAs},
		TLSHandshakeTimeout:    c.cfg.Connect,
		MaxIdleConnsPerHost:    1024,
		IdleConnTimeout:        90 * time.Second,
		DisableCompression:     true,
		MaxResponseHeaderBytes: 256 << 10,
	}
	c.closers = append(c.closers, t.CloseIdleConnections)
	return t
}

// transport chooses the transport for r. custom: a caller chose the address; trusted: the
// operator listed it in TrustedHosts or it is public. An address that a caller chose never
// takes the proxy, which might reach private hosts.
func (c *Client) transport(r *http.Request, custom, trusted bool) (*http.Transport, error) {
	if c.proxied != nil && !custom {
		// An error here quotes the proxy's URL, which may hold a password.
		u, err := c.cfg.Proxy(r)
		if err != nil {
			return nil, vendorerror.Broken("provider.transport", "The outgoing proxy is not set up as it should be.", nil)
		}
		if u != nil {
			return c.proxied, nil
		}
	}
	if trusted {
		return c.open, nil
	}
	return c.guarded, nil
}
