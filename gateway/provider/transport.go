package provider

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/url"
	"syscall"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
	"github.com/sluicegate/sluice/gateway/provider/address"
	"github.com/sluicegate/sluice/gateway/provider/vendor"
)

// connBuffer is the size of each of the two buffers of a connection. A connection keeps them
// while its stream is silent; what does not fit is read and written past them.
const connBuffer = 2 << 10

// dialControl checks an address before it is dialled, as in net.Dialer.
type dialControl func(ctx context.Context, network, address string, c syscall.RawConn) error

// makeTransports makes the transports. A transport starts no goroutine before its first use.
func (c *Client) makeTransports() {
	c.direct, c.publicOnly = c.newTransport(nil, nil), c.newTransport(address.DialPublicOnly, nil)
	if c.cfg.Proxy != nil {
		c.proxied = c.newTransport(nil, c.cfg.Proxy)
	}
}

// newTransport returns a transport. It uses HTTP/2 if the vendor offers it over TLS.
func (c *Client) newTransport(check dialControl, proxy func(*http.Request) (*url.URL, error)) *http.Transport {
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
		ReadBufferSize:         connBuffer,
		WriteBufferSize:        connBuffer,
	}
	c.closers = append(c.closers, t.CloseIdleConnections)
	return t
}

// transport returns the transport for r. custom: a caller chose the address. trusted: the
// address is public or listed in TrustedHosts. An address that a caller chose never uses the
// proxy, because the proxy may reach private hosts.
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
		return c.direct, nil
	}
	return c.publicOnly, nil
}

// roundTrip checks the address of a target, signs a request without a body and sends it. The caller
// closes the body of the answer.
func (c *Client) roundTrip(k *upstreamCall, v *vendor.Vendor, t *gateway.Target, format string, out *http.Request) (*http.Response, error) {
	trusted := true
	if t.CustomHost {
		var err error
		if trusted, err = address.Trusted(t.BaseURL, c.cfg.TrustedHosts); err != nil {
			return nil, err
		}
	}
	if !t.Credential.Empty() {
		if err := c.sign(k.ctx, out, v, t, format, nil); err != nil {
			return nil, err
		}
	}
	transport, err := c.transport(out, t.CustomHost, trusted)
	if err != nil {
		return nil, err
	}
	res, err := transport.RoundTrip(out.WithContext(k.ctx))
	if err != nil {
		return nil, k.connectError(err)
	}
	return res, nil
}
