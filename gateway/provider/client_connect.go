package provider

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/url"
	"syscall"
	"time"
)

// control checks an address before it is connected to, as in net.Dialer.
type control func(ctx context.Context, network, address string, c syscall.RawConn) error

// connect makes the senders. None of them starts a goroutine before it is used.
func (c *Client) connect() {
	c.open, c.guarded = c.newSender(nil, nil), c.newSender(refusePrivate, nil)
	if c.cfg.Proxy != nil {
		c.proxied = c.newSender(nil, c.cfg.Proxy)
	}
}

// newSender makes a transport. It speaks HTTP/2 where the vendor offers it over TLS.
func (c *Client) newSender(check control, proxy func(*http.Request) (*url.URL, error)) *sender {
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
	return &sender{t}
}

// sender chooses the sender for p. custom: a caller chose the address; trusted: the operator
// listed it in TrustedHosts or it is public. An address that a caller chose never takes the
// proxy, which might reach private hosts.
func (c *Client) sender(p *place, custom, trusted bool) (*sender, error) {
	if c.proxied != nil && !custom {
		// An error here quotes the proxy's URL, which may hold a password.
		u, err := c.cfg.Proxy(p.ask)
		if err != nil {
			return nil, broken("provider.sender", "The outgoing proxy is not set up as it should be.", nil)
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
