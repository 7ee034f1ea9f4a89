package codec

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect"
	"github.com/sluicegate/sluice/gateway/dialect/gemini"
	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
	"github.com/sluicegate/sluice/gateway/provider/vendor"
)

// googleCodec is the codec of vendors with Google's generateContent format.
type googleCodec struct{ vendor vendor.Vendor }

func (*googleCodec) Format() dialect.TargetFormat { return gemini.Dialect{} }

func (c *googleCodec) Request(t *gateway.Target, req *gateway.Request) (*http.Request, []byte, error) {
	model, err := modelPath(req.Model(), t)
	if err != nil {
		return nil, nil, err
	}
	body, method := gemini.Wire(req.Raw), "generateContent"
	switch {
	case req.Op == gateway.OpCountTokens:
		body, method = gemini.WireCount(body, model), "countTokens"
	case req.Op == gateway.OpEmbeddings && gemini.IsBatch(body):
		body, method = gemini.WireBatch(body, model), "batchEmbedContents"
	case req.Op == gateway.OpEmbeddings:
		method = "embedContent"
	case req.Stream():
		method = "streamGenerateContent"
	}
	to, err := c.vendor.Endpoint(withGoogleVersion(&c.vendor, t), "", "/"+model+":"+method)
	if err != nil {
		return nil, nil, err
	}
	return newGooglePost(to, body, req.Stream()), body, nil
}

// newGooglePost returns a POST of a JSON body. A stream is asked for as server-sent events: Google's
// default is one JSON array.
func newGooglePost(to *url.URL, body []byte, stream bool) *http.Request {
	if stream {
		query := to.Query()
		query.Set("alt", "sse")
		to.RawQuery = query.Encode()
	}
	return NewPost(to, body, stream)
}

// modelPath returns the path of a model, "models/gemini-3-pro".
func modelPath(model string, t *gateway.Target) (string, error) {
	if !strings.HasPrefix(model, "models/") && !strings.HasPrefix(model, "tunedModels/") {
		model = "models/" + model
	}
	for _, part := range strings.Split(model, "/") {
		if !isSegment(part) {
			return "", badModel("codec.modelPath", t, "")
		}
	}
	return model, nil
}

// withGoogleVersion returns t with the version of the API in its base URL. Google's SDKs take
// the URL without it. The address of the interface in OpenAI's format counts as that of the
// API itself.
func withGoogleVersion(v *vendor.Vendor, t *gateway.Target) *gateway.Target {
	base := t.BaseURL
	if base == "" {
		base = v.BaseURL
	}
	base, query, found := strings.Cut(base, "?")
	base = strings.TrimSuffix(strings.TrimRight(base, "/"), "/openai")
	if !versioned(base) {
		base += "/v1beta"
	}
	if found {
		base += "?" + query
	}
	c := *t
	c.BaseURL = base
	return &c
}

func versioned(base string) bool {
	for _, version := range []string{"/v1", "/v1beta", "/v1alpha"} {
		if strings.HasSuffix(base, version) {
			return true
		}
	}
	return false
}

func (c *googleCodec) Decoder(req *gateway.Request) Decoder {
	return gemini.NewDecoder(c.vendor.ID, req)
}

// Error implements Codec. Google's own "code" repeats the status; the reason in a word and
// the delay before a retry stand in the details.
func (c *googleCodec) Error(status int, header http.Header, body []byte) *gateway.Error {
	e := vendorerror.FromStatus(c.vendor.ID, status, header, body)
	root := gjson.ParseBytes(body)
	if root.IsArray() {
		root = root.Get("0")
	}
	if root.Get("error.code").Type == gjson.Number {
		e.Code = ""
	}
	root.Get("error.details").ForEach(func(_, d gjson.Result) bool {
		switch kind := d.Get("@type").String(); {
		case strings.HasSuffix(kind, "google.rpc.RetryInfo"):
			if delay, err := time.ParseDuration(d.Get("retryDelay").String()); err == nil {
				e.RetryAfter = clamp(delay)
			}
		case strings.HasSuffix(kind, "google.rpc.ErrorInfo"):
			e.Code = d.Get("reason").String()
		}
		return true
	})
	return e
}
