package provider

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/url"
	"syscall"
	"time"

	"github.com/sluicegate/sluice/gateway/provider/wire"
)

// control checks an address that is about to be connected to, as in net.Dialer.
type control func(ctx context.Context, network, address string, c syscall.RawConn) error

// connect makes the senders. None of them starts a goroutine before it is used.
func (c *Client) connect() {
	c.open, c.guarded = c.lean(nil), c.lean(refusePrivate)
	c.plain, c.plainGuarded = c.standard(nil, nil), c.standard(refusePrivate, nil)
	if c.cfg.Proxy != nil {
		c.proxied = c.standard(nil, c.cfg.Proxy)
	}
}

func (c *Client) lean(check control) sender {
	w := wire.New(wire.Config{Connect: c.cfg.Connect, RootCAs: c.cfg.RootCAs, Control: check})
	c.closers = append(c.closers, w.Close)
	return lean{w}
}

// standard speaks HTTP/1.1 only, too: on two cores HTTP/2 costs half as much again, and
// caps the streams of one connection.
func (c *Client) standard(check control, proxy func(*http.Request) (*url.URL, error)) sender {
	var only http.Protocols
	only.SetHTTP1(true)
	d := &net.Dialer{Timeout: c.cfg.Connect, KeepAlive: 30 * time.Second, ControlContext: check}
	t := &http.Transport{
		DialContext:            d.DialContext,
		Proxy:                  proxy,
		Protocols:              &only,
		TLSClientConfig:        &tls.Config{RootCAs: c.cfg.RootCAs},
		TLSHandshakeTimeout:    c.cfg.Connect,
		MaxIdleConnsPerHost:    1024,
		IdleConnTimeout:        90 * time.Second,
		DisableCompression:     true,
		MaxResponseHeaderBytes: 256 << 10,
		WriteBufferSize:        8 << 10,
		ReadBufferSize:         8 << 10,
	}
	c.closers = append(c.closers, t.CloseIdleConnections)
	return standard{t}
}

// sender chooses who sends to p. custom: a caller chose the address; trusted: the operator
// let it through, private or not. A caller's address never takes the proxy, which might
// reach what we must not.
func (c *Client) sender(p *place, custom, trusted bool) (sender, error) {
	if c.proxied != nil && !custom {
		// An error here is the proxy's URL, which may hold a password: it is not quoted.
		u, err := c.cfg.Proxy(p.ask)
		if err != nil {
			return nil, broken("provider.sender", "The outgoing proxy is not set up as it should be.", nil)
		}
		if u != nil {
			return c.proxied, nil
		}
	}
	switch {
	case p.wire == nil && trusted:
		return c.plain, nil
	case p.wire == nil:
		return c.plainGuarded, nil
	case trusted:
		return c.open, nil
	}
	return c.guarded, nil
}
