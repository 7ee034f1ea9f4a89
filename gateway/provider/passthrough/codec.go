package passthrough

import (
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect"
	"github.com/sluicegate/sluice/gateway/dialect/opaque"
	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
	"github.com/sluicegate/sluice/gateway/provider/codec"
	"github.com/sluicegate/sluice/gateway/provider/vendor"
)

// passCodec is the codec of calls that are passed on as they are.
type passCodec struct {
	vendor  vendor.Vendor
	dialect opaque.Dialect
}

// New returns the codec of calls of a vendor that are passed on.
func New(v *vendor.Vendor, d opaque.Dialect) codec.Codec { return &passCodec{vendor: *v, dialect: d} }

func (c *passCodec) Format() dialect.TargetFormat { return c.dialect }

// Request implements Codec.
func (c *passCodec) Request(t *gateway.Target, req *gateway.Request) (*http.Request, []byte, error) {
	p := req.Pass
	to, err := passedURL(&c.vendor, t, p)
	if err != nil {
		return nil, nil, err
	}
	r := codec.NewPost(to, req.Raw, false)
	r.Method = p.Method
	body := req.Raw
	switch {
	case p.Body != nil:
		reader, ok := p.Body.Take()
		if !ok {
			return nil, nil, &gateway.Error{Op: "passthrough.Request", Kind: gateway.Invalid, Target: t.Path, Public: "The body of this call cannot be sent a second time."}
		}
		r.Body, r.ContentLength, body = io.NopCloser(reader), p.Body.Length, nil
		r.Header.Del("Content-Type") // the caller's
	case p.Method == http.MethodGet || p.Method == http.MethodHead || p.Method == http.MethodDelete && len(req.Raw) <= len("{}"):
		r.Body, r.ContentLength, body = nil, 0, nil
		r.Header.Del("Content-Type")
	}
	r.Header.Set("Accept", "*/*")
	for name, values := range p.Header {
		r.Header[name] = values
	}
	return r, body, nil
}

// passedURL is where a call goes. The path must stay below the target's base URL: a part of it
// that leads elsewhere would reach what the operator has not opened.
func passedURL(v *vendor.Vendor, t *gateway.Target, p *gateway.PassThrough) (*url.URL, error) {
	u, err := v.Base(t)
	if err != nil {
		return nil, err
	}
	if p.Stored != "" {
		return storedURL(u, t, p)
	}
	if v.ID == "bedrock" {
		u.Host = bedrockHost(u.Host, p.Path)
	}
	decoded, err := url.PathUnescape(p.Path)
	if err != nil || !strings.HasPrefix(decoded, "/") || path.Clean(decoded) != decoded || strings.ContainsAny(decoded, "\\\x00\r\n") || strings.Contains(decoded, "?") || strings.Contains(decoded, "#") {
		return nil, &gateway.Error{Op: "passthrough.passedURL", Kind: gateway.Invalid, Param: "path", Target: t.Path, Public: "The path of this call is not a plain one."}
	}
	base, escaped := strings.TrimRight(u.Path, "/"), strings.TrimRight(u.EscapedPath(), "/")
	rest, restEscaped := decoded, p.Path
	for _, version := range []string{"/v1", "/v1beta", "/openai"} { // a base URL may name the version that the path names, too
		if strings.HasSuffix(base, version) && strings.HasPrefix(rest, version+"/") {
			rest, restEscaped = rest[len(version):], restEscaped[len(version):]
		}
	}
	u.Path, u.RawPath = base+rest, escaped+restEscaped
	if p.Query != "" {
		u.RawQuery = p.Query
	} else if u.RawQuery == "" {
		u.RawQuery = v.Quirks.DefaultQuery
	}
	u.Fragment = ""
	return u, nil
}

func (c *passCodec) Decoder(req *gateway.Request) codec.Decoder {
	return &decoder{dialect: c.dialect, pass: req.Pass}
}

func (c *passCodec) Error(status int, header http.Header, body []byte) *gateway.Error {
	return vendorerror.FromStatus(c.vendor.ID, status, header, body)
}
