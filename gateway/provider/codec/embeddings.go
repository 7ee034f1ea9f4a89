package codec

import (
	"io"
	"net/http"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect"
	"github.com/sluicegate/sluice/gateway/dialect/cohere"
	"github.com/sluicegate/sluice/gateway/dialect/embedding"
	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
	"github.com/sluicegate/sluice/gateway/provider/vendor"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// embeddingsCodec is the codec of embeddings on clouds whose models have formats of their own for them.
type embeddingsCodec struct {
	Codec  // of the cloud's chat: its errors have the same form
	vendor vendor.Vendor
	format dialect.TargetFormat
	write  func(v *vendor.Vendor, t *gateway.Target, req *gateway.Request) (*http.Request, []byte, error)
}

// ForEmbeddings returns the codec of a model's embeddings, nil where they need no codec of their own. ok is
// false if the model has none.
func ForEmbeddings(v *vendor.Vendor, model string) (codec Codec, ok bool) {
	switch {
	case v.Quirks.NoEmbeddings:
		return nil, false
	case v.Scheme == vendor.SchemeGoogle:
		publisher, _ := vendor.Publisher(model)
		return &embeddingsCodec{newVertexCodec(v, gateway.FormatGemini), *v, embedding.Predict{}, predict}, publisher == "google"
	case v.Scheme == vendor.SchemeAWS && strings.Contains(model, "titan-embed-text"):
		return &embeddingsCodec{&bedrockCodec{*v}, *v, embedding.Titan{}, invoke}, true
	case v.Scheme == vendor.SchemeAWS && strings.Contains(model, "cohere.embed"):
		return &embeddingsCodec{&bedrockCodec{*v}, *v, cohere.Dialect{}, invoke}, true
	}
	return nil, v.Scheme != vendor.SchemeAWS
}

// predict calls a model of Google's on Vertex AI.
func predict(v *vendor.Vendor, t *gateway.Target, req *gateway.Request) (*http.Request, []byte, error) {
	path, err := vertexPath(t, req.Model(), "predict")
	if err != nil {
		return nil, nil, err
	}
	to, err := vertexURL(v, t, path)
	if err != nil {
		return nil, nil, err
	}
	return NewPost(to, req.Raw, false), req.Raw, nil
}

// invoke calls a model on Bedrock, which stands in the address only.
func invoke(v *vendor.Vendor, t *gateway.Target, req *gateway.Request) (*http.Request, []byte, error) {
	to, err := bedrockURL(v, t, req.Model(), "invoke")
	if err != nil {
		return nil, nil, err
	}
	body := jsonx.Delete(req.Raw, "model")
	return NewPost(to, body, false), body, nil
}

func (c *embeddingsCodec) Format() dialect.TargetFormat { return c.format }

func (c *embeddingsCodec) Request(t *gateway.Target, req *gateway.Request) (*http.Request, []byte, error) {
	return c.write(&c.vendor, t, req)
}

func (c *embeddingsCodec) Decoder(*gateway.Request) Decoder { return &embeddingsDecoder{} }

// embeddingsDecoder reads such an answer. What Cohere's models on Bedrock count stands in the header.
type embeddingsDecoder struct{ usage *gateway.Usage }

// Header implements HeaderReader.
func (d *embeddingsDecoder) Header(h http.Header) {
	if n := gjson.Parse(h.Get("X-Amzn-Bedrock-Input-Token-Count")); n.Type == gjson.Number && n.Int() > 0 {
		d.usage = &gateway.Usage{Input: min(n.Int(), 10_000_000)}
	}
}

// Feed implements Decoder.
func (d *embeddingsDecoder) Feed(Frame) ([]gateway.Chunk, error) { return nil, io.EOF }

// End implements Decoder.
func (d *embeddingsDecoder) End() ([]gateway.Chunk, error) {
	return nil, vendorerror.Broken("codec.embeddingsDecoder.End", "The provider's answer is a stream.", nil)
}

// Body implements Decoder.
func (d *embeddingsDecoder) Body(body []byte) (gateway.Chunk, error) {
	const op = "codec.embeddingsDecoder.Body"
	body, err := vendorerror.Body(op, body)
	if err != nil {
		return gateway.Chunk{}, err
	}
	for _, field := range []string{"predictions", "embedding", "embeddingsByType", "embeddings"} {
		if gjson.GetBytes(body, field).IsArray() || gjson.GetBytes(body, field).IsObject() {
			return gateway.Chunk{Raw: body, Form: gateway.FormBody, Usage: d.usage}, nil
		}
	}
	return gateway.Chunk{}, vendorerror.Broken(op, "The provider's answer has no embeddings.", nil)
}
