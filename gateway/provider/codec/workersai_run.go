package codec

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect"
	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
	"github.com/sluicegate/sluice/gateway/dialect/workersai"
	"github.com/sluicegate/sluice/gateway/provider/settings"
	"github.com/sluicegate/sluice/gateway/provider/vendor"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// runFields are the fields of a request that the API of Workers AI has, and its interface in OpenAI's
// format has not.
var runFields = map[gateway.Op][]string{gateway.OpChat: {"lora", "raw", "repetition_penalty"}, gateway.OpEmbeddings: {"pooling", "truncate_inputs"}}

// RunsRequest reports whether a chat or embeddings are called in the API of Workers AI: its virtual key
// says so, or a field of the request needs it. Otherwise the interface in OpenAI's format is called, which
// has more.
func RunsRequest(v *vendor.Vendor, t *gateway.Target, req *gateway.Request) bool {
	fields, ok := runFields[req.Op]
	if v.RunPath == "" || !ok || len(t.Formats) > 0 {
		return false
	}
	if t.Settings[settings.API.Name] == settings.APIRun {
		return true
	}
	for _, name := range fields {
		if value := jsonx.Get(req.Raw, name); value != nil && string(value) != "null" {
			return true
		}
	}
	return false
}

// runCodec is the codec of chats and embeddings in the API of Workers AI.
type runCodec struct{ vendor vendor.Vendor }

func (*runCodec) Format() dialect.TargetFormat { return workersai.Dialect{} }

func (c *runCodec) Request(t *gateway.Target, req *gateway.Request) (*http.Request, []byte, error) {
	to, err := runURL(&c.vendor, t, req.Model())
	if err != nil {
		return nil, nil, err
	}
	return NewPost(to, req.Raw, req.Stream()), req.Raw, nil
}

func (c *runCodec) Decoder(req *gateway.Request) Decoder {
	return workersai.NewDecoder(c.vendor.ID, req.Op)
}

func (c *runCodec) Error(status int, header http.Header, body []byte) *gateway.Error {
	return vendorerror.FromStatus(c.vendor.ID, status, header, body)
}

// runURL is the URL at which a model is run. The base URL is that of the interface in OpenAI's format,
// or the one above it.
func runURL(v *vendor.Vendor, t *gateway.Target, model string) (*url.URL, error) {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./@"
	if model == "" || len(model) > 256 || strings.Trim(model, letters) != "" || strings.Contains(model, "..") || strings.Contains(model, "//") || model[0] == '/' {
		return nil, badModel("codec.runURL", t, "one such as @cf/baai/bge-reranker-base")
	}
	u, err := v.Base(t)
	if err != nil {
		return nil, err
	}
	u.Path = strings.TrimSuffix(strings.TrimRight(u.Path, "/"), "/v1") + v.RunPath + model
	u.RawPath, u.Fragment = "", ""
	return u, nil
}
