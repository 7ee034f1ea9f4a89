package wire

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"syscall"
	"time"

	"github.com/sluicegate/sluice/gateway/socket"
)

// Config sets up a client. The zero value of a field means its default.
type Config struct {
	Connect time.Duration  // TCP, and then TLS; default 5 s
	Idle    time.Duration  // how long an unused connection is kept; default 90 s
	PerHost int            // idle connections of one host; default 1024
	MaxIdle int            // of all hosts; default 4096
	MaxHead int            // bytes of an answer's head, 1xx answers included; default 256 KiB
	RootCAs *x509.CertPool // default: the system's

	// Control checks an address that is about to be connected to, as in net.Dialer.
	Control func(ctx context.Context, network, address string, c syscall.RawConn) error
}

// Client holds the idle connections. It is safe for concurrent use.
type Client struct {
	cfg    Config
	dialer net.Dialer
	tls    *tls.Config
	pool   pool
}

// New makes a client.
func New(cfg Config) *Client {
	if cfg.Connect <= 0 {
		cfg.Connect = 5 * time.Second
	}
	if cfg.Idle <= 0 {
		cfg.Idle = 90 * time.Second
	}
	if cfg.PerHost <= 0 {
		cfg.PerHost = 1024
	}
	if cfg.MaxIdle <= 0 {
		cfg.MaxIdle = 4096
	}
	if cfg.MaxHead <= 0 {
		cfg.MaxHead = 256 << 10
	}
	return &Client{
		cfg:    cfg,
		dialer: net.Dialer{Timeout: cfg.Connect, KeepAlive: 30 * time.Second, ControlContext: cfg.Control},
		tls:    &tls.Config{RootCAs: cfg.RootCAs, NextProtos: []string{"http/1.1"}, ClientSessionCache: tls.NewLRUClientSessionCache(256)},
		pool:   pool{idle: make(map[host]*stack), perHost: cfg.PerHost, all: cfg.MaxIdle, keep: cfg.Idle},
	}
}

// Close drops the idle connections. Those in use are dropped when their answers end.
func (c *Client) Close() { c.pool.close() }

// Do sends r and gives the answer once its head is there. The ctx governs the body as well:
// it must live until the Response is closed.
func (c *Client) Do(ctx context.Context, r Request) (*Response, error) {
	buf := outgoing.Get().(*[]byte)
	out, rest, err := r.append((*buf)[:0])
	if cap(out) <= maxRequest {
		*buf = out
		defer outgoing.Put(buf)
	}
	if err != nil {
		return nil, err
	}
	for pooled := true; ; {
		cn, err := c.connection(ctx, r.To, pooled)
		if err != nil {
			return nil, because(ctx, err)
		}
		res, again, err := c.exchange(ctx, cn, out, rest)
		if err == nil {
			return res, nil
		}
		cn.unwatch()
		cn.drop()
		if !again || ctx.Err() != nil {
			return nil, because(ctx, err)
		}
		pooled = errors.Is(err, errStale)
	}
}

// errStale is the failure of an idle connection that ended, or spoke unasked, before the
// request was written.
var errStale = errors.New("wire: an idle connection ended")

// because prefers the reason of a cancellation to what it looked like on the connection.
func because(ctx context.Context, err error) error {
	if d, ok := ctx.Deadline(); ok && !time.Now().Before(d) {
		<-ctx.Done() // the dialer's clock may be ahead of the ctx's by a moment
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// exchange writes the request and reads the head of its answer. again: the request surely
// was not acted upon, and may be sent once more.
func (c *Client) exchange(ctx context.Context, cn *conn, out, rest []byte) (_ *Response, again bool, err error) {
	before := cn.written()
	cn.watch(ctx)
	if cn.used && cn.asks() {
		n := cn.ask(out, len(rest) == 0)
		if !cn.quiet {
			return nil, true, errStale
		}
		out = out[n:]
	}
	whole, failed := cn.send(out, rest)
	// A peer may refuse a large body before it has read it all: its answer is still there
	// to be read when the write has failed.
	h, err := cn.readHead(c.cfg.MaxHead)
	if err == nil {
		h.keep = h.keep && failed == nil
		return newResponse(ctx, c, cn, h), false, nil
	}
	again = cn.used && !cn.heard && (!whole || errors.Is(err, io.EOF) && !cn.reached(before))
	if failed != nil && !cn.heard {
		err = failed
	}
	return nil, again, err
}

// connection takes an idle connection, which is alive if ask is not going to look, or makes
// one.
func (c *Client) connection(ctx context.Context, to *Endpoint, pooled bool) (*conn, error) {
	for pooled {
		cn := c.pool.take(to.host)
		if cn == nil {
			break
		}
		if time.Since(cn.since) < c.cfg.Idle && (cn.asks() || cn.alive()) {
			cn.used, cn.heard = true, false
			return cn, nil
		}
		cn.retire()
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return c.dial(ctx, to)
}

func (c *Client) dial(ctx context.Context, to *Endpoint) (*conn, error) {
	tcp, err := c.dialer.DialContext(ctx, "tcp", to.host.addr)
	if err != nil {
		return nil, err
	}
	if !to.host.tls {
		return newConn(to.host, tcp, nil)
	}
	cfg := c.tls.Clone()
	cfg.ServerName = to.server
	count := &counter{Conn: socket.Wrap(tcp)}
	secure := tls.Client(count, cfg)
	ctx, cancel := context.WithTimeout(ctx, c.cfg.Connect)
	defer cancel()
	if err := secure.HandshakeContext(ctx); err != nil {
		tcp.Close()
		return nil, err
	}
	cn, err := newConn(to.host, tcp, secure)
	if err == nil {
		cn.count = count
	}
	return cn, err
}
