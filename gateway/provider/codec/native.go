package codec

import (
	"io"
	"net/http"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect"
	"github.com/sluicegate/sluice/gateway/dialect/cohere"
	"github.com/sluicegate/sluice/gateway/dialect/ollama"
	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
	"github.com/sluicegate/sluice/gateway/provider/framing"
	"github.com/sluicegate/sluice/gateway/provider/vendor"
	"github.com/sluicegate/sluice/gateway/sse"
)

// nativeAPI is an API with a format of its own, which only targets speak, beside an interface in
// OpenAI's format at another path of the same server.
type nativeAPI struct {
	format     dialect.TargetFormat
	compatible string                // path of the interface in OpenAI's format
	suffixes   []string              // that a base URL may end in: of either interface
	paths      map[gateway.Op]string // of the operations
	models     string                // path of the list of models
	decoder    func(vendor string, req *gateway.Request) Decoder
	framing    Framing // of streams
	accept     string  // media type of streams
}

// nativeAPIs are these APIs, by the format of their vendors.
var nativeAPIs = map[vendor.Format]*nativeAPI{
	vendor.FormatCohere: {format: cohere.Dialect{}, compatible: "/compatibility/v1", suffixes: []string{"/compatibility/v1", "/v1", "/v2"},
		paths: map[gateway.Op]string{gateway.OpChat: "/v2/chat", gateway.OpEmbeddings: "/v2/embed", gateway.OpRerank: "/v2/rerank"}, models: "/v1/models",
		decoder: func(vendor string, req *gateway.Request) Decoder { return cohere.NewDecoder(vendor, req.Op) }, framing: eventStream{}, accept: sse.ContentType},
	vendor.FormatOllama: {format: ollama.Dialect{}, compatible: "/v1", suffixes: []string{"/v1", "/api"},
		paths: map[gateway.Op]string{gateway.OpChat: "/api/chat", gateway.OpEmbeddings: "/api/embed"}, models: "/api/tags",
		decoder: func(vendor string, req *gateway.Request) Decoder { return ollama.NewDecoder(vendor, req.Op) }, framing: jsonLines{}, accept: framing.ContentLines},
}

// jsonLines is the framing of lines of JSON.
type jsonLines struct{}

func (jsonLines) Frames(body io.Reader, limit int) FrameReader { return framing.NewLines(body, limit) }

// nativeOf is the vendor's own API, nil if it has none of this kind.
func nativeOf(v *vendor.Vendor) *nativeAPI { return nativeAPIs[v.Format] }

// rooted returns t with the base URL of the vendor's own API, or of its interface in OpenAI's format,
// whichever of them the base URL of t names.
func (api *nativeAPI) rooted(v *vendor.Vendor, t *gateway.Target, format string) *gateway.Target {
	base := t.BaseURL
	if base == "" {
		var err error
		if base, err = v.Address(t); err != nil {
			return t // baseURL tells the error
		}
	}
	base, query, found := strings.Cut(base, "?")
	base = strings.TrimRight(base, "/")
	for _, suffix := range api.suffixes {
		if rest, ok := strings.CutSuffix(base, suffix); ok {
			base = rest
			break
		}
	}
	if format == gateway.FormatChat {
		base += api.compatible
	}
	if found {
		base += "?" + query
	}
	c := *t
	c.BaseURL = base
	return &c
}

// rooted is that of the vendor's own API; t itself if it has none of this kind.
func rooted(v *vendor.Vendor, t *gateway.Target, format string) *gateway.Target {
	if api := nativeOf(v); api != nil {
		return api.rooted(v, t, format)
	}
	return t
}

// nativeCodec is the codec of such an API.
type nativeCodec struct {
	vendor vendor.Vendor
	api    *nativeAPI
}

func (c *nativeCodec) Format() dialect.TargetFormat { return c.api.format }

func (c *nativeCodec) Framing() Framing { return c.api.framing }

func (c *nativeCodec) Request(t *gateway.Target, req *gateway.Request) (*http.Request, []byte, error) {
	to, err := c.vendor.Endpoint(t, "", c.api.paths[req.Op])
	if err != nil {
		return nil, nil, err
	}
	r := NewPost(to, req.Raw, req.Stream())
	if req.Stream() {
		r.Header.Set("Accept", c.api.accept)
	}
	return r, req.Raw, nil
}

func (c *nativeCodec) Decoder(req *gateway.Request) Decoder {
	return c.api.decoder(c.vendor.ID, req)
}

func (c *nativeCodec) Error(status int, header http.Header, body []byte) *gateway.Error {
	return vendorerror.FromStatus(c.vendor.ID, status, header, body)
}
