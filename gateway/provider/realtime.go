package provider

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/live"
	"github.com/sluicegate/sluice/gateway/dialect/realtime"
	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
	"github.com/sluicegate/sluice/gateway/provider/address"
	"github.com/sluicegate/sluice/gateway/provider/codec"
	"github.com/sluicegate/sluice/gateway/provider/mock"
	"github.com/sluicegate/sluice/gateway/provider/settings"
	"github.com/sluicegate/sluice/gateway/provider/socket"
	"github.com/sluicegate/sluice/gateway/provider/vendor"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// openSession opens a realtime session at a vendor, and waits for its first event.
func (c *Client) openSession(ctx context.Context, ex *gateway.Exchange, v *vendor.Vendor) (gateway.Stream, error) {
	t := ex.Target
	if n := len(ex.Facts.Attempts); n > 0 { // Router began the record of this attempt
		ex.Facts.Attempts[n-1].Format = string(gateway.OpRealtime)
	}
	ex.Facts.Hints, ex.Facts.Sent = nil, ex.Request.Raw
	conn, err := c.connect(ctx, ex, v)
	if err != nil {
		return nil, err
	}
	session := socket.New(ctx, conn, sessionAPI(ex))
	if isLive(ex.Request) {
		if err := session.Begin(ctx, live.Setup(ex.Request.Raw, codec.LiveModel(v, codec.InProject(v, t), ex.Request.Model()))); err != nil {
			session.Close()
			return nil, err
		}
	}
	first, err := session.Next()
	if err == nil && jsonx.String(jsonx.Get(first.Raw, "type")) == "error" {
		err = vendorerror.FromStatus(v.ID, http.StatusBadRequest, nil, first.Raw)
	}
	if code, reason := session.Closed(); refusesSetup(code) {
		var body jsonx.Object
		body.Text("message", reason)
		err = vendorerror.FromStatus(v.ID, http.StatusBadRequest, nil, body.JSON())
	}
	if err != nil || len(first.Raw) == 0 {
		session.Close()
		if err == nil {
			err = vendorerror.Broken("provider.openSession", "The provider ended the session before it began.", nil)
		}
		return nil, err
	}
	ex.Request.Realtime.Vendor = session
	return &begun{Stream: session, first: &first}, nil
}

// sessionAPI is what the events of a session are.
func sessionAPI(ex *gateway.Exchange) socket.API {
	if isLive(ex.Request) {
		return socket.API{Dialect: live.Dialect{}, Tally: live.NewTally(ex.Request.Raw), Cancel: live.Cancel, Permit: permitLive}
	}
	return socket.API{Dialect: realtime.Dialect{}, Tally: realtime.NewTally(), Cancel: []byte(`{"type":"response.cancel"}`),
		Permit: func(event []byte) error {
			return permitModels(ex.Principal, ex.Target, ex.Request.Model(), event)
		}}
}

// begun is a session whose first event was read.
type begun struct {
	gateway.Stream
	first *gateway.Chunk
}

// Next implements gateway.Stream.
func (b *begun) Next() (c gateway.Chunk, err error) {
	if b.first == nil {
		return b.Stream.Next()
	}
	c, b.first = *b.first, nil
	return c, nil
}

// connect connects to the vendor, or to the one inside this process.
func (c *Client) connect(ctx context.Context, ex *gateway.Exchange, v *vendor.Vendor) (socket.Conn, error) {
	const op = "provider.connect"
	t := ex.Target
	format, name, offered := gateway.FormatChat, "OpenAI's Realtime API", v.Format == vendor.FormatOpenAI
	if isLive(ex.Request) {
		format, name, offered = gateway.FormatGemini, "Gemini's Live API", offersLive(v)
	}
	switch {
	case v.Format == vendor.FormatMock && isLive(ex.Request):
		return mock.OpenLive(t, ex.Request.Model())
	case v.Format == vendor.FormatMock:
		return mock.OpenSession(t, ex.Request.Model())
	case !offered:
		return nil, &gateway.Error{Op: op, Kind: gateway.Invalid, Param: "model", Target: t.Path, Code: "unsupported_operation",
			Public: "The provider '" + v.ID + "' does not offer sessions of " + name + ": name another target."}
	}
	t = codec.ReachedIn(v, t, format)
	trusted := true
	if t.CustomHost {
		var err error
		if trusted, err = address.Trusted(t.BaseURL, c.cfg.TrustedHosts); err != nil {
			return nil, err
		}
	}
	out, err := c.handshake(ctx, ex, v, t, format)
	if err != nil {
		return nil, err
	}
	transport, err := c.transport(out, t.CustomHost, trusted)
	if err != nil {
		return nil, err
	}
	return c.dial(ctx, v, out, transport)
}

// handshake is the signed request that opens a session at t.
func (c *Client) handshake(ctx context.Context, ex *gateway.Exchange, v *vendor.Vendor, t *gateway.Target, format string) (*http.Request, error) {
	urlOf := sessionURL
	if isLive(ex.Request) {
		urlOf = codec.LiveURL
	}
	to, err := urlOf(v, t, ex.Request.Model())
	if err != nil {
		return nil, err
	}
	out := (&http.Request{Method: http.MethodGet, URL: to, Host: to.Host, Header: http.Header{}}).WithContext(ctx)
	for name, values := range ex.Request.Realtime.Header {
		out.Header[name] = values
	}
	copyHeaders(out.Header, ex.Envelope.Header, v.ForwardHeaders...)
	forwardHeaders(out.Header, ex.Envelope.Header, t.Forward...)
	if !t.Credential.Empty() {
		if err := c.sign(ctx, out, v, t, format, nil); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// dial opens the session that out asks for. An error is in the vendor's words if it answered.
func (c *Client) dial(ctx context.Context, v *vendor.Vendor, out *http.Request, transport http.RoundTripper) (socket.Conn, error) {
	k := newUpstreamCall(ctx, &c.cfg, v.ID)
	// A redirect would carry the credential to an address that nobody has checked.
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	conn, res, err := socket.Dial(k.ctx, out.URL.String(), out.Header, &http.Client{Transport: transport, CheckRedirect: stay}, int64(c.maxEvent())) //nolint:bodyclose // the library closes it
	if err == nil {
		return conn, nil
	}
	defer k.release()
	if res != nil && res.StatusCode >= 400 {
		body, _ := io.ReadAll(io.LimitReader(res.Body, codec.MaxErrorBody)) // the part that was read may still explain the error
		return nil, codec.StatusError(c.codecs[codecID{v.ID, gateway.FormatChat}], res, bytes.NewReader(body))
	}
	var refused *url.Error
	if errors.As(err, &refused) {
		err = refused.Err // without the address
	}
	return nil, k.connectError(err)
}

// maxEvent is how long an event of a session may be, in bytes.
func (c *Client) maxEvent() int {
	if c.cfg.MaxEvent > 0 {
		return c.cfg.MaxEvent
	}
	return 16 << 20
}

// sessionURL is where a session of a model is opened. Azure has one address in all its resources, and
// an older one with a version of the API, which a virtual key that sets a version is reached at.
//
// https://learn.microsoft.com/azure/ai-foundry/openai/how-to/realtime-audio-websockets
func sessionURL(v *vendor.Vendor, t *gateway.Target, model string) (*url.URL, error) {
	u, err := v.Base(t)
	if err != nil {
		return nil, err
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil, gateway.InvalidField("provider.sessionURL", "base_url", "The base URL of the provider has a query that cannot be read.")
	}
	path := strings.TrimRight(u.Path, "/")
	switch version := t.Settings[settings.APIVersion.Name]; {
	case v.Quirks.DeploymentPath == "" || strings.HasSuffix(path, "/v1"):
		path += "/realtime"
		query.Set("model", model)
	case version != "":
		path = strings.TrimSuffix(path, "/openai") + "/openai/realtime"
		query.Set("api-version", version)
		query.Set("deployment", model)
	default:
		path = strings.TrimSuffix(path, "/openai") + "/openai/v1/realtime"
		query.Set("model", model)
	}
	u.Path, u.RawPath, u.RawQuery, u.Fragment = path, "", query.Encode(), ""
	return u, nil
}

// permitModels refuses an event of the caller's that names a model which the virtual key or the API
// key does not allow. opened is the model of the session.
func permitModels(by *gateway.Principal, t *gateway.Target, opened string, event []byte) error {
	if len(t.Models) == 0 && (by == nil || by.Models == nil) {
		return nil
	}
	names, readable := realtime.Dialect{}.Models(event)
	if !readable {
		return gateway.InvalidField("provider.permitModels", "model", "A field of this event that chooses a model holds something that is no name of a model.")
	}
	for _, m := range names {
		if m == opened {
			continue
		}
		if len(t.Models) > 0 && !slices.Contains(t.Models, m) || by != nil && by.Models != nil && !by.Models.Allow(t, m) {
			return &gateway.Error{Op: "provider.permitModels", Kind: gateway.Exhausted, Type: "model_not_allowed_error", Code: "model_not_allowed", Param: "model", Target: t.Path,
				Public: "This session may not use the model '" + gateway.Shorten(m) + "'."}
		}
	}
	return nil
}
