package provider

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/sluicegate/sluice/gateway"
)

// base is the URL that the target's calls start from.
func base(v *Vendor, t *gateway.Target) (*url.URL, error) {
	const op = "provider.base"
	text, param := t.BaseURL, "base_url"
	if t.CustomHost {
		param = "custom_host"
	}
	if text == "" {
		text = v.BaseURL
	}
	if text == "" {
		return nil, &gateway.Error{Op: op, Kind: gateway.Invalid, Param: param, Target: t.Path,
			Public: "The provider '" + v.ID + "' has no common address: its virtual key needs a base_url."}
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil {
		// The parser's own error quotes the URL, which may hold a password.
		return nil, &gateway.Error{Op: op, Kind: gateway.Invalid, Param: param, Target: t.Path,
			Public: "The base URL of the provider must be http:// or https://, with a host and without user and password."}
	}
	return u, nil
}

// endpoint is where one operation of a target is called.
func endpoint(v *Vendor, t *gateway.Target, model, path string) (*url.URL, error) {
	u, err := base(v, t)
	if err != nil {
		return nil, err
	}
	u.Path = strings.TrimRight(u.Path, "/")
	if d := v.Quirks.Deployment; d != "" && !strings.HasSuffix(u.Path, "/v1") {
		before, after, _ := strings.Cut(d, "{model}")
		escaped := u.EscapedPath() + before + url.PathEscape(model) + after + path
		u.Path, u.RawPath = u.Path+before+model+after+path, escaped
		if u.RawQuery == "" {
			u.RawQuery = v.Quirks.Query
		}
		return u, nil
	}
	if u.RawPath != "" {
		u.RawPath = strings.TrimRight(u.RawPath, "/") + path
	}
	u.Path += path
	u.Fragment = ""
	return u, nil
}

// userAgent is what vendors see; it tells them nothing about the caller.
const userAgent = "sluice"

// post makes a POST of a JSON body. The body may be sent again on another connection
// when the first one turns out to be closed before anything was written.
func post(ctx context.Context, u *url.URL, body []byte, stream bool) *http.Request {
	accept := "application/json"
	if stream {
		accept = "text/event-stream"
	}
	req := &http.Request{
		Method: http.MethodPost, URL: u, Host: u.Host, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:        http.Header{"Content-Type": {"application/json"}, "Accept": {accept}, "User-Agent": {userAgent}},
		ContentLength: int64(len(body)),
		Body:          io.NopCloser(bytes.NewReader(body)),
		GetBody:       func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil },
	}
	return req.WithContext(ctx)
}

// authorize sets the credential, as the row says.
func (v *Vendor) authorize(h http.Header, credential gateway.Secret) {
	switch {
	case credential.Empty():
	case v.KeyHeader != "":
		h[http.CanonicalHeaderKey(v.KeyHeader)] = []string{credential.Reveal()}
	default:
		h["Authorization"] = []string{"Bearer " + credential.Reveal()}
	}
}
