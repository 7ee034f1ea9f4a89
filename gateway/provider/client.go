package provider

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// Config sets up the client. The zero value of a field means its default.
type Config struct {
	Connect    time.Duration // TCP and TLS; default 5 s
	FirstByte  time.Duration // to the first chunk, where the target sets no timeout; default 120 s
	IdleStream time.Duration // between two chunks; default 60 s
	MaxAnswer  int64         // bytes of a unary answer; default 64 MiB
	MaxEvent   int           // bytes of one event of a stream; default 16 MiB

	// TrustedHosts are hosts, or host:port, that a caller's custom_host may name although
	// they are private.
	TrustedHosts []string
	// Proxy chooses an outgoing proxy, as in http.Transport; nil = none. Calls of a
	// caller's custom_host never take it.
	Proxy func(*http.Request) (*url.URL, error)
}

func (c Config) withDefaults() Config {
	def := func(d *time.Duration, v time.Duration) {
		if *d <= 0 {
			*d = v
		}
	}
	def(&c.Connect, 5*time.Second)
	def(&c.FirstByte, 120*time.Second)
	def(&c.IdleStream, 60*time.Second)
	if c.MaxAnswer <= 0 {
		c.MaxAnswer = 64 << 20
	}
	return c
}

// Client is the one HTTP client of the process. It starts no goroutine of its own; those
// of its idle connections end with Close.
type Client struct {
	cfg     Config
	codecs  map[string]Codec
	open    *http.Transport // addresses that the operator chose
	guarded *http.Transport // addresses that a caller chose
	mock    *mock
}

// New makes a client.
func New(cfg Config) *Client {
	cfg = cfg.withDefaults()
	c := &Client{cfg: cfg, codecs: make(map[string]Codec, len(table)), mock: &mock{}}
	for _, v := range table {
		switch v.Format {
		case FormatOpenAI:
			c.codecs[v.ID] = &openaiCodec{vendor: v}
		case FormatAnthropic:
			c.codecs[v.ID] = &anthropicCodec{vendor: v}
		}
	}
	dialer := &net.Dialer{Timeout: cfg.Connect, KeepAlive: 30 * time.Second}
	c.open = c.transport(dialer)
	c.open.Proxy = cfg.Proxy
	safe := *dialer
	safe.ControlContext = refusePrivate
	c.guarded = c.transport(&safe)
	return c
}

// transport speaks HTTP/1.1 only: on two cores HTTP/2 costs half as much again, and caps
// the streams of one connection.
func (c *Client) transport(d *net.Dialer) *http.Transport {
	var only http.Protocols
	only.SetHTTP1(true)
	return &http.Transport{
		DialContext:            d.DialContext,
		Protocols:              &only,
		TLSHandshakeTimeout:    c.cfg.Connect,
		MaxIdleConns:           0,
		MaxIdleConnsPerHost:    1024,
		IdleConnTimeout:        90 * time.Second,
		DisableCompression:     true,
		MaxResponseHeaderBytes: 256 << 10,
		WriteBufferSize:        8 << 10,
		ReadBufferSize:         8 << 10,
	}
}

// Close drops the idle connections. Calls that are under way end by themselves.
func (c *Client) Close() error {
	c.open.CloseIdleConnections()
	c.guarded.CloseIdleConnections()
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
	v, ok := Lookup(t.Provider)
	if !ok {
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
	s, err := c.call(ctx, ex, &v, credential)
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
func (c *Client) call(ctx context.Context, ex *gateway.Exchange, v *Vendor, credential gateway.Secret) (gateway.Stream, error) {
	t, codec := ex.Target, c.codecs[v.ID]
	transport := c.open
	if t.CustomHost {
		trusted, err := checkAddress(t.BaseURL, c.cfg.TrustedHosts)
		if err != nil {
			return nil, err
		}
		if !trusted {
			transport = c.guarded
		}
	}
	k := begin(ctx, c.cfg, v.ID)
	req, err := codec.Request(k.ctx, t, ex.Request, credential)
	if err != nil {
		k.end()
		return nil, err
	}
	forward(req.Header, ex.Envelope.Header, v.Pass...)
	forward(req.Header, ex.Envelope.Header, t.Forward...)
	if t.Timeout == 0 {
		k.limit(c.cfg.FirstByte, k.late)
	}
	res, err := transport.RoundTrip(req)
	if err != nil {
		defer k.end()
		return nil, k.unreachable(err)
	}
	body, err := unzipped(res)
	if err != nil {
		defer k.end()
		res.Body.Close()
		return nil, err
	}
	if res.StatusCode < 200 || res.StatusCode > 299 {
		defer k.end()
		defer body.Close()
		return nil, c.refusal(codec, res, body)
	}
	d := codec.Decoder(t, ex.Request, res.Header)
	if streamed(ex.Request, res.Header) {
		s := newStream(k, body, d, c.cfg, t.Path, credential)
		if !ex.Request.Stream() {
			return whole(s)
		}
		return s.primed()
	}
	defer k.end()
	defer body.Close()
	raw, err := c.readAll(body, res.ContentLength)
	if err != nil {
		return nil, k.broke(err)
	}
	chunk, err := d.Body(raw)
	if err != nil {
		return nil, err
	}
	return gateway.Chunks(chunk), nil
}
