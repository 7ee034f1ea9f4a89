package provider

import (
	"context"
	"crypto/x509"
	"net/http"
	"net/url"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// Config sets up the client. The zero value of a field means its default.
type Config struct {
	Connect    time.Duration // TCP and TLS; default 5 s
	IdleStream time.Duration // between two chunks; default 60 s
	MaxAnswer  int64         // bytes of a unary answer; default 64 MiB
	MaxEvent   int           // bytes of one event of a stream; default 16 MiB

	// TrustedHosts are hosts, or host:port, that a caller's custom_host may name although
	// they are private.
	TrustedHosts []string
	// Proxy chooses an outgoing proxy, as in http.Transport; nil = none. It is asked with
	// the method and the URL. Calls of a caller's custom_host never take it.
	Proxy func(*http.Request) (*url.URL, error)
	// RootCAs are who may vouch for a vendor; nil = whom the system trusts.
	RootCAs *x509.CertPool
}

func (c Config) withDefaults() Config {
	def := func(d *time.Duration, v time.Duration) {
		if *d <= 0 {
			*d = v
		}
	}
	def(&c.Connect, 5*time.Second)
	def(&c.IdleStream, 60*time.Second)
	if c.MaxAnswer <= 0 {
		c.MaxAnswer = 64 << 20
	}
	return c
}

// Client is the one HTTP client of the process. It starts no goroutine of its own; those
// of its idle connections end with Close.
type Client struct {
	cfg    Config
	codecs map[string]Codec
	mock   *mock
	places places

	open    *sender // addresses that the operator chose
	guarded *sender // addresses that a caller chose, checked when they are connected to
	proxied *sender // through Config.Proxy; nil = no proxy is set up
	closers []func()
}

// New makes a client.
func New(cfg Config) *Client {
	cfg = cfg.withDefaults()
	c := &Client{cfg: cfg, codecs: make(map[string]Codec, len(table)), mock: &mock{}}
	c.connect()
	for _, v := range table {
		switch v.Format {
		case FormatOpenAI:
			c.codecs[v.ID] = &openaiCodec{vendor: v, places: &c.places}
		case FormatAnthropic:
			c.codecs[v.ID] = &anthropicCodec{vendor: v, places: &c.places}
		}
	}
	return c
}

// Close drops the idle connections. Calls that are under way end by themselves.
func (c *Client) Close() error {
	for _, f := range c.closers {
		f()
	}
	return nil
}

// Handler answers one attempt: Exchange.Target and Exchange.Request are final.
func (c *Client) Handler() gateway.Handler { return c.attempt }

func (c *Client) attempt(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
	const op = "provider.Handler"
	t := ex.Target
	if t == nil || ex.Request == nil {
		return nil, &gateway.Error{Op: op, Kind: gateway.Internal, Public: "No target was chosen for this request."}
	}
	v := row(t.Provider)
	if v == nil {
		return nil, &gateway.Error{Op: op, Kind: gateway.Invalid, Param: "provider", Target: t.Path, Code: "unknown_provider",
			Public: "Sluice knows no provider '" + t.Provider + "'."}
	}
	if v.Format == FormatMock {
		return c.mock.answer(ctx, t, ex.Request)
	}
	credential := t.Credential // Router's choice: the caller's own only where no virtual key was named
	if credential.Empty() && !v.KeyLess && t.BaseURL == "" {
		return nil, &gateway.Error{Op: op, Kind: gateway.Unauthorized, Param: "Authorization", Target: t.Path, Code: "no_credential",
			Public: "There is no credential for the provider '" + v.ID + "': name a virtual key, or send the provider's key in Authorization beside x-sluice-api-key."}
	}
	s, err := c.call(ctx, ex, v, credential)
	if err != nil {
		e := scrub(gateway.AsError(err), credential)
		if e.Target == "" {
			e.Target = t.Path
		}
		return nil, e
	}
	return s, nil
}

// call sends the request and reads its answer, up to the first chunk that says something.
// The ctx bounds the wait for that chunk: Router sets the limit.
func (c *Client) call(ctx context.Context, ex *gateway.Exchange, v *Vendor, credential gateway.Secret) (gateway.Stream, error) {
	t, codec := ex.Target, c.codecs[v.ID]
	trusted := true
	if t.CustomHost {
		var err error
		if trusted, err = checkAddress(t.BaseURL, c.cfg.TrustedHosts); err != nil {
			return nil, err
		}
	}
	k := begin(ctx, &c.cfg, v.ID)
	req, err := codec.Request(t, ex.Request, credential)
	if err != nil {
		k.end()
		return nil, err
	}
	pass(req, ex.Envelope.Header, v.Pass...)
	forward(req, ex.Envelope.Header, t.Forward...)
	via, err := c.sender(req.to, t.CustomHost, trusted)
	if err != nil {
		defer k.end()
		return nil, err
	}
	res, err := via.send(k.ctx, req)
	if err != nil {
		defer k.end()
		return nil, k.unreachable(err)
	}
	body, err := unzipped(&res)
	if err != nil {
		defer k.end()
		res.body.Close()
		return nil, err
	}
	if res.status < 200 || res.status > 299 {
		defer k.end()
		defer body.Close()
		return nil, c.refusal(codec, res, body)
	}
	d := codec.Decoder(t, ex.Request, res.header)
	if streamed(ex.Request, res.header) {
		s := newStream(k, body, d, c.cfg, t.Path, credential)
		if !ex.Request.Stream() {
			return whole(s)
		}
		return s.primed()
	}
	defer k.end()
	defer body.Close()
	answer, err := c.readAll(body, res.length)
	if err != nil {
		return nil, k.broke(err)
	}
	chunk, err := d.Body(answer)
	if err != nil {
		return nil, err
	}
	return gateway.Chunks(chunk), nil
}
