package provider

import (
	"context"
	"crypto/x509"
	"net/http"
	"net/url"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/gateway/provider/mock"
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
	codecs map[string]Codec // by vendor id

	open    *http.Transport // addresses that the operator chose
	guarded *http.Transport // addresses that a caller chose, checked when they are connected to
	proxied *http.Transport // through Config.Proxy; nil = no proxy is set up
	closers []func()
}

// New makes a client.
func New(cfg Config) *Client {
	cfg = cfg.withDefaults()
	c := &Client{cfg: cfg, codecs: make(map[string]Codec, len(table))}
	c.connect()
	for _, v := range table {
		switch v.Format {
		case FormatOpenAI:
			c.codecs[v.ID] = newOpenAICodec(v)
		case FormatAnthropic:
			c.codecs[v.ID] = &anthropicCodec{v}
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
	v := vendorByID(t.Provider)
	if v == nil {
		return nil, &gateway.Error{Op: op, Kind: gateway.Invalid, Param: "provider", Target: t.Path, Code: "unknown_provider",
			Public: "Sluice knows no provider '" + t.Provider + "'."}
	}
	s, err := c.answer(ctx, ex, v)
	if err != nil {
		e := scrub(gateway.AsError(err), t.Credential)
		if e.Target == "" {
			e.Target = t.Path
		}
		return nil, e
	}
	return s, nil
}

// answer chooses who answers: the vendor, or this process.
func (c *Client) answer(ctx context.Context, ex *gateway.Exchange, v *Vendor) (gateway.Stream, error) {
	t := ex.Target
	switch {
	case ex.Request.Op == gateway.OpCountTokens && v.Format != FormatAnthropic:
		return estimateTokens(ex.Request)
	case v.Format == FormatMock:
		return translated(ex.Request, openai.Dialect{}, func(req *gateway.Request) (gateway.Stream, error) {
			return mock.Answer(ctx, t, req)
		})
	}
	if ex.Request.Op == gateway.OpEmbeddings && v.Quirks.NoEmbeddings {
		return nil, noEmbeddings(v, t)
	}
	credential := t.Credential // Router's choice: the caller's own only where no virtual key was named
	if credential.Empty() && !v.KeyLess && t.BaseURL == "" {
		return nil, &gateway.Error{Op: "provider.Handler", Kind: gateway.Unauthorized, Param: "Authorization", Target: t.Path, Code: "no_credential",
			Public: "There is no credential for the provider '" + v.ID + "': name a virtual key, or send the provider's key in Authorization beside x-sluice-api-key."}
	}
	codec := c.codecs[v.ID]
	return translated(ex.Request, codec.Format(), func(req *gateway.Request) (gateway.Stream, error) {
		if req != ex.Request {
			req = v.forTarget(t, req)
		}
		return c.call(ctx, ex, v, codec, req)
	})
}

// translated answers req through call, which speaks the format of the target. Where that is
// the caller's own, request and answer pass as they are.
func translated(req *gateway.Request, to dialect.Format, call func(*gateway.Request) (gateway.Stream, error)) (gateway.Stream, error) {
	if req.Dialect.Name() == to.Name() {
		return call(req)
	}
	from, ok := req.Dialect.(dialect.Format)
	if !ok {
		return nil, &gateway.Error{Op: "provider.Handler", Kind: gateway.Internal, Public: "The format '" + req.Dialect.Name() + "' cannot be translated."}
	}
	tr, native, err := dialect.Translate(from, to, req)
	if err != nil {
		return nil, err
	}
	s, err := call(native)
	if err != nil {
		return nil, err
	}
	return tr.Answer(s)
}

// call sends a request in the codec's format and reads its answer, up to the first chunk
// that says something. The ctx bounds the wait for that chunk: Router sets the limit.
func (c *Client) call(ctx context.Context, ex *gateway.Exchange, v *Vendor, codec Codec, req *gateway.Request) (gateway.Stream, error) {
	t := ex.Target
	trusted := true
	if t.CustomHost {
		var err error
		if trusted, err = checkAddress(t.BaseURL, c.cfg.TrustedHosts); err != nil {
			return nil, err
		}
	}
	out, err := codec.Request(t, req)
	if err != nil {
		return nil, err
	}
	pass(out.Header, ex.Envelope.Header, v.Pass...)
	forward(out.Header, ex.Envelope.Header, t.Forward...)
	if !t.Credential.Empty() {
		if err := v.signer().Sign(ctx, out, t.Credential); err != nil {
			return nil, err
		}
	}
	transport, err := c.transport(out, t.CustomHost, trusted)
	if err != nil {
		return nil, err
	}
	k := begin(ctx, &c.cfg, v.ID)
	res, err := transport.RoundTrip(out.WithContext(k.ctx)) //nolint:bodyclose // closed by read or by the stream
	if err != nil {
		defer k.end()
		return nil, k.unreachable(err)
	}
	return c.read(k, t, codec, req, res)
}

// read reads an answer, up to the first chunk that says something. The stream that it
// returns owns k and the body of res; on an error both are closed.
func (c *Client) read(k *call, t *gateway.Target, codec Codec, req *gateway.Request, res *http.Response) (_ gateway.Stream, err error) {
	done := true
	defer func() {
		if done {
			res.Body.Close()
			k.end()
		}
	}()
	body, err := unzipped(res)
	if err != nil {
		return nil, err
	}
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return nil, refusal(codec, res, body)
	}
	d := codec.Decoder(req)
	if streamed(req, res.Header) {
		s := newStream(k, body, d, c.cfg, t)
		if !req.Stream() {
			return whole(s, codec.Format())
		}
		done = false // primed closes what it does not hand on
		return s.primed()
	}
	raw, err := readBounded(body, c.cfg.MaxAnswer)
	if err != nil {
		return nil, k.broke(err)
	}
	chunk, err := d.Body(raw)
	if err != nil {
		return nil, err
	}
	return gateway.Chunks(chunk), nil
}
