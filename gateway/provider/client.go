package provider

import (
	"context"
	"crypto/x509"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect"
	"github.com/sluicegate/sluice/gateway/dialect/anthropic"
	"github.com/sluicegate/sluice/gateway/dialect/bedrock"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/gateway/dialect/workersai"
	"github.com/sluicegate/sluice/gateway/provider/address"
	"github.com/sluicegate/sluice/gateway/provider/codec"
	"github.com/sluicegate/sluice/gateway/provider/mock"
	"github.com/sluicegate/sluice/gateway/provider/passthrough"
	"github.com/sluicegate/sluice/gateway/provider/scrub"
	"github.com/sluicegate/sluice/gateway/provider/vendor"
)

// Config configures a Client. A field's zero value means its default.
type Config struct {
	Connect    time.Duration // TCP and TLS; default 5 s
	IdleStream time.Duration // between two chunks; default 60 s
	MaxAnswer  int64         // bytes of a unary answer; default 64 MiB
	MaxEvent   int           // bytes of one event of a stream; default 16 MiB

	// TrustedHosts lists hosts, or host:port, that a caller's custom_host may name although
	// they are private.
	TrustedHosts []string
	// Proxy chooses an outgoing proxy, as in http.Transport; nil means none. It gets the
	// method and the URL. Calls to a caller's custom_host never use the proxy.
	Proxy func(*http.Request) (*url.URL, error)
	// RootCAs are the trusted certificate authorities; nil means the system's.
	RootCAs *x509.CertPool
	// Answered is called when a target has begun to answer, with the body that it got, in the
	// dialect format, if callers speak it. nil means nobody asks.
	Answered func(ex *gateway.Exchange, format gateway.Dialect, body []byte)
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

// Client is the HTTP client for all upstream calls. It starts no goroutine itself. Close
// ends the goroutines of its idle connections.
type Client struct {
	cfg    Config
	codecs map[codecID]codec.Codec

	chatOnly chatOnly
	signers  signers

	direct     *http.Transport // for addresses that the operator chose
	publicOnly *http.Transport // for addresses that a caller chose; checks the address when it connects
	proxied    *http.Transport // through Config.Proxy; nil without a proxy
	closers    []func()
}

// New returns a client.
func New(cfg Config) *Client {
	cfg = cfg.withDefaults()
	c := &Client{cfg: cfg, codecs: map[codecID]codec.Codec{}}
	c.makeTransports()
	for _, v := range vendor.All() {
		for _, format := range append(gateway.FormatNames(), bedrock.Dialect{}.Name(), v.OwnFormat("")) {
			c.codecs[codecID{v.ID, format}] = codec.For(&v, format)
		}
		if name := (workersai.Dialect{}).Name(); v.RunPath != "" {
			c.codecs[codecID{v.ID, name}] = codec.For(&v, name)
		}
	}
	return c
}

// Close closes the idle connections. Calls in progress continue.
func (c *Client) Close() error {
	for _, f := range c.closers {
		f()
	}
	return nil
}

// Handler returns the handler that makes one attempt with Exchange.Target and
// Exchange.Request.
func (c *Client) Handler() gateway.Handler { return c.attempt }

func (c *Client) attempt(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
	const op = "provider.Handler"
	t := ex.Target
	if t == nil || ex.Request == nil {
		return nil, &gateway.Error{Op: op, Kind: gateway.Internal, Public: "No target was chosen for this request."}
	}
	v := vendor.ByID(t.Provider)
	if v == nil {
		return nil, &gateway.Error{Op: op, Kind: gateway.Invalid, Param: "provider", Target: t.Path, Code: "unknown_provider",
			Public: "Sluice knows no provider '" + t.Provider + "'."}
	}
	s, err := c.dispatch(ctx, ex, v)
	if err != nil {
		e := scrub.Error(gateway.AsError(err), t.Credential)
		if e.Target == "" {
			e.Target = t.Path
		}
		return nil, e
	}
	return s, nil
}

// dispatch answers an attempt by a call to the vendor, or inside this process.
func (c *Client) dispatch(ctx context.Context, ex *gateway.Exchange, v *vendor.Vendor) (gateway.Stream, error) {
	t := ex.Target
	switch {
	case ex.Request.Realtime != nil && v.Format == vendor.FormatMock:
		return c.openSession(ctx, ex, v)
	case ex.Request.Op == gateway.OpCountTokens && !c.counts(v, t, ex.Request):
		return estimateTokens(ex.Request)
	case v.Format == vendor.FormatMock:
		if err := checkTarget(ex.Request, openai.Dialect{}); err != nil {
			return nil, err
		}
		return withTranslation(ex, openai.Dialect{}, func(req *gateway.Request) (gateway.Stream, error) {
			ex.Facts.Sent = req.Raw
			s, err := mock.Answer(ctx, t, req)
			if err == nil {
				c.answered(ex, openai.Dialect{}, req.Raw)
			}
			return s, err
		})
	}
	if ex.Request.Op == gateway.OpEmbeddings {
		if _, ok := codec.ForEmbeddings(v, ex.Request.Model()); !ok {
			return nil, noEmbeddings(v, t)
		}
	}
	credential := t.Credential // Router's choice: the caller's own only where no virtual key was named
	if credential.Empty() && !v.Keyless && t.BaseURL == "" {
		return nil, &gateway.Error{Op: "provider.Handler", Kind: gateway.Unauthorized, Param: "Authorization", Target: t.Path, Code: "no_credential",
			Public: "There is no credential for the provider '" + v.ID + "': name a virtual key, or send the provider's key in Authorization beside x-sluice-api-key."}
	}
	switch {
	case ex.Request.Realtime != nil:
		return c.openSession(ctx, ex, v)
	case ex.Request.Pass != nil:
		return c.pass(ctx, ex, v)
	case ex.Request.Op.IsTask():
		return c.runTask(ctx, ex, v)
	}
	format := c.format(v, t, ex.Request)
	s, err := c.call(ctx, ex, v, format)
	if err != nil && ex.Request.Op == gateway.OpChat && c.foundChatOnly(format, t, err) {
		return c.call(ctx, ex, v, v.OwnFormat(ex.Request.Model()))
	}
	return s, err
}

// call makes a call in a format.
func (c *Client) call(ctx context.Context, ex *gateway.Exchange, v *vendor.Vendor, format string) (gateway.Stream, error) {
	wire, t := c.codecs[codecID{v.ID, format}], codec.InProject(v, codec.ReachedIn(v, ex.Target, format))
	if ex.Request.Op == gateway.OpEmbeddings {
		if own, _ := codec.ForEmbeddings(v, ex.Request.Model()); own != nil {
			wire = own
		}
	}
	if n := len(ex.Facts.Attempts); n > 0 { // Router began the record of this attempt
		ex.Facts.Attempts[n-1].Format = wire.Format().Name()
		if t != ex.Target {
			ex.Facts.Attempts[n-1].Host = vendor.Host(t)
		}
	}
	if err := checkTarget(ex.Request, wire.Format()); err != nil {
		return nil, err
	}
	return withTranslation(ex, wire.Format(), func(req *gateway.Request) (gateway.Stream, error) {
		if own, ok := wire.(codec.HeaderWriter); ok {
			var err error
			if req, err = own.WithHeaders(req, ex.Envelope.Header); err != nil {
				return nil, err
			}
		}
		if d, _ := req.Dialect.(openai.Dialect); req != ex.Request || req.LimitWritten() || d.Client != "" {
			req = codec.ForTarget(v, t, req)
		}
		if own, ok := wire.(codec.BillingLineDropper); ok && own.DropsBillingLine(t) && anthropic.HasBillingLine(req.Raw) {
			ex.Facts.Hints = append(ex.Facts.Hints, "system[0]") // where the client writes it
		}
		return c.send(ctx, ex, v, t, wire, req)
	})
}

// checkTarget refuses a request of a vendor's own client that a target of the format to cannot answer as
// a whole.
func checkTarget(req *gateway.Request, to dialect.TargetFormat) error {
	if d, ok := req.Dialect.(openai.Dialect); ok {
		return d.CheckTarget(to.Name(), req.Raw)
	}
	return nil
}

// withTranslation calls call with the request in the target's format, and translates the answer
// back. If the formats are the same, request and answer pass unchanged.
func withTranslation(ex *gateway.Exchange, to dialect.TargetFormat, call func(*gateway.Request) (gateway.Stream, error)) (gateway.Stream, error) {
	req := ex.Request
	ex.Facts.Hints = nil
	if req.Dialect.Name() == to.Name() {
		return call(req)
	}
	if req.Op == gateway.OpCompact || req.Op == gateway.OpRetrieve {
		return nil, &gateway.Error{Op: "provider.Handler", Kind: gateway.Invalid, Param: "model", Public: "This needs a target that speaks the Responses API itself."}
	}
	from, ok := req.Dialect.(dialect.Format)
	if !ok {
		return nil, &gateway.Error{Op: "provider.Handler", Kind: gateway.Internal, Public: "The format '" + req.Dialect.Name() + "' cannot be translated."}
	}
	tr, native, err := dialect.Translate(from, to, req)
	if err != nil {
		return nil, err
	}
	ex.Facts.Hints = tr.Dropped()
	tr.SetAnswerID(ex.ID)
	s, err := call(native)
	if err != nil {
		return nil, err
	}
	return tr.Answer(s)
}

// send sends a request in the codec's format and reads its answer up to the first chunk with
// content. t is the exchange's target as it is reached in that format. ctx limits the wait for
// the chunk; Router sets it.
func (c *Client) send(ctx context.Context, ex *gateway.Exchange, v *vendor.Vendor, t *gateway.Target, wire codec.Codec, req *gateway.Request) (gateway.Stream, error) {
	trusted := true
	if t.CustomHost {
		var err error
		if trusted, err = address.Trusted(t.BaseURL, c.cfg.TrustedHosts); err != nil {
			return nil, err
		}
	}
	out, sent, err := wire.Request(t, req)
	if err != nil {
		return nil, err
	}
	copyHeaders(out.Header, ex.Envelope.Header, v.ForwardHeaders...)
	if wire.Format().Name() == ex.Request.Dialect.Name() {
		copyHeaders(out.Header, ex.Envelope.Header, formatHeaders[wire.Format().Name()]...)
	}
	forwardHeaders(out.Header, ex.Envelope.Header, t.Forward...)
	if !t.Credential.Empty() {
		format, service := formatOf(wire), ""
		if req.Pass != nil { // in the vendor's own API
			format, service = v.OwnFormat(modelOf(req)), passthrough.Service(req.Pass.Stored)
		}
		if err := c.signFor(ctx, out, v, t, format, sent, service); err != nil {
			return nil, err
		}
	}
	transport, err := c.transport(out, t.CustomHost, trusted)
	if err != nil {
		return nil, err
	}
	ex.Facts.Sent = sent
	k := newUpstreamCall(ctx, &c.cfg, v.ID)
	out = out.WithContext(k.ctx)
	var res *http.Response
	if several, ok := wire.(codec.RoundTripper); ok {
		res, err = several.RoundTrip(transport, out, c.cfg.MaxAnswer) //nolint:bodyclose // closed by read or by the stream
	} else {
		res, err = transport.RoundTrip(out) //nolint:bodyclose // closed by read or by the stream
	}
	if err != nil {
		defer k.release()
		return nil, k.connectError(err)
	}
	s, err := c.readAnswer(k, t, wire, req, res)
	if err == nil {
		c.answered(ex, wire.Format(), sent)
	}
	return s, err
}

// answered tells Config.Answered of a call.
func (c *Client) answered(ex *gateway.Exchange, format dialect.TargetFormat, body []byte) {
	if d, ok := format.(gateway.Dialect); ok && c.cfg.Answered != nil {
		c.cfg.Answered(ex, d, body)
	}
}

// readAnswer reads an answer up to the first chunk with content. The returned stream owns
// call and the body of res. On an error, both are closed.
func (c *Client) readAnswer(k *upstreamCall, t *gateway.Target, wire codec.Codec, req *gateway.Request, res *http.Response) (_ gateway.Stream, err error) {
	done := true
	defer func() {
		if done {
			res.Body.Close()
			k.release()
		}
	}()
	body, err := decompressed(res)
	if err != nil {
		return nil, err
	}
	if res.StatusCode/100 != 2 {
		return nil, codec.StatusError(wire, res, body)
	}
	d := wire.Decoder(req)
	if r, ok := d.(codec.HeaderReader); ok {
		r.Header(res.Header)
	}
	if own, ok := d.(codec.FrameDivider); ok {
		if frames := own.Frames(res, body, k.cfg.MaxAnswer, k.cfg.MaxEvent); frames != nil {
			done = false // prime closes the stream on an error
			return newStream(k, body, frames, d, t).prime()
		}
	}
	if isStream(req, res.Header) {
		s := newStream(k, body, codec.FramingOf(wire).Frames(body, k.cfg.MaxEvent), d, t)
		if !req.Stream() {
			return foldToBody(s, wire.Format())
		}
		done = false // prime closes the stream on an error
		return s.prime()
	}
	return readUnary(k, d, body, res.ContentLength)
}

// readUnary reads an answer that is no stream.
func readUnary(k *upstreamCall, d codec.Decoder, body io.Reader, announced int64) (gateway.Stream, error) {
	raw, err := codec.ReadBounded(body, announced, k.cfg.MaxAnswer)
	if err != nil {
		return nil, k.readError(err)
	}
	chunk, err := d.Body(raw)
	if err != nil {
		return nil, err
	}
	return gateway.Chunks(chunk), nil
}

func noEmbeddings(v *vendor.Vendor, t *gateway.Target) error {
	return &gateway.Error{Op: "provider.Request", Kind: gateway.Invalid, Param: "model", Target: t.Path,
		Public: "The provider '" + v.ID + "' has no embeddings of this model."}
}
