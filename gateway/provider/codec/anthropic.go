package codec

import (
	"net"
	"net/http"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect"
	"github.com/sluicegate/sluice/gateway/dialect/anthropic"
	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
	"github.com/sluicegate/sluice/gateway/provider/vendor"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// anthropicCodec is the codec of vendors with Anthropic's Messages format.
type anthropicCodec struct{ vendor vendor.Vendor }

// anthropicVersion is sent unless the caller sends another version.
const anthropicVersion = "2023-06-01"

// uncounted removes the fields of a message that a config may add and that count_tokens
// refuses.
var uncounted = []jsonx.Change{{Name: "max_tokens"}, {Name: "temperature"}, {Name: "top_p"}, {Name: "top_k"},
	{Name: "stop_sequences"}, {Name: "stream"}, {Name: "metadata"}, {Name: "service_tier"}}

func (*anthropicCodec) Format() dialect.TargetFormat { return anthropic.Dialect{} }

func (c *anthropicCodec) Request(t *gateway.Target, req *gateway.Request) (*http.Request, []byte, error) {
	path, body := "/v1/messages", anthropic.WithoutForeign(req.Raw)
	if c.DropsBillingLine(t) {
		body = anthropic.WithoutBillingLine(body)
	}
	switch {
	case req.Op == gateway.OpCountTokens:
		path, body = path+"/count_tokens", jsonx.Update(body, uncounted...)
	case t.CachePoints:
		body = anthropic.WithCachePoints(body)
	}
	to, err := c.vendor.Endpoint(withoutVersion(t), req.Model(), path)
	if err != nil {
		return nil, nil, err
	}
	r := NewPost(to, body, req.Stream())
	r.Header.Set("Anthropic-Version", anthropicVersion)
	return r, body, nil
}

// DropsBillingLine reports whether a target does not get Claude Code's billing line.
func (c *anthropicCodec) DropsBillingLine(t *gateway.Target) bool {
	if t.BillingLine != gateway.BillingLineDefault {
		return t.BillingLine == gateway.BillingLineDrop
	}
	host, _, err := net.SplitHostPort(vendor.Host(t))
	return err == nil && host != anthropicDomain && !strings.HasSuffix(host, "."+anthropicDomain)
}

// anthropicDomain is the domain of Anthropic's own servers.
const anthropicDomain = "anthropic.com"

// withoutVersion returns t without a /v1 at the end of its base URL. Some users write the
// URL as OpenAI's SDK takes it.
func withoutVersion(t *gateway.Target) *gateway.Target {
	base, versioned := strings.CutSuffix(strings.TrimRight(t.BaseURL, "/"), "/v1")
	if !versioned {
		return t
	}
	c := *t
	c.BaseURL = base
	return &c
}

func (c *anthropicCodec) Decoder(req *gateway.Request) Decoder {
	return anthropic.NewDecoder(c.vendor.ID, req)
}

func (c *anthropicCodec) Error(status int, header http.Header, body []byte) *gateway.Error {
	return vendorerror.FromStatus(c.vendor.ID, status, header, body)
}
