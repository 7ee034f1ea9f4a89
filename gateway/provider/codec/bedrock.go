package codec

import (
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect"
	"github.com/sluicegate/sluice/gateway/dialect/anthropic"
	"github.com/sluicegate/sluice/gateway/dialect/bedrock"
	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
	"github.com/sluicegate/sluice/gateway/provider/framing"
	"github.com/sluicegate/sluice/gateway/provider/vendor"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// The codecs of Amazon Bedrock. Claude is called by InvokeModel, whose body is Anthropic's
// (https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages.html),
// and the others by Converse.
type (
	bedrockClaude struct{ anthropicCodec }
	bedrockCodec  struct{ vendor vendor.Vendor }
)

func newBedrockCodec(v *vendor.Vendor, format string) Codec {
	if format == gateway.FormatMessages {
		return &bedrockClaude{anthropicCodec{*v}}
	}
	return &bedrockCodec{*v}
}

// amazonStream is the framing of Amazon's event streams.
type amazonStream struct{}

func (amazonStream) Frames(body io.Reader, limit int) FrameReader {
	return framing.NewEventStream(body, limit)
}

// anthropicOnBedrock is the version of the Messages API that Bedrock takes in a body.
const anthropicOnBedrock = "bedrock-2023-05-31"

// bedrockURL is the URL of an operation of a model.
func bedrockURL(v *vendor.Vendor, t *gateway.Target, model, operation string) (*url.URL, error) {
	if model == "" || len(model) > 2048 || strings.Trim(model, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:/") != "" || strings.Contains(model, "..") {
		return nil, badModel("codec.bedrockURL", t, "")
	}
	u, err := v.Endpoint(t, "", "/model/")
	if err != nil {
		return nil, err
	}
	escaped := u.EscapedPath() + strings.ReplaceAll(url.PathEscape(model), ":", "%3A") + "/" + operation
	u.Path, u.RawPath = u.Path+model+"/"+operation, escaped
	return u, nil
}

// post returns the call of a model. A stream's type is the server's own.
func (c *bedrockCodec) post(t *gateway.Target, req *gateway.Request, body []byte, operation string) (*http.Request, []byte, error) {
	to, err := bedrockURL(&c.vendor, t, req.Model(), operation)
	if err != nil {
		return nil, nil, err
	}
	r := NewPost(to, body, req.Stream())
	if req.Stream() {
		r.Header.Set("Accept", "application/vnd.amazon.eventstream")
	}
	return r, body, nil
}

func (*bedrockCodec) Format() dialect.TargetFormat { return bedrock.Dialect{} }

func (*bedrockCodec) Framing() Framing { return amazonStream{} }

func (c *bedrockCodec) Request(t *gateway.Target, req *gateway.Request) (*http.Request, []byte, error) {
	operation := "converse"
	if req.Stream() {
		operation = "converse-stream"
	}
	return c.post(t, req, req.Raw, operation)
}

func (c *bedrockCodec) Decoder(*gateway.Request) Decoder { return bedrock.NewDecoder(c.vendor.ID) }

// Error implements Codec. The type of an error stands in a header.
func (c *bedrockCodec) Error(status int, header http.Header, body []byte) *gateway.Error {
	e := vendorerror.FromStatus(c.vendor.ID, status, header, body)
	if text := gjson.GetBytes(body, "Message"); text.Type == gjson.String && gjson.ValidBytes(body) && len(text.Str) <= MaxErrorBody {
		e.Public = text.Str // as the signature's check says it
	}
	if kind, _, _ := strings.Cut(header.Get("X-Amzn-Errortype"), ":"); kind != "" && len(kind) <= 128 {
		e.Type = kind
	}
	return e
}

func (*bedrockClaude) Framing() Framing { return amazonStream{} }

func (c *bedrockClaude) Request(t *gateway.Target, req *gateway.Request) (*http.Request, []byte, error) {
	body := anthropic.WithoutForeign(req.Raw)
	if c.DropsBillingLine(t) {
		body = anthropic.WithoutBillingLine(body)
	}
	if t.CachePoints {
		body = anthropic.WithCachePoints(body)
	}
	body = jsonx.Update(body, jsonx.Change{Name: "model"}, jsonx.Change{Name: "stream"},
		jsonx.Change{Name: "anthropic_version", Value: jsonx.Quote(anthropicOnBedrock), IfAbsent: true})
	operation := "invoke"
	if req.Stream() {
		operation = "invoke-with-response-stream"
	}
	return (&bedrockCodec{c.vendor}).post(t, req, body, operation)
}

// WithHeaders returns the request with the caller's betas in the body, where Bedrock takes them.
func (c *bedrockClaude) WithHeaders(req *gateway.Request, header http.Header) (*gateway.Request, error) {
	var betas []byte
	for _, line := range header["Anthropic-Beta"] {
		for beta := range strings.SplitSeq(line, ",") {
			if beta = strings.TrimSpace(beta); beta != "" {
				betas = append(append(betas, ','), jsonx.Quote(beta)...)
			}
		}
	}
	if betas == nil || req.Field("anthropic_beta") != nil {
		return req, nil
	}
	betas[0] = '['
	return req.WithFields(jsonx.Change{Name: "anthropic_beta", Value: append(betas, ']')})
}

// Error implements Codec.
func (c *bedrockClaude) Error(status int, header http.Header, body []byte) *gateway.Error {
	return (&bedrockCodec{c.vendor}).Error(status, header, body)
}
