package codec

import (
	"errors"
	"net/http"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
	"github.com/sluicegate/sluice/gateway/provider/settings"
	"github.com/sluicegate/sluice/gateway/provider/vendor"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// openaiCodec is the codec of every vendor with OpenAI's format, with the quirks of its row.
// Fields that no quirk names pass unchanged.
type openaiCodec struct {
	vendor     vendor.Vendor
	transforms []transform
}

func newOpenAICodec(v vendor.Vendor) *openaiCodec {
	return &openaiCodec{vendor: v, transforms: transformsOf(&v.Quirks)}
}

func (c *openaiCodec) Format() dialect.TargetFormat {
	return openai.Dialect{CachePoints: c.vendor.Quirks.CachePoints}
}

func (c *openaiCodec) Request(t *gateway.Target, req *gateway.Request) (*http.Request, []byte, error) {
	v := &c.vendor
	if deployment := settings.Deployment(t.Settings, req.Model()); deployment != req.Model() {
		var err error
		if req, err = req.WithFields(jsonx.Change{Name: "model", Value: jsonx.Quote(deployment)}); err != nil {
			return nil, nil, err
		}
	}
	path, own := "/chat/completions", v.Quirks.ChatPath
	if req.Op == gateway.OpEmbeddings {
		path, own = "/embeddings", v.Quirks.EmbeddingsPath
	}
	if own != "" && !strings.HasSuffix(strings.TrimRight(t.BaseURL, "/"), "/openai/v1") { // Azure has OpenAI's paths there, too
		path = own
	}
	to, err := v.Endpoint(t, req.Model(), path)
	if err != nil {
		return nil, nil, err
	}
	raw := req.Raw
	if d, ok := req.Dialect.(openai.Dialect); ok {
		raw = d.WithoutClientFields(raw)
	}
	for _, change := range c.transforms {
		var own *gateway.Error
		if raw, err = change(raw, req); errors.As(err, &own) {
			return nil, nil, own
		} else if err != nil {
			return nil, nil, &gateway.Error{Op: "codec.openaiCodec.Request", Kind: gateway.Invalid, Target: t.Path,
				Public: "The request cannot be written for the provider '" + v.ID + "'.", Err: err}
		}
	}
	return NewPost(to, raw, req.Stream()), raw, nil
}

func (c *openaiCodec) Decoder(req *gateway.Request) Decoder {
	return openai.NewDecoder(c.vendor.ID, req)
}

func (c *openaiCodec) Error(status int, header http.Header, body []byte) *gateway.Error {
	return vendorerror.FromStatus(c.vendor.ID, status, header, body)
}
